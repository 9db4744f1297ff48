"""How a card writes its one sample: the text as a code block, the other columns as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from seedbed.core.manifests.contents import ColumnFacts
from seedbed.core.text import markdown

Row = Mapping[str, Any]
_WIDTH = 96


def code(example: Row, language: str) -> str:
    """The example's text as a code block; `language` is what the block is marked with."""
    lines = (line.expandtabs(4) for line in example["text"].splitlines())
    return markdown.fenced("\n".join(line if len(line) <= _WIDTH else line[: _WIDTH - 1] + "…" for line in lines), language)


def facts(example: Row, columns: Sequence[ColumnFacts]) -> str:
    """The example's other columns as a JSON code block, in the order of the table; of a list, the first item."""
    parts = [f"  {json.dumps(one.name)}: {_written(example[one.name], one, 2)}" for one in columns if one.name != "text"]
    return markdown.fenced("{\n" + ",\n".join(parts) + "\n}", "json")


def _written(value: Any, column: ColumnFacts, indent: int) -> str:
    """JSON of a value: on one line where it fits, else one part a line; floats to four digits."""
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
    """Parts of one line each, side by side as far as there is room."""
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
