"""A disk without room, told from everything else that may go wrong with one."""

from __future__ import annotations

import errno
import sqlite3

_ERRNOS = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_SQLITE = {
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_IOERR_WRITE,  # what a quota and a limit on the size of files come as
    sqlite3.SQLITE_IOERR_SHMSIZE,  # the index of the log needs a page more
    sqlite3.SQLITE_IOERR_FSYNC,  # a file system that gives out space only when it is synced
}


def is_full(error: BaseException) -> bool:
    """Whether a write failed because there is no room for it.

    >>> is_full(OSError(errno.ENOSPC, "No space left on device")), is_full(FileNotFoundError())
    (True, False)
    """
    if isinstance(error, sqlite3.Error):
        return getattr(error, "sqlite_errorcode", None) in _SQLITE
    return isinstance(error, OSError) and error.errno in _ERRNOS
