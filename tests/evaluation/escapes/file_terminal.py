"""Types into the terminal of whoever started it.

Stopped by: a session of its own without a terminal.
"""

import fcntl, os, termios
def attempt(where):
    fcntl.ioctl(os.open("/dev/tty", os.O_RDWR), termios.TIOCSTI, b"#")
    return True
