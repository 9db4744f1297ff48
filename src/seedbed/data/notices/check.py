"""Whether every published file of a dataset folder has its notice, and every notice its license texts."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from seedbed.core.errors import ManifestError
from seedbed.data.notices.tables import ATTRIBUTION, LICENSE_TEXTS, PAGE, heading, read
from seedbed.data.notices.texts import text_sha256


def check(folder: Path) -> None:
    """Check the notices of a dataset folder. Memory: 32 characters a notice, 64 a license text, one row of each table.

    Raises: ManifestError naming the first file without its notice, the first notice without its text, or the project that
    NOTICE.md does not name.
    """
    for problem in problems(folder):
        raise ManifestError(f"{folder.name}: {problem}. Build the dataset again.")


def problems(folder: Path) -> Iterator[str]:
    """What is wrong with the notices of a dataset folder, a sentence each."""
    missing = [name for name in (ATTRIBUTION, LICENSE_TEXTS, PAGE) if not (folder / name).is_file()]
    if missing:
        yield from (f"{name}: missing" for name in missing)
        return
    digests: set[str] = set()
    for row in read(folder / LICENSE_TEXTS):
        if row["sha256"] in digests:
            yield f"{LICENSE_TEXTS}: {row['sha256']}: more than once"
        if text_sha256(row["text"]) != row["sha256"]:
            yield f"{LICENSE_TEXTS}: {row['sha256']}: another text than its digest names"
        digests.add(row["sha256"])
    notices: set[str] = set()
    yield from _problems_of_rows(folder, digests, notices)
    for path in sorted([*folder.glob("data/*/*.parquet"), *folder.glob("rejected/*.parquet")]):
        yield from _problems_of_samples(path, notices)


def _problems_of_rows(folder: Path, digests: set[str], notices: set[str]) -> Iterator[str]:
    """Walk attribution.parquet and NOTICE.md; adds the ids to `notices`."""
    named = _headings(folder / PAGE)
    used: set[str] = set()
    for row in read(folder / ATTRIBUTION):
        if row["notice_id"] in notices:
            yield f"{ATTRIBUTION}: {row['notice_id']}: more than once"
        notices.add(row["notice_id"])
        used.update(file["sha256"] for file in row["files"] if file["sha256"])
        if heading(row["source"]) not in named:
            yield f"{PAGE}: does not name {row['source']}"
    for digest in sorted(used ^ digests):
        yield f"{LICENSE_TEXTS}: {digest}: {'missing' if digest in used else 'of no notice'}"


def _headings(page: Path) -> set[str]:
    """Second headings of a page, without those that stand in a license text."""
    headings, fence = set[str](), ""
    with page.open(encoding="utf-8") as lines:
        for line in map(str.rstrip, lines):
            if line.startswith("```"):
                marks = line[: len(line) - len(line.lstrip("`"))]
                fence = "" if line == fence else fence or marks
            elif line.startswith("## ") and not fence:
                headings.add(line)
    return headings


def _problems_of_samples(path: Path, notices: set[str]) -> Iterator[str]:
    """Files whose text is published without a notice."""
    columns = ["id", "notice_id"] + (["text"] if path.parent.name == "rejected" else [])
    for row in read(path, columns):
        if row["notice_id"] not in notices and _is_published(row):
            yield f"{ATTRIBUTION}: no notice of {row['id']} ({row['notice_id']})"


def _is_published(row: dict[str, Any]) -> bool:
    return row.get("text", "") is not None
