"""Opens memory and disks, or makes a device that is one.

Stopped by: an empty /dev, no mknod.
"""

import os, stat
def attempt(where):
    for path in ("/dev/mem", "/dev/kmem", "/dev/sda", "/dev/vda", "/dev/kmsg", "/dev/fuse", "/dev/kvm"):
        if os.path.exists(path):
            return True
    os.mknod("disk", 0o600 | stat.S_IFBLK, os.makedev(8, 0))
    return True
