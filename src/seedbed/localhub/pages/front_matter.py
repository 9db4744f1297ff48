"""The YAML block at the top of a card, read from a file that nobody vouches for."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

import yaml

MAX_YAML = 100_000  # characters; aliases can make more of it than it is, so nobody walks it without a bound
_BLOCK = re.compile(r"\s*---[ \t]*\r?\n((?:.*?\n)??)---[ \t]*(?:\r?\n|$)", re.DOTALL)


@dataclass(frozen=True)
class FrontMatter:
    """A card in two: what its YAML says, what is left to render, and one line on what is wrong with it."""

    data: dict[str, Any] = field(default_factory=dict)
    body: str = ""
    problem: str | None = None


def read(text: str) -> FrontMatter:
    r"""Take a card apart; broken YAML is a problem to show, not an error.

    >>> read("---\nlicense: mit\n---\n# Hi")
    FrontMatter(data={'license': 'mit'}, body='# Hi', problem=None)
    """
    match = _BLOCK.match(text)
    if not match:
        return FrontMatter(body=text)
    body = text[match.end() :]
    if len(match[1]) > MAX_YAML:
        return FrontMatter(body=body, problem=f"README.md: the YAML block is longer than {MAX_YAML:,} characters")
    try:
        data = yaml.safe_load(match[1])
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        return FrontMatter(body=body, problem=f"README.md: the YAML block cannot be read: {_first_line(error)}")
    if data is not None and not isinstance(data, dict):
        return FrontMatter(body=body, problem="README.md: the YAML block is not a mapping")
    return FrontMatter(data or {}, body)


def words(data: dict[str, Any], key: str, most: int = 40) -> tuple[str, ...]:
    """The short scalar values of a key that holds one or a list of them; what is neither is left out."""
    value = data.get(key)
    values = value[:most] if isinstance(value, list) else [value]
    return tuple(str(one)[:100] for one in values if isinstance(one, str | int | float) and str(one).strip())


def tags(data: dict[str, Any]) -> tuple[str, ...]:
    """What the card says in the words of a search: license, languages, tasks and tags, each once."""
    keys = ("license", "language", "task_categories", "pipeline_tag", "library_name", "size_categories", "tags")
    return tuple(dict.fromkeys(word for key in keys for word in words(data, key)))


def _first_line(error: Exception) -> str:
    return str(error).partition("\n")[0][:200] or type(error).__name__
