"""Every error meant for a person, and the exit codes of commands."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable


def printable(text: str) -> str:
    """Text that does nothing to a terminal: control characters are escapes.

    >>> printable("a\\n\\x1b[31mb")
    'a\\\\n\\\\x1b[31mb'
    """
    return text if text.isprintable() else "".join(letter if letter.isprintable() else ascii(letter)[1:-1] for letter in text)


def one_line(text: str) -> str:
    """Printable text with every run of white space as one blank."""
    return printable(" ".join(text.split()))


class SeedbedError(Exception):
    """Base of all errors that are meant for a person; `str()` is one line."""

    def __init__(self, message: str) -> None:
        super().__init__(one_line(message))


class RecipeError(SeedbedError):
    """A recipe is malformed: unknown key, wrong type, value out of range."""


class SourceError(SeedbedError):
    """A source cannot be read, fetched or trusted."""


class UnreachableError(SourceError):
    """A package index does not answer; there is no use in asking it for more."""


class ArchiveError(SourceError):
    """An archive is broken, or tries something that archives must not do."""


class HashError(SourceError):
    """The bytes are not those that the recipe pins."""


class InputError(SeedbedError):
    """A path or an argument is not usable."""


class ManifestError(InputError):
    """A manifest cannot be read, contradicts itself, or is not that of the files beside it."""


class ConversionError(SeedbedError):
    """A checkpoint, or the model made of it, is not what the recipe says or not what was trained."""


class PublishError(SeedbedError):
    """A folder, or the repository it should go to, cannot be published as asked."""


class HubAccessError(PublishError):
    """A Hub cannot be reached, or refuses this login."""


class HubAwayError(HubAccessError):
    """A Hub does not answer now, or says that it cannot do it now; asked later it may."""


class TrainingError(SeedbedError):
    """A training run cannot start, or cannot go on."""


class CheckpointError(TrainingError):
    """A checkpoint is broken, belongs to another run, or cannot be written."""


class LostRanksError(TrainingError):
    """The other processes of a training run are gone, so this one cannot go on."""


class AttributionError(SeedbedError):
    """An index for attribution is broken, or of another format."""


class AuditError(SeedbedError):
    """An audit needs a program that is missing, or that failed."""


class GenerationError(SeedbedError):
    """A model cannot be loaded, or fails or gives no answer while it writes."""


class SandboxError(SeedbedError):
    """Generated code cannot be run safely here, or the harness does not tell right from wrong: no score is written."""


class MissingExtraError(SeedbedError):
    """A command needs an extra that is not installed."""


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
