"""Everything Seedbed raises on purpose.

A message says where, what and what is allowed, in one line; the command line prints it and exits with 2.

    SeedbedError
    ├── RecipeError       a recipe that does not say what it must
    ├── SourceError       a source that cannot be read, fetched or trusted
    │   ├── UnreachableError  a package index that does not answer
    │   ├── ArchiveError  an archive that is broken or hostile
    │   └── HashError     bytes that are not the ones the recipe pins
    ├── InputError        a path or an argument that is not usable
    │   └── ManifestError a manifest that cannot be read, or is not that of the files beside it
    ├── ConversionError   a checkpoint that does not become the model it was
    ├── PublishError      a folder or a repository that cannot be published as asked
    │   └── HubAccessError  a Hub that cannot be reached, or does not let this login in
    │       └── HubAwayError  one that does not answer now, or cannot do it now: asked later it may
    ├── TrainingError     a training run that cannot start, or cannot go on
    │   ├── CheckpointError  a checkpoint that is broken, another run's, or cannot be written
    │   └── LostRanksError   the other processes of the run are gone
    ├── AttributionError  an index of a dataset that is broken, or of another format
    ├── AuditError        an audit by another program that could not be made
    ├── GenerationError   a model that cannot be loaded, or fails while it writes
    ├── SandboxError      generated code cannot be judged here, or the judge fails its own test
    └── MissingExtraError a command whose extra is not installed
"""

from __future__ import annotations


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
