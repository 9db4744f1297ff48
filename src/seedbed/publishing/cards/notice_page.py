"""NOTICE.md of a dataset folder, made from its attribution.parquet and license_texts.parquet, a release at a time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from pathlib import Path
from typing import Any

from seedbed.core.manifests.dataset import NOTICE_PAGE, Notices
from seedbed.core.text import formatting
from seedbed.data.notices.tables import ATTRIBUTION, LICENSE_TEXTS, heading, read
from seedbed.publishing.cards import templates

MAX_TEXT_BYTES = 16_000_000
"""License texts that the page holds; where they are more, it names them, and license_texts.parquet has them."""
_DIGITS = 16


def write(title: str, notices: Notices, folder: Path) -> Path:
    """Write NOTICE.md into a dataset folder. Memory: the notices of one release, or one license text."""
    path, has_texts = folder / NOTICE_PAGE, fits(notices)
    facts = {"title": title, "sources": notices.sources, "text_bytes": notices.text_bytes, "has_texts": has_texts}
    with path.open("w", encoding="utf-8", newline="\n") as page:
        page.write(templates.fill("notice.md.jinja", facts))
        page.writelines(line + "\n" for line in releases(read(folder / ATTRIBUTION)))
        if has_texts:
            page.writelines(line + "\n" for line in license_texts(read(folder / LICENSE_TEXTS)))
    return path


def fits(notices: Notices) -> bool:
    """Whether the page holds the license texts."""
    return notices.text_bytes <= MAX_TEXT_BYTES


def releases(rows: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """Lines on each release. Args: rows: of attribution.parquet, those of a release behind each other."""
    for source, group in groupby(rows, key=lambda row: row["source"]):
        yield from _release(source, list(group))


def _release(source: str, rows: list[Mapping[str, Any]]) -> Iterator[str]:
    first = rows[0]
    licenses = dict.fromkeys(key for row in rows for key in row["licenses"])
    files = {file["path"]: file["sha256"] for row in rows for file in row["files"]}
    statements = dict.fromkeys(statement for row in rows for statement in row["copyrights"])
    yield from ("", heading(source), "")
    yield f"- Project: {formatting.code(first['project'])}, version {formatting.code(first['version'])}"
    if first["url"]:
        yield f"- Source: {formatting.url(first['url'])}"
    if first["archive_sha256"]:
        yield f"- Archive: SHA-256 {formatting.code(first['archive_sha256'])}"
    yield f"- Licenses: {', '.join(map(formatting.code, licenses))}"
    yield f"- License files: {', '.join(_file(path, digest) for path, digest in files.items()) or 'none in the archive'}"
    if not all(row["is_complete"] for row in rows):
        yield "- Not every statement or license file could be read to its end: see the files themselves."
    yield ""
    yield "Copyright statements:" if statements else "No copyright statement in the license files and the published files."
    if statements:
        yield ""
    yield from (f"- {formatting.text(statement)}" for statement in statements)


def _file(path: str, digest: str | None) -> str:
    name = formatting.code(path)
    return f"{name} ([{digest[:_DIGITS]}](#text-{digest[:_DIGITS]}))" if digest else f"{name} (could not be read)"


def license_texts(rows: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """Lines of the license texts, each inside a fence that it cannot end."""
    yield from ("", "# License texts")
    for row in rows:
        lines = row["text"].replace("\r\n", "\n").expandtabs(8).rstrip("\n")
        yield from ("", f"### Text {row['sha256'][:_DIGITS]}", "", formatting.fenced(lines, "text"))
