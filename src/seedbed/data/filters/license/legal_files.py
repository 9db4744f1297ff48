"""License files and manifests: which files they are, and how the ingest stage hands them to the license filters."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from enum import Enum
from hashlib import sha256
from pathlib import Path, PurePosixPath

import zstandard
from datatrove.data import DocumentsPipeline
from datatrove.pipeline.base import PipelineStep

from seedbed.core.io.files import write_atomic

MAX_CHARACTERS = 2_000_000
"""Longer texts are stored up to here; license texts are cut far earlier, see scan.MAX_BYTES."""


class LegalKind(Enum):
    """What a legal file means for the files around it."""

    LICENSE = "license"
    """The license of what is beside and below it."""
    HINT = "hint"
    """A license by its name that may be meant for one thing in its folder: it adds to the license there and hides none."""
    TEXTS = "texts"
    """A text in a folder of license texts, which does not say what it is for (REUSE's LICENSES/)."""
    THIRD_PARTY = "third-party"
    """Licenses of things that are bundled somewhere in the package."""
    MANIFEST = "manifest"
    """A package's own declaration."""


MANIFESTS = frozenset({"PKG-INFO", "METADATA", "pyproject.toml", "setup.cfg", "package.json", "Cargo.toml", "pom.xml"})
"""Manifests that declare a license without being executed (go.mod declares none; setup.py is a program)."""

_FAMILY = r"(?:mit|apache|bsd|[al]?gpl|isc|mpl|zlib|psf)"
_MORE_FAMILIES = (
    r"(?:mit|apache|bsd|[al]?gpl|g?fdl|isc|mpl|zlib|psf|epl|cddl|eupl|ofl|bsl|wtfpl|cc0|cc[ _-]by(?:[ _-](?:sa|nc|nd))*)"
)
_TEXT_END = r"(?:\.(?:txt|text|md|rst|html?|rtf|pdf|docx?))?"
_LICENSE_NAME = re.compile(
    rf"(?:un)?licen[cs]es?(?:[0-9 .,()_+-].*)?|copy(?:ing|right|left)s?(?:[0-9 .,()_+-].*)?|"
    rf"{_FAMILY}[ _.-]?(?:licen[cs]e.*|v?[0-9][0-9.]*(?:\.txt|\.md|\.rst)?)"
)
_HINT_NAME = re.compile(
    rf".*[ ._-](?:un)?licen[cs]e(?:[ _-]agreement)?{_TEXT_END}|(?:.*[ ._-])?eula{_TEXT_END}|"
    rf"{_MORE_FAMILIES}(?:[ _.+-]?(?:v?[0-9][0-9.]*|only|or|later|clause|new|lesser))+{_TEXT_END}|"
    rf"{_MORE_FAMILIES}{_TEXT_END.rstrip('?')}"
)
_HINT_CAPITALS = re.compile(r"(?:(?:UN)?LICEN[CS]E|COPYING|COPYRIGHT|EULA|[AL]?GPL|MIT|BSD|APACHE|MPL)(?:[-_ ][A-Z0-9.]+)?")
_THIRD_PARTY_NAME = re.compile(
    r"notices?(?:[._-].*)?|.*(?:third|3rd)[ ._-]?part(?:y|ies).*|(?:acknowledge?ments?|attributions?|credits)(?:\..*)?|"
    r"(?:licen[cs]es?|copying|copyright)[._-](?:bundled?|vendor(?:ed)?|dependenc(?:y|ies)|deps|external|other)(?:[._-].*)?"
)
_TEXT_FOLDERS = re.compile(r"(?i:licen[cs]es)|LICEN[CS]E")
_CODE_SUFFIXES = frozenset(
    ".py .pyi .pyx .js .mjs .cjs .jsx .ts .tsx .vue .svelte .go .c .h .cc .cpp .cxx .hpp .m .mm .java .kt .scala .rs .swift "
    ".php .sh .bat .ps1 .rb .pl .pm .lua .r .hs .ml .ex .clj .dart .cs .fs .sql .proto .json .toml .yml .yaml .xml .css "
    ".scss .less .ini .cfg .in .lock .po .pot .mo .ipynb .map .m4 .am .ac .cmake".split()
)
_BINARY_SUFFIXES = frozenset(
    ".png .svg .gif .jpg .jpeg .ico .webp .bmp .ttf .otf .woff .woff2 .eot .pyc .class .o .a .so .dll .dylib .exe .jar".split()
)


def kind_of(path: str) -> LegalKind | None:
    """What kind of legal file a path names; None for all other files."""
    folder, _, name = path.replace("\\", "/").rpartition("/")  # a backslash in a tar is part of a name that hides another
    if name in MANIFESTS:
        return LegalKind.MANIFEST
    lower = name.lower()
    suffix = PurePosixPath(lower).suffix
    if suffix in _BINARY_SUFFIXES:
        return None
    if suffix in _CODE_SUFFIXES:
        return _kind_of_code(name, suffix)
    return _kind_of_text(folder.rpartition("/")[2], name)


def _kind_of_text(folder: str, name: str) -> LegalKind | None:
    lower = name.lower()
    if _THIRD_PARTY_NAME.fullmatch(lower):
        return LegalKind.THIRD_PARTY
    if _TEXT_FOLDERS.fullmatch(folder):
        return LegalKind.TEXTS
    if _LICENSE_NAME.fullmatch(lower):
        return LegalKind.LICENSE
    return LegalKind.HINT if _HINT_NAME.fullmatch(lower) or _HINT_CAPITALS.fullmatch(name) else None


def _kind_of_code(name: str, suffix: str) -> LegalKind | None:
    """`LICENSE.py` and `license.in` may hold a license text; `license.py` is a module."""
    stem = name[: -len(suffix)]
    is_legal = kind_of(stem) is not None if suffix == ".in" else _HINT_CAPITALS.fullmatch(stem.partition(".")[0])
    return LegalKind.HINT if is_legal else None


def is_legal_file(path: str) -> bool:
    """Whether the license filters read this file, whatever becomes of it as a sample."""
    return kind_of(path) is not None


Texts = dict[str, str | None]
"""Legal files of a source, path to text; None for one that is there and cannot be read."""


class LegalFiles(PipelineStep):
    """Stores the text of license files and manifests, one file a source, and passes every document on.

    It belongs where documents are still complete. A source must lie wholly within one task; its documents may come in
    any order. Nothing is written before the task has seen its last document, and then each file at once or not at all.
    A legal file that is too large, binary or in no known encoding is stored as unreadable, a link as its target,
    as git stores one.

    Args: folder: where the texts go, `load` reads them; links: symbolic links by source, path to target.
    """

    name = "legal files"
    type = "seedbed"

    def __init__(self, folder: str, links: Mapping[str, Mapping[str, str]] | None = None) -> None:
        super().__init__()
        self.folder = folder
        self.links = dict(links or {})

    def run(self, data: DocumentsPipeline, rank: int = 0, world_size: int = 1) -> DocumentsPipeline:
        """Pass the documents on and store the legal files among them."""
        kept: dict[str, Texts] = {}
        for document in data:
            path, files = document.metadata["path"], kept.setdefault(document.metadata["source"], {})
            if is_legal_file(path):
                is_readable = document.metadata.get("decode_error") in {None, "empty"}
                files[path] = document.text[:MAX_CHARACTERS] if is_readable else None
                self.stat_update("legal_files")
            yield document
        for source, files in kept.items():
            store(self.folder, source, _linked(self.links.get(source, {})) | files)


def _linked(links: Mapping[str, str]) -> Texts:
    """Targets in place of texts. They begin so that they cannot be taken for words: `./x`, `../x` or `/x`."""
    legal = {path: target for path, target in links.items() if is_legal_file(path)}
    return {path: target if target.startswith(("./", "../", "/")) else f"./{target}" for path, target in legal.items()}


def store(folder: str, source: str, files: Mapping[str, str | None]) -> None:
    """Write the legal files of a source; the same files give the same bytes."""
    if not files:
        return
    target = _place(folder, source)
    target.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps(files, sort_keys=True, ensure_ascii=True)
    write_atomic(target, zstandard.compress(text.encode()), durable=False)


def load(folder: str, source: str) -> Texts:
    """Legal files of a source; empty when it has none."""
    place = _place(folder, source)
    if not place.exists():
        return {}
    files: Texts = json.loads(zstandard.decompress(place.read_bytes()))
    return files


def _place(folder: str, source: str) -> Path:
    return Path(folder) / f"{sha256(source.encode()).hexdigest()[:32]}.json.zst"
