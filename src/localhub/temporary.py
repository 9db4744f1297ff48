"""A file on its way in."""

from __future__ import annotations

import os
import tempfile
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self


class TemporaryFile:
    """A file that can be written and read, and that is gone when the `with` ends, unless it was moved."""

    def __init__(self, folder: Path) -> None:
        handle, name = tempfile.mkstemp(dir=folder)
        self._stream = os.fdopen(handle, "w+b")
        self._path = Path(name)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None) -> None:
        with suppress(OSError):  # on a full disk: what is still in memory was not kept, or `keep()` has said so
            self._stream.close()
        with suppress(FileNotFoundError):
            self._path.unlink()
