"""The published columns as a manifest tells them."""

from __future__ import annotations

from seedbed.core.manifests import columns as schema
from seedbed.core.manifests.dataset import ColumnFacts

TABLES = {"samples": schema.SAMPLE, "rejected": schema.REJECTED, "duplicates": schema.DUPLICATES}


def columns() -> dict[str, tuple[ColumnFacts, ...]]:
    """The published columns of every table, as `seedbed.core.manifests.columns` has them."""
    return {name: tuple(map(_column, table)) for name, table in TABLES.items()}


def _column(column: schema.Column) -> ColumnFacts:
    if column.type != schema.EVIDENCE:
        return _plain(column)
    matches = ColumnFacts(
        name="matches",
        type="list",
        meaning="the matches behind the expression",
        fields=tuple(map(_plain, schema.MATCH)),
    )
    inside = (*map(_plain, schema.EVIDENCE_FIELDS), matches)
    return ColumnFacts(name=column.name, type="struct", meaning=column.meaning, nullable=column.nullable, fields=inside)


def _plain(column: schema.Column) -> ColumnFacts:
    return ColumnFacts(
        name=column.name,
        type=column.type,
        unit=column.unit,
        meaning=column.meaning,
        nullable=column.nullable,
    )
