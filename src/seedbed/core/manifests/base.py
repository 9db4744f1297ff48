"""What all manifests share: strict models, one reader, one writer, and one line for what is wrong with a file."""

from __future__ import annotations

import json
from pathlib import Path
from typing import ClassVar, Literal, Self

from pydantic import BaseModel, ConfigDict, JsonValue, ValidationError

from seedbed.core.errors import ManifestError
from seedbed.core.io.files import write_atomic


class Facts(BaseModel):
    """Base of every part of a manifest: an unknown key is an error, and nothing changes after loading."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class RecipeFacts(Facts):
    """The recipe in full. `path` is its name below the repository, never a path of one machine."""

    path: str
    sha256: str
    data: dict[str, JsonValue]


class Software(Facts):
    """The version of Seedbed that ran, and its commit where it ran from a checkout."""

    version: str
    commit: str | None = None


class Picture(Facts):
    """A picture in a folder: its file, the section of the card that shows it, and a text that stands for it."""

    path: str
    section: str
    alt: str


class ManifestFile(Facts):
    """A manifest that is a JSON file: `file_name` is its name in a folder, `written_by` the command that writes it."""

    file_name: ClassVar[str]
    written_by: ClassVar[str]

    format: Literal[1] = 1

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read a manifest, given its file or its folder.

        Raises: ManifestError when there is none, when it is malformed, or when its facts contradict each other.
        """
        path = path / cls.file_name if path.is_dir() else path
        allowed = f"Allowed: a {cls.file_name} that {cls.written_by} writes."
        try:
            manifest = cls.model_validate_json(path.read_text(encoding="utf-8"))
        except OSError as error:
            raise ManifestError(f"{path}: cannot be read: {error.strerror or error}. {allowed}") from error
        except UnicodeDecodeError as error:
            raise ManifestError(f"{path}: cannot be read: not UTF-8 text (byte {error.start}). {allowed}") from error
        except ValidationError as error:
            raise ManifestError(f"{path}: {first_error(error)}. {allowed}") from error
        manifest.check()
        return manifest

    def save(self, path: Path) -> Path:
        """Write the manifest whole or not at all, given its file or its folder. Returns its file.

        Raises: ManifestError when its facts contradict each other; OSError from the disk.
        """
        path = path / self.file_name if path.is_dir() else path
        write_atomic(path, self.dumps().encode("utf-8", "backslashreplace"))  # a lone surrogate is `\udcff` in JSON too
        return path

    def dumps(self) -> str:
        """The manifest as text: sorted keys, one line feed at the end, the same text for the same facts.

        Raises: ManifestError when its facts contradict each other.
        """
        self.check()
        return json.dumps(self.model_dump(mode="json"), indent=1, sort_keys=True, ensure_ascii=False) + "\n"

    def check(self) -> None:
        """Raise ManifestError when facts contradict each other; a kind of manifest that can be wrong so overrides this."""


def first_error(error: ValidationError) -> str:
    """The first thing that is wrong, as `key.key: what`, and how many there are."""
    first = error.errors()[0]
    where = ".".join(str(key) for key in first["loc"]) or "the whole file"
    return f"{where}: {first['msg']}" + (f" ({error.error_count()} in all)" if error.error_count() > 1 else "")
