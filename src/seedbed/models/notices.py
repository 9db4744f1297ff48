"""NOTICE.md of what is made from a dataset: tokens and models."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Final

from seedbed.core.io.files import file_sha256
from seedbed.core.manifests.dataset import NOTICE_FILES, NOTICE_PAGE
from seedbed.core.text import formatting

MAX_COPY_BYTES: Final = 10_000_000
"""A longer page stays with the dataset, and a pointer takes its place: from this size on the Hub keeps a file as a binary one."""


def write_notice(folder: Path, page: Path | None, address: str, revision: str | None = None) -> bool:
    """Write NOTICE.md into a folder: a copy of the dataset's, or a pointer to it where it is too long or out of reach.

    Args: page: NOTICE.md of the dataset; address: id of the dataset on a Hub, or its name. Returns: whether it is a copy.
    """
    target = folder / NOTICE_PAGE
    if page is not None and page.stat().st_size <= MAX_COPY_BYTES:
        shutil.copyfile(page, target)
        return True
    target.write_text(_pointer(page, address, revision), encoding="utf-8")
    return False


def _pointer(page: Path | None, address: str, revision: str | None) -> str:
    at = f", revision {formatting.code(revision)}" if revision else ""
    digest = f" {NOTICE_PAGE} there has the SHA-256 {formatting.code(file_sha256(page))}." if page else ""
    files = ", ".join(map(formatting.code, NOTICE_FILES))
    return (
        f"# Notices\n\nMade from the dataset {formatting.code(address)}{at}. Its files stay under their own licenses.\n"
        f"Their copyright statements and license texts are in that dataset, where Seedbed built it: {files}.{digest}\n"
        "Pass them on with whatever holds text of the dataset.\n"
    )
