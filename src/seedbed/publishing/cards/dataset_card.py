"""The pages of a dataset folder, made from its manifest alone: card, attribution and license; and the page of all columns."""

from __future__ import annotations

import functools
import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from seedbed.core.manifests.contents import ColumnFacts, split_order
from seedbed.core.manifests.dataset import Manifest
from seedbed.core.text import formatting
from seedbed.publishing import rejections
from seedbed.publishing.cards import templates
from seedbed.publishing.cards.metadata import LICENSE_PAGE, license_keys, metadata_block

Row = Mapping[str, Any]
PAGES = {
    "README.md": "dataset.md.jinja",
    "ATTRIBUTION.md": "attribution.md.jinja",
    LICENSE_PAGE: "license.md.jinja",
}
"""Pages of a dataset folder, and the template of each."""

_WIDTH = 96


def write_pages(manifest: Manifest, folder: Path) -> list[Path]:
    """Write every page of `PAGES` into a dataset folder, and return their paths.

    Raises: InputError when a template asks for what the manifest does not say.
    """
    written = []
    for name, template in PAGES.items():
        written.append(folder / name)
        written[-1].write_text(page(template, manifest), encoding="utf-8")
    return written


def dataset_card(manifest: Manifest) -> str:
    """README.md of a dataset: the Hub's metadata block and the card."""
    return page("dataset.md.jinja", manifest)


def page(template: str, manifest: Manifest, folder: Path | None = None) -> str:
    """Fill a template of `folder`, else of cards/, with the facts of a manifest.

    Raises: InputError naming the template, the line and the name that does not exist.
    """
    policy, sentences = templates.hub_policy(folder), rejections.sentences(manifest)
    facts = {
        "manifest": manifest,
        "metadata_block": lambda: metadata_block(manifest, policy),
        "code_url": policy["code"],
        "words": sentences,
        "explain": functools.partial(rejections.explain, sentences),
        "license_keys": license_keys,
        "not_allowed": lambda: not_allowed(manifest),
        "passed_over": lambda: passed_over(manifest),
        "sample": lambda: sample(manifest),
        "splits": sorted(manifest.contents.splits, key=split_order),
    }
    return templates.fill(template, facts, folder)


def schema_page(tables: Mapping[str, tuple[ColumnFacts, ...]]) -> str:
    """docs/reference/schema.md: every published column of each table with its type, unit and meaning."""
    return templates.fill("schema.md.jinja", {"tables_of": tables})


def sample(manifest: Manifest) -> dict[str, Any]:
    """The example for its place on the card: its code, how many lines of it, and its other columns; {} if there is none."""
    row: Any = manifest.contents.example
    if not row:
        return {}
    marks = {language.name: language.config for language in manifest.contents.languages}
    return {
        "code": sample_code(row, marks.get(row["language"], "")),
        "shown": len(row["text"].splitlines()),
        "lines": row["lines"],
        "facts": sample_facts(row, manifest.columns["samples"]),
    }


def not_allowed(manifest: Manifest) -> list[tuple[str, int]]:
    """Licenses that are not on the recipe's list, and how many files each of them kept out; most files first."""
    allowed = set((manifest.recipe.data.get("license") or {}).get("allow", ()))  # type: ignore[union-attr, arg-type]
    files: Counter[str] = Counter()
    for entry in manifest.contents.rejected:
        if entry.reason == "license_not_allowed":
            for expression, number in entry.licenses.items():
                files.update(dict.fromkeys(set(license_keys(expression)) - allowed, number))
    return templates.by_number(files)


def passed_over(manifest: Manifest) -> list[tuple[str, int]]:
    """Entries of the sources that are not regular files, counted by kind, the most frequent first."""
    kinds: Counter[str] = Counter()
    for source in manifest.sources:
        kinds.update(source.skipped)
    return templates.by_number(kinds)


def sample_code(example: Row, language: str) -> str:
    """The example's text as a code block; `language` is what the block is marked with."""
    lines = (line.expandtabs(4) for line in example["text"].splitlines())
    return formatting.fenced("\n".join(line if len(line) <= _WIDTH else line[: _WIDTH - 1] + "…" for line in lines), language)


def sample_facts(example: Row, columns: Sequence[ColumnFacts]) -> str:
    """The example's other columns as a JSON code block, in the order of the table; of a list, the first item."""
    parts = [
        f"  {json.dumps(column.name)}: {_written(example[column.name], column, 2)}" for column in columns if column.name != "text"
    ]
    return formatting.fenced("{\n" + ",\n".join(parts) + "\n}", "json")


def _written(value: Any, column: ColumnFacts, indent: int) -> str:
    """JSON of a value: on column line where it fits, else column part a line; floats to four digits."""
    line = json.dumps(_ordered(value, column), ensure_ascii=False)
    if len(line) + indent + len(column.name) <= _WIDTH or not column.fields:
        return line
    return "".join(_broken(value, column, indent))


def _broken(value: Any, column: ColumnFacts, indent: int) -> Iterator[str]:
    """The parts of a struct, or the first item of a list, each on lines of its own."""
    margin = " " * (indent + 2)
    if isinstance(value, list):
        item = ColumnFacts(name="", type="struct", fields=column.fields)
        more = f',\n{margin}"… {len(value) - 1} more"' if len(value) > 1 else ""
        yield f"[\n{margin}{_written(value[0], item, indent + 2)}{more}\n{' ' * indent}]"
        return
    parts = [f"{json.dumps(part.name)}: {_written(value.get(part.name), part, indent + 2)}" for part in column.fields]
    yield "{\n" + ",\n".join(margin + line for line in _filled(parts, _WIDTH - len(margin))) + f"\n{' ' * indent}}}"


def _filled(parts: Sequence[str], room: int) -> Iterator[str]:
    """Parts of column line each, side by side as far as there is room."""
    line = ""
    for part in parts:
        if line and ("\n" in part or len(line) + len(part) + 2 > room):
            yield line
            line = ""
        line = f"{line}, {part}" if line else part
    yield line


def _ordered(value: Any, column: ColumnFacts) -> Any:
    """A value with its parts in the order of the schema; of a list the first item and how many more there are."""
    if isinstance(value, float):
        return float(f"{value:.4g}")
    if isinstance(value, list):
        more = [f"… {len(value) - 1} more"] if len(value) > 1 else []
        return [*(_ordered(item, column) for item in value[:1]), *more]
    if isinstance(value, dict):
        return {part.name: _ordered(value.get(part.name), part) for part in column.fields}
    return value
