"""License files and manifests: which they are, and how they travel from the ingest stage to the license block."""

from __future__ import annotations

import json
import os
import re
from collections import defaultdict
from enum import Enum
from hashlib import sha256
from pathlib import Path, PurePosixPath

import zstandard
from datatrove.data import DocumentsPipeline
from datatrove.pipeline.base import PipelineStep

MAX_CHARACTERS = 2_000_000
"""Longer texts are stored up to here; license texts are cut far earlier, see scan.MAX_BYTES."""


class Kind(Enum):
    """What a file says about the files around it."""

    LICENSE = "license"
    """The license of what is beside and below it."""
    TEXTS = "texts"
    """A text in a folder of license texts, which does not say what it is for (REUSE's LICENSES/)."""
    THIRD_PARTY = "third-party"
    """Licenses of things that are bundled somewhere in the package."""
    MANIFEST = "manifest"
    """A package's own declaration."""


MANIFESTS = frozenset({"PKG-INFO", "METADATA", "pyproject.toml", "setup.cfg", "package.json", "Cargo.toml", "pom.xml"})
"""Manifests that declare a license without being executed (go.mod declares none; setup.py is a program)."""

_LICENSE_NAME = re.compile(
    r"(?:un)?licen[cs]es?(?:[._-].*)?|copy(?:ing|right|left)s?(?:[._-].*)?|"
    r"(?:mit|apache|bsd|[al]?gpl|isc|mpl|zlib|psf)[-_.]?(?:licen[cs]e.*|v?[0-9][0-9.]*(?:\.txt|\.md|\.rst)?)|"
    r".*[._-](?:un)?licen[cs]e(?:\.(?:txt|md|rst|html))?"
)
_THIRD_PARTY_NAME = re.compile(
    r"notices?(?:[._-].*)?|.*(?:third|3rd)[ ._-]?part(?:y|ies).*|(?:acknowledge?ments?|attributions?|credits)(?:\..*)?|"
    r"(?:licen[cs]es?|copying|copyright)[._-](?:bundled?|vendor(?:ed)?|dependenc(?:y|ies)|deps|external|other)(?:[._-].*)?"
)
_TEXT_FOLDERS = frozenset({"licenses", "licences"})
_CODE_SUFFIXES = frozenset(
    ".py .pyi .pyx .js .mjs .cjs .jsx .ts .tsx .go .c .h .cc .cpp .cxx .hpp .java .rs .php .sh .rb .cs .json .toml .yml "
    ".yaml .xml .css .png .svg .ini .cfg .in .lock .po .ipynb .map".split()
)


def kind_of(path: str) -> Kind | None:
    """What kind of legal file a path names; None for all other files."""
    folder, _, name = path.rpartition("/")
    if name in MANIFESTS:
        return Kind.MANIFEST
    lower = name.lower()
    if PurePosixPath(lower).suffix in _CODE_SUFFIXES:
        return None
    if _THIRD_PARTY_NAME.fullmatch(lower):
        return Kind.THIRD_PARTY
    if folder.rpartition("/")[2].lower() in _TEXT_FOLDERS:
        return Kind.TEXTS
    return Kind.LICENSE if _LICENSE_NAME.fullmatch(lower) else None


def is_legal_file(path: str) -> bool:
    """The license block wants to see this file, whatever it decides about it as a sample."""
    return kind_of(path) is not None


class LegalFiles(PipelineStep):
    """Keeps the text of license files and manifests aside, one file a source, and passes every document on.

    To be put where documents are still complete. A source must lie wholly within one task; its documents may come in
    any order. Nothing is written before the task has seen its last document, and then each file at once or not at all.

    Args: folder: where the texts go; `load` reads them.
    """

    name = "legal files"
    type = "seedbed"

    def __init__(self, folder: str) -> None:
        super().__init__()
        self.folder = folder

    def run(self, data: DocumentsPipeline, rank: int = 0, world_size: int = 1) -> DocumentsPipeline:
        """Pass the documents on and remember the legal ones among them."""
        kept: dict[str, dict[str, str]] = defaultdict(dict)
        for document in data:
            path = document.metadata["path"]
            if document.text and is_legal_file(path):
                kept[document.metadata["source"]][path] = document.text[:MAX_CHARACTERS]
                self.stat_update("legal_files")
            yield document
        for source, files in kept.items():
            store(self.folder, source, files)


def store(folder: str, source: str, files: dict[str, str]) -> None:
    """Write the legal files of a source (path to text); the same files give the same bytes."""
    target = _place(folder, source)
    target.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps(files, sort_keys=True, ensure_ascii=True)
    partial = target.with_suffix(f".{os.getpid()}.part")
    partial.write_bytes(zstandard.compress(text.encode()))
    partial.replace(target)


def load(folder: str, source: str) -> dict[str, str]:
    """Legal files of a source, path to text; empty when it has none."""
    place = _place(folder, source)
    if not place.exists():
        return {}
    files: dict[str, str] = json.loads(zstandard.decompress(place.read_bytes()))
    return files


def _place(folder: str, source: str) -> Path:
    return Path(folder) / f"{sha256(source.encode()).hexdigest()[:32]}.json.zst"
