"""License files and manifests, and how the ingest stage hands them to the license filters."""

from __future__ import annotations

import json
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path

import zstandard
from datatrove.data import DocumentsPipeline
from datatrove.pipeline.base import PipelineStep

from seedbed.core.io.files import write_atomic
from seedbed.data.filters.license.legal_names import is_legal_file

MAX_CHARACTERS = 2_000_000
"""Longer texts are stored up to here; license texts are cut far earlier, see scan.MAX_BYTES."""


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
