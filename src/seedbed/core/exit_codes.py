"""How a program of ours ends: 0 when it did its work, 2 when the input is at fault, 130 when it was interrupted."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable

from seedbed.core.errors import SeedbedError, one_line

_INTERRUPTED = 130


def exit_code_of(act: Callable[[], int | None]) -> int:
    """Run `act`. Every failure that a person can act on is one line on stderr and an exit code, never a traceback."""
    _escape_what_cannot_be_printed()
    try:
        return act() or 0
    except SeedbedError as error:
        return _failed(str(error), 2)
    except BrokenPipeError:
        sys.stderr.close()  # the reader of our output went away: nothing left to say
    except OSError as error:  # a full disk, a file that may not be read: the machine's own words say it best
        return _failed(f"{error.filename or 'input or output'}: {error.strerror or error}.", 2)
    except MemoryError:
        return _failed("out of memory. Allowed: fewer --workers.", 2)
    except KeyboardInterrupt:
        return _failed("interrupted; run the same command to go on where it stopped.", _INTERRUPTED)
    return 0


def _failed(why: str, code: int) -> int:
    sys.stderr.write(f"seedbed: {one_line(why)}\n")
    return code


def _escape_what_cannot_be_printed() -> None:
    """File names need not be text, and a terminal need not know every letter."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
