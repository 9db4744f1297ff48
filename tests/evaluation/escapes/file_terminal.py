"""Types into the user's terminal.

Stopped by: a session of its own, without a terminal.
"""

import fcntl, os, termios
def attempt(where):
    fcntl.ioctl(os.open("/dev/tty", os.O_RDWR), termios.TIOCSTI, b"#")
    return True
