"""Verdicts on a file of a small source, for the tests of what license files and declarations say."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import count
from pathlib import Path

from datatrove.data import Document

from seedbed.data.filters.license.filters import LicenseCollector, LicenseFilter
from seedbed.data.filters.license.legal_files import store
from seedbed.data.filters.license.legal_names import is_legal_file

CODE = "import os\n\n\ndef main():\n    return os.name\n"
GPL = (
    "This program is free software; you can redistribute it and/or modify\n"
    "it under the terms of the GNU General Public License as published by\n"
    "the Free Software Foundation; either version 3 of the License, or\n"
    "(at your option) any later version.\n"
)
SPDX_MIT = "# SPDX-License-Identifier: MIT\n"
_SOURCES = count()


def judged(folder: Path, files: Mapping[str, str], path: str = "src/a.py", header: str = "") -> tuple[str, str]:
    """`kept` or the reason of the filter, and the effective expression. Files that ingest would not store are left out."""
    source = str(next(_SOURCES))
    store(str(folder), source, {name: text for name, text in files.items() if is_legal_file(name)})
    document = Document(text=header + CODE, id="0", metadata={"path": path, "source": source})
    LicenseCollector(str(folder)).filter(document)
    verdict = LicenseFilter().filter(document)
    return "kept" if verdict is True else verdict[1], document.metadata["license"] or ""
