"""Files that give licenses to other files by patterns of paths: `REUSE.toml`, `.reuse/dep5`, `debian/copyright`.

Sources: REUSE specification 3.3; Debian's machine-readable copyright format 1.0. In both, of the entries of one file the
last that matches a path counts.
"""

from __future__ import annotations

import posixpath
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from seedbed.data.filters.license.declarations.base import LicenseDeclaration

_DEP5_FORMAT = re.compile(
    r"^Format(?:-Specification)?:.*(?:copyright-format|dep5|DEP-5|machine-readable)", re.MULTILINE | re.IGNORECASE
)
_FIELD = re.compile(r"^(?P<name>[A-Za-z][\w-]*):[ \t]*(?P<value>.*(?:\n[ \t]+.*)*)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Assignment:
    """Licenses of the paths that match one of the patterns, relative to `folder`, and the texts of those licenses in the file."""

    patterns: tuple[re.Pattern[str], ...]
    licenses: tuple[LicenseDeclaration, ...]

    def matches(self, path: str) -> bool:
        """Whether a path, relative to the folder of the file, has these licenses."""
        return any(pattern.fullmatch(path) for pattern in self.patterns)


class BrokenAssignmentError(ValueError):
    """A file that should assign licenses and cannot be read."""


def folder_of(path: str) -> str:
    """The folder to which the paths in such a file are relative: for `.reuse/dep5` and `debian/copyright` the one above.

    >>> folder_of("a/REUSE.toml"), folder_of("debian/copyright"), folder_of("b/.reuse/dep5")
    ('a', '', 'b')
    """
    folder = posixpath.dirname(path)
    return folder if path.endswith("REUSE.toml") else posixpath.dirname(folder)


@lru_cache(maxsize=64)
def assignments(path: str, text: str) -> tuple[Assignment, ...]:
    """What a file assigns, in its order.

    Raises: BrokenAssignmentError when it is not in its format.
    """
    try:
        return tuple(_reuse(text) if path.endswith("REUSE.toml") else _dep5(text))
    except (ValueError, re.error, RecursionError) as error:
        raise BrokenAssignmentError(f"{path}: {error}") from error


def _reuse(text: str) -> Iterator[Assignment]:
    listed = tomllib.loads(text).get("annotations", [])
    if not isinstance(listed, list):
        raise BrokenAssignmentError("annotations is no list of tables")
    for entry in listed:
        paths, licenses = (_listed(entry, key) for key in ("path", "SPDX-License-Identifier"))
        words = (LicenseDeclaration("SPDX-License-Identifier", license_) for license_ in licenses)
        yield Assignment(tuple(re.compile(_reuse_pattern(path)) for path in paths), tuple(words))


def _listed(entry: object, key: str) -> list[str]:
    value = entry.get(key, []) if isinstance(entry, dict) else None
    values = value if isinstance(value, list) else [value]
    texts = [part for part in values if isinstance(part, str)]
    if len(texts) < len(values):
        raise BrokenAssignmentError(f"{key} is no text")
    return texts


def _reuse_pattern(glob: str) -> str:
    """`*` stays within a folder, `**` does not; a backslash makes the next character a plain one."""
    parts = re.findall(r"\\.|\*\*/?|\*|[^*\\]+|\\", glob)
    kinds = {"**": ".*", "**/": "(?:.*/)?", "*": "[^/]*"}
    return "".join(kinds.get(part) or re.escape(part.removeprefix("\\") or part) for part in parts)


def _dep5(text: str) -> Iterator[Assignment]:
    if not _DEP5_FORMAT.search(text):
        raise BrokenAssignmentError("no Format field")
    paragraphs = [
        {field["name"].lower(): field["value"] for field in _FIELD.finditer(block)} for block in re.split(r"\n[ \t]*\n", text)
    ]
    texts = {_synopsis(block["license"]): block["license"] for block in paragraphs if "license" in block and "files" not in block}
    for block in paragraphs:
        if "files" in block:
            stated = block.get("license", "")
            words = _synopsis(stated)
            body = stated.partition("\n")[2] or texts.get(words, "").partition("\n")[2]
            patterns = tuple(re.compile(_dep5_pattern(glob)) for glob in block["files"].split())
            yield Assignment(patterns, (LicenseDeclaration(f"License\n{_unfolded(body)}" if body else "License", words),))


def _synopsis(value: str) -> str:
    return value.partition("\n")[0].strip()


def _unfolded(body: str) -> str:
    """The text of a license as it was before each of its lines got a blank, and each of its empty ones a dot."""
    return "\n".join("" if line.strip() == "." else line[1:] for line in body.splitlines())


def _dep5_pattern(glob: str) -> str:
    parts = re.findall(r"\\.|[*?]|[^*?\\]+|\\", glob.removeprefix("./"))
    kinds = {"*": ".*", "?": "."}
    return "".join(kinds.get(part) or re.escape(part.removeprefix("\\") or part) for part in parts)
