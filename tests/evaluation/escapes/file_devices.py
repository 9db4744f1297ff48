"""Opens memory and disks, or creates a device.

Stopped by: /dev has none of them; mknod is refused.
"""

import os, stat
def attempt(where):
    for path in ("/dev/mem", "/dev/kmem", "/dev/sda", "/dev/vda", "/dev/kmsg", "/dev/fuse", "/dev/kvm"):
        if os.path.exists(path):
            return True
    os.mknod("disk", 0o600 | stat.S_IFBLK, os.makedev(8, 0))
    return True
