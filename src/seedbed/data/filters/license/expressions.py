"""License expressions in SPDX words: parse, join, simplify, name keys, and fold them into a truth value or a category."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable
from functools import cache, lru_cache
from importlib import resources
from typing import Any, TypeVar

from license_expression import ExpressionError, LicenseWithExceptionSymbol, Licensing

T = TypeVar("T")

CATEGORIES = (
    "Public Domain",
    "Permissive",
    "CLA",
    "Patent License",
    "Copyleft Limited",
    "Copyleft",
    "Source-available",
    "Free Restricted",
    "Proprietary Free",
    "Commercial",
    "Unstated License",
    "AI Reserved",
)
"""Scancode's categories, from the freest to the one that grants least; a license without words grants nothing.

The last is ours: a reservation against AI training forbids the very use that a dataset is made for.
"""

RESERVED = "LicenseRef-Seedbed-AI-Reserved"
"""Key of a reservation against AI training or text and data mining: no license, and no list can allow it."""

_LICENSING = Licensing()


@lru_cache(maxsize=20_000)
def parse(expression: str) -> Any:
    """Expression tree, simplified: no side twice, and `A AND (A OR B)` is `A`.

    Simplifying keeps the set of licenses that must be granted: an expression and its simplified form are
    true under the same assignments.
    Raises: ValueError when it is not a license expression.
    """
    try:
        return _LICENSING.parse(expression).simplify()
    except (ExpressionError, AttributeError) as error:
        raise ValueError(f"{expression!r} is not a license expression: {error}") from error


def conjunction(expressions: Iterable[str | None]) -> str | None:
    """All of them at once, simplified and in a stable order; None when there is none."""
    parts = sorted({part for part in expressions if part})
    return str(parse(" AND ".join(f"({part})" for part in parts))) if parts else None


def alternatives(expression: str | None) -> frozenset[str] | None:
    """The sides of a plain `A OR B OR ...`; None for everything else."""
    if expression is None:
        return None
    tree = parse(expression)
    is_choice = type(tree).__name__ == "OR" and all(hasattr(side, "key") for side in tree.args)
    return frozenset(str(side) for side in tree.args) if is_choice else None


def sides_of(expression: str) -> frozenset[str]:
    """The expressions that must all hold for one: the sides of an AND, else the expression itself."""
    tree = parse(expression)
    return frozenset(map(str, tree.args)) if type(tree).__name__ == "AND" else frozenset({str(tree)})


def choices_in(expression: str) -> list[frozenset[str]]:
    """The sides of each plain `A OR B ...` that is the expression or one of the sides that must all hold.

    >>> [sorted(sides) for sides in choices_in("(MIT OR GPL-2.0-only) AND BSD-3-Clause")]
    [['GPL-2.0-only', 'MIT']]
    """
    return [offer for side in sorted(sides_of(expression)) if (offer := alternatives(side))]


_CONTENT_KEYS = re.compile(
    r"(?:LicenseRef-scancode-)?(?:cc-by|gfdl|ofl|odbl|odc-by|odc-pddl|cdla|lal-|fal-|cc-devnations|cc-sampling)", re.IGNORECASE
)


def is_content(key: str) -> bool:
    """Whether a license is made for texts, pictures, fonts or data, and not for code.

    >>> is_content("CC-BY-SA-4.0"), is_content("CC0-1.0"), is_content("GPL-2.0-only")
    (True, False, False)
    """
    return bool(_CONTENT_KEYS.match(key))


@lru_cache(maxsize=20_000)
def keys(expression: str) -> tuple[str, ...]:
    """License and exception keys in it, each once, in order."""
    return tuple(dict.fromkeys(_LICENSING.license_keys(expression)))


def fold(expression: str, leaf: Callable[[str], T], every: Callable[[list[T]], T], some: Callable[[list[T]], T]) -> T:
    """Value of an expression: `leaf` of each key, `every` over AND and WITH, `some` over OR."""

    def value(node: Any) -> T:
        if isinstance(node, LicenseWithExceptionSymbol):
            return every([leaf(node.license_symbol.key), leaf(node.exception_symbol.key)])
        if hasattr(node, "key"):
            return leaf(node.key)
        return (some if type(node).__name__ == "OR" else every)([value(side) for side in node.args])

    return value(parse(expression))


@cache
def known_licenses() -> dict[str, str]:
    """Category of every SPDX key, `LicenseRef-scancode-*` included. Source: license-expression's license index."""
    text = resources.files("license_expression").joinpath("data/scancode-licensedb-index.json").read_text("utf-8")
    categories: dict[str, str] = {}
    for entry in json.loads(text):
        for key in (entry["spdx_license_key"], *entry["other_spdx_license_keys"]):
            if key:
                categories.setdefault(key, entry["category"])
    return categories


def category(expression: str) -> str:
    """The most restrictive category that applies: of an OR the freest side, since one may choose it."""
    order = CATEGORIES.index
    return fold(
        expression,
        leaf=_category_of,
        every=lambda sides: max(sides, key=order),
        some=lambda sides: min(sides, key=order),
    )


def is_unknown(key: str) -> bool:
    """Whether the key names no particular license: a reference without its text, or an unstated license."""
    return "unknown" in key.lower() or _category_of(key) == "Unstated License"


def _category_of(key: str) -> str:
    return "AI Reserved" if key == RESERVED else known_licenses().get(key, "Unstated License")
