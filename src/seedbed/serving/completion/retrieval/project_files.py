"""Source files of a project or a package, and the declarations in them."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path, PurePath, PurePosixPath
from typing import TYPE_CHECKING, Final

from seedbed.core.errors import InputError
from seedbed.core.syntax import LANGUAGES, language_of, parse, walk
from seedbed.core.syntax.language import text_of
from seedbed.core.syntax.tree import nodes_of
from seedbed.core.syntax.walk import declared_name, scope_name

if TYPE_CHECKING:
    from tree_sitter import Node


MAX_FILES: Final = 20_000
MAX_FILE_BYTES: Final = 1_000_000
_SKIPPED_FOLDERS: Final = frozenset({"node_modules", "build", "dist", "target", "vendor", "venv", "site-packages", "__pycache__"})


@dataclass(frozen=True, slots=True)
class ProjectFile:
    """A file. name: its path in the project or package; path: where it is."""

    name: str
    path: Path
    language: str


def project_files(folder: Path) -> Iterator[ProjectFile]:
    """Files of a folder in the published languages, in order; without hidden ones, builds and vendored packages.

    Raises: InputError for a missing folder, or one with more than `MAX_FILES`.
    """
    if not folder.is_dir():
        raise InputError(f"{folder}: no such folder.")
    count = 0
    for place, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith(".") and name not in _SKIPPED_FOLDERS)
        for name in sorted(names):
            path = Path(place) / name
            if (language := language_of(path.name)) and _is_readable(path):
                count += 1
                if count > MAX_FILES:
                    raise InputError(f"{folder}: more than {MAX_FILES:,} source files. Allowed: the folder of one project.")
                yield ProjectFile(_printable(path.relative_to(folder)), path, language)


def check_package(package: str) -> None:
    """Raises: InputError for a package that is not installed, or an invalid name."""
    try:
        distribution(package)
    except (PackageNotFoundError, ValueError) as error:
        raise InputError(f"{package[:100]!r}: not installed here. Allowed: the name of an installed package.") from error


def package_files(package: str) -> Iterator[ProjectFile]:
    """Python files of an installed distribution, by its RECORD, without tests."""
    listed = distribution(package).files or []
    for file in sorted(listed, key=str):
        name = PurePosixPath(file)
        outside = ".." in name.parts or "tests" in name.parts or name.name.startswith("test_")
        if not outside and name.suffix in LANGUAGES["Python"].suffixes and _is_readable(Path(str(file.locate()))):
            yield ProjectFile(_printable(name), Path(str(file.locate())), "Python")


def _is_readable(path: Path) -> bool:
    return path.is_file() and not path.is_symlink() and path.stat().st_size <= MAX_FILE_BYTES and os.access(path, os.R_OK)


def _printable(path: PurePath) -> str:
    """A path on one line: names may hold line breaks, and bytes that are not UTF-8."""
    name = path.as_posix().encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    return "".join(character if character.isprintable() else "\ufffd" for character in name)


MAX_SIGNATURE_CHARACTERS: Final = 200
MAX_SENTENCE_CHARACTERS: Final = 120
_MARKS: Final = re.compile(r"^[\s/*#!;-]+|[\s*/]+$")
_SENTENCE: Final = re.compile(r"(.+?[.:!?])(?:\s|$)")
_QUOTES: Final = re.compile(r"^[rRbBuUfF]*(?:\"\"\"|'''|\"|')|(?:\"\"\"|'''|\"|')$")


@dataclass(frozen=True, slots=True)
class Declaration:
    """A function or a class.

    name: without its owner; owner: the enclosing class, "" for none; signature: on one line, without the body;
    sentence: the first one of its docstring, or of the comment above it; line: from 1.
    """

    name: str
    owner: str
    signature: str
    sentence: str
    line: int


def declarations(text: str, language: str) -> list[Declaration]:
    """Declarations of a file, in source order; none for a language without a grammar."""
    parsed = parse(text, language)
    if parsed is None:
        return []
    structure, walked = LANGUAGES[language].structure, walk(parsed)
    open_scopes: list[tuple[int, str]] = []
    result: list[Declaration] = []
    for node in nodes_of(parsed, tuple(sorted(structure.functions | structure.scopes))):
        while open_scopes and node.start_byte >= open_scopes[-1][0]:
            open_scopes.pop()
        is_scope = node.type in structure.scopes
        name = text_of(scope_name(node) if is_scope else declared_name(node, walked))
        if name and not name.startswith("__"):
            result.append(_declaration(node, name, open_scopes[-1][1] if open_scopes else "", parsed.grammar.leaves.comments))
        if is_scope:
            open_scopes.append((node.end_byte, name))
    return result


def _declaration(node: Node, name: str, owner: str, comments: frozenset[str]) -> Declaration:
    body = node.child_by_field_name("body")
    head = (node.text or b"")[: body.start_byte - node.start_byte if body else None].decode("utf-8", "replace")
    signature = " ".join(head.split()).rstrip("{ ")[:MAX_SIGNATURE_CHARACTERS]
    words = _docstring(body) or _comment_above(node, comments)
    return Declaration(name, owner, signature, _first_sentence(words), node.start_point[0] + 1)


def _docstring(body: Node | None) -> str:
    """Docstring of a Python body: a string that is the first statement."""
    first = next(iter(body.named_children), None) if body else None
    text = next(iter(first.named_children), None) if first and first.type == "expression_statement" else None
    return _QUOTES.sub("", text_of(text).strip()) if text and text.type == "string" else ""


def _comment_above(node: Node, comments: frozenset[str]) -> str:
    lines: list[str] = []
    above = node.prev_sibling
    while above is not None and above.type in comments and len(lines) < 40:
        lines[:0] = text_of(above).splitlines()
        above = above.prev_sibling
    return "\n".join(_MARKS.sub("", line) for line in lines)


def _first_sentence(words: str) -> str:
    paragraph = " ".join(words.strip().split("\n\n")[0].split())
    sentence = _SENTENCE.match(paragraph)
    return (sentence[1] if sentence else paragraph)[:MAX_SENTENCE_CHARACTERS]


def name_words(name: str) -> Iterator[str]:
    """The words of a name, in lower case.

    >>> list(name_words("readJSONFile_2")), list(name_words("HTTPServer"))
    (['read', 'json', 'file', '2'], ['http', 'server'])
    """
    yield from (word.lower() for word in re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+", name))
