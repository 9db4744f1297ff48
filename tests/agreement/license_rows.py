"""Verdicts of the license filter alone: `python -m tests.agreement.license_rows ARCHIVE ...`, one JSON line a source file.

The code on PYTHONPATH judges, so that one version can be compared with another; five times as fast as `seedbed inspect`.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Any

from seedbed.core.config.recipe import Archives
from seedbed.data.filters.license.detect import preload
from seedbed.data.filters.license.filters import LicenseCollector, LicenseFilter
from seedbed.data.filters.license.legal_files import LegalFiles
from seedbed.data.sources import archive_reading
from seedbed.data.sources.base import make_document

SUFFIXES = frozenset(".py .pyi .js .jsx .mjs .cjs .ts .tsx .c .h .cc .cpp .cxx .hh .hpp .java .go .rs".split())
MAX_BYTES = 1_000_000
CAPS = Archives(max_files=100_000, max_bytes=1_000_000_000, max_ratio=1_000)


def rows(archive: Path) -> Iterator[dict[str, Any]]:
    """The verdicts on the source files of an archive, paths told from its single folder."""
    provenance = {"source": archive.name, "project": archive.name, "version": ""}
    with tempfile.TemporaryDirectory() as folder:
        legal = LegalFiles(folder, {archive.name: archive_reading.survey(archive, CAPS).links})
        read = archive_reading.files(archive, MAX_BYTES, strip_top=True)
        documents = list(legal.run(make_document(file, file.path, provenance) for file in read))
        collector, policy = LicenseCollector(folder), LicenseFilter()
        for document in documents:
            path = document.metadata["path"]
            if PurePosixPath(path).suffix in SUFFIXES and "decode_error" not in document.metadata:
                collector.filter(document)
                verdict = policy.filter(document)
                reason = verdict[1] if isinstance(verdict, tuple) else None
                words = (document.metadata.get("license_decided_by") or {}).get("text") or ""
                reasons = {reason: f"{document.metadata.get('detail') or ''} “{words[:150]}”"} if reason else {}
                yield {"path": path, "license": document.metadata["license"], "reasons": reasons, "kept": not reasons}


def main() -> None:
    """Print the rows of every archive, each with the archive's name."""
    parser = argparse.ArgumentParser(prog="python -m tests.agreement.license_rows", description=__doc__)
    parser.add_argument("archives", metavar="ARCHIVE", type=Path, nargs="+")
    archives = parser.parse_args().archives
    preload()
    for archive in archives:
        for row in rows(archive):
            sys.stdout.write(json.dumps({"archive": str(archive), **row}) + "\n")


if __name__ == "__main__":
    main()
