"""Recognises a full disk among other failures."""

from __future__ import annotations

import errno
import sqlite3

_ERRNOS = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_SQLITE = {
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_IOERR_WRITE,  # a quota, or a limit on the size of files
    sqlite3.SQLITE_IOERR_SHMSIZE,  # the index of the log needs another page
    sqlite3.SQLITE_IOERR_FSYNC,  # a file system that allocates space only when it syncs
}


def is_full(error: BaseException) -> bool:
    """Whether a write failed for lack of space.

    >>> is_full(OSError(errno.ENOSPC, "No space left on device")), is_full(FileNotFoundError())
    (True, False)
    """
    if isinstance(error, sqlite3.Error):
        return getattr(error, "sqlite_errorcode", None) in _SQLITE
    return isinstance(error, OSError) and error.errno in _ERRNOS
