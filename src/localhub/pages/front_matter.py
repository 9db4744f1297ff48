"""The YAML block at the top of a card, read from a file that nobody vouches for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from localhub import cards

MAX_YAML = 1_000_000  # characters


@dataclass(frozen=True)
class FrontMatter:
    """A card in two: what its YAML says, what is left to render, and one line on what is wrong with it."""

    data: Mapping[str, Any] = field(default_factory=dict)
    body: str = ""
    problem: str | None = None


def read(text: str) -> FrontMatter:
    r"""Take a card apart; broken YAML is a problem to show, not an error.

    >>> read("---\nlicense: mit\n---\n# Hi")
    FrontMatter(data={'license': 'mit'}, body='# Hi', problem=None)
    """
    found = cards.block(text)
    if found is None:
        return FrontMatter(body=text)
    yaml, body = found
    if len(yaml) > MAX_YAML:
        return FrontMatter(body=body, problem=f"{cards.README}: the YAML block is longer than {MAX_YAML:,} characters")
    try:
        return FrontMatter(cards.parsed(yaml), body)
    except ValueError as error:
        return FrontMatter(
            body=body, problem=f"{cards.README}: the YAML block cannot be read: {' '.join(str(error).split())[:200]}"
        )


def words(data: Mapping[str, Any], key: str, most: int = 40) -> tuple[str, ...]:
    """The short scalar values of a key that holds one or a list of them; what is neither is left out."""
    value = data.get(key)
    values = value[:most] if isinstance(value, list) else [value]
    return tuple(str(one)[:100] for one in values if isinstance(one, str | int | float) and str(one).strip())


def tags(data: Mapping[str, Any]) -> tuple[str, ...]:
    """What the card says in the words of a search: license, languages, tasks and tags, each once."""
    keys = ("license", "language", "task_categories", "pipeline_tag", "library_name", "size_categories", "tags")
    return tuple(dict.fromkeys(word for key in keys for word in words(data, key)))
