"""A long file within a budget of tokens: the text nearest to the cursor, imports, and the enclosing scopes."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from seedbed.core.syntax import LANGUAGES, parse
from seedbed.serving.completion.references import imports_of

if TYPE_CHECKING:
    from tree_sitter import Node

    from seedbed.core.syntax import Parsed


_MAX_HEAD_LINES = 6
"""Lines of the head of a definition, at most."""


@dataclass(frozen=True, slots=True)
class EnclosingScopes:
    """Line numbers (from 0) in the text before a cursor.

    imports: of import statements, each with the names that it defines; heads: of the enclosing definitions, the outermost first.
    """

    imports: tuple[tuple[range, frozenset[str]], ...] = ()
    heads: tuple[range, ...] = ()


def enclosing_scopes(prefix: str, suffix: str, language: str) -> EnclosingScopes:
    """Find imports and heads by the syntax tree, which may have errors; heads by indentation where the tree is broken."""
    lines = prefix.split("\n")
    parsed = parse(prefix + suffix, language)
    if parsed is None:
        return EnclosingScopes(heads=_heads_by_indentation(lines))
    cursor = len(prefix.encode("utf-8", "surrogatepass"))
    heads = _heads(parsed, cursor)
    return EnclosingScopes(_imports(parsed, cursor), heads or _heads_by_indentation(lines))


def _imports(parsed: Parsed, cursor: int) -> tuple[tuple[range, frozenset[str]], ...]:
    named: dict[tuple[int, int], set[str]] = {}
    for item in imports_of(parsed):
        if item.end <= cursor:
            named.setdefault((item.start, item.end), set()).update(filter(None, (item.name, *item.parts[-1:])))
    return tuple(
        (range(_line(parsed, start), _line(parsed, max(start, end - 1)) + 1), frozenset(names))
        for (start, end), names in named.items()
    )


def _line(parsed: Parsed, byte: int) -> int:
    return parsed.source.count(b"\n", 0, byte)


def _heads(parsed: Parsed, cursor: int) -> tuple[range, ...]:
    """Heads of the functions and classes around a byte, each up to the start of its body."""
    structure = LANGUAGES[parsed.language].structure
    kinds = structure.functions | structure.scopes
    at = max(0, cursor - 1)
    node: Node | None = parsed.tree.root_node.descendant_for_byte_range(at, at)
    heads: list[range] = []
    while node is not None:
        if node.type in kinds and node.start_byte < cursor:
            heads.append(_head(node))
        node = node.parent
    return tuple(reversed(heads))


def _head(node: Node) -> range:
    first = node.start_point.row
    body = node.child_by_field_name("body")
    last = first if body is None else body.start_point.row
    if last > first and body is not None and body.child_count and body.children[0].type != "{":
        last -= 1  # a body without a brace starts on its own line
    return range(first, min(last, first + _MAX_HEAD_LINES - 1) + 1)


def _heads_by_indentation(lines: list[str]) -> tuple[range, ...]:
    """Lines that are indented less than all following lines up to the cursor, without the last line."""
    heads: list[range] = []
    least = _indentation(lines[-1])
    for number in range(len(lines) - 2, -1, -1):
        if lines[number].strip() and (width := _indentation(lines[number])) < least:
            heads.append(range(number, number + 1))
            least = width
        if not least:
            break
    return tuple(reversed(heads))


def _indentation(line: str) -> int:
    return len(line) - len(line.lstrip())


Count = Callable[[str], int]
"""Tokens of a text."""

_SUFFIX_SHARE = 0.25
"""Share of the budget for the text behind the cursor, where the text before it does not fit whole."""

_IMPORT_SHARE, _HEAD_SHARE = 0.15, 0.2
"""Largest shares of the rest for import statements, and for heads of definitions."""

_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Context:
    """The part of the text before and behind a cursor that the model is shown."""

    prefix: str
    suffix: str


def trim_to_nearest(prefix: str, suffix: str, budget: int, count: Count) -> Context:
    """The nearest lines alone: the baseline of measurements."""
    return _trimmed(prefix, suffix, budget, count, EnclosingScopes())


def trim(prefix: str, suffix: str, language: str, budget: int, count: Count) -> Context:
    """The part of a file that fits into the budget: both texts whole where they fit, else lines near the cursor, with the imports
    that are used there and the heads of the enclosing scopes.

    Args: budget: tokens of both texts together, 0 or more.
    """
    if _fits(prefix, suffix, budget, count):
        return Context(prefix, suffix)
    return _trimmed(prefix, suffix, budget, count, enclosing_scopes(prefix, suffix, language))


def _fits(prefix: str, suffix: str, budget: int, count: Count) -> bool:
    """Whether both texts are short enough. A text that is far too long is not tokenized."""
    return len(prefix) + len(suffix) <= budget * LONGEST_TOKEN and count(prefix) + count(suffix) <= budget


LONGEST_TOKEN = 32
"""Characters of a token, at most: tokenizers of code have longer ones only for white space."""


def _trimmed(prefix: str, suffix: str, budget: int, count: Count, scopes: EnclosingScopes) -> Context:
    after = _nearest_after(suffix, max(int(budget * _SUFFIX_SHARE), budget - _at_most(prefix, budget, count)), count)
    before = _before(prefix, budget - count(after), count, scopes)
    return Context(before, after)


def _at_most(text: str, limit: int, count: Count) -> int:
    """Tokens of a text, or the limit where there are more."""
    return min(limit, count(text)) if len(text) <= limit * LONGEST_TOKEN else limit


def _before(prefix: str, budget: int, count: Count, scopes: EnclosingScopes) -> str:
    lines = prefix.splitlines(keepends=True) if prefix else []
    cost = _Costs(lines, count)
    near = cost.from_the_end(budget)
    if near == 0:
        return _within(prefix, budget, count, 0)
    heads = _affordable((head for head in scopes.heads if head.start < near), int(budget * _HEAD_SHARE), cost)
    used = frozenset(_WORD.findall("".join(lines[near:])))
    used_imports = (lines_of for lines_of, names in scopes.imports if lines_of.start < near and names & used)
    imports = _affordable(used_imports, int(budget * _IMPORT_SHARE), cost)
    kept = sorted({number for lines_of in (*heads, *imports) for number in lines_of if number < near})
    near = max(cost.from_the_end(budget - sum(map(cost.of, kept))), near)
    far = [number for number in kept if number < near]
    return _within("".join(lines[number] for number in (*far, *range(near, len(lines)))), budget, count, len(far))


def _affordable(groups: Iterable[range], budget: int, cost: _Costs) -> list[range]:
    """Groups of lines, in order, that fit into the budget together."""
    taken: list[range] = []
    for group in groups:
        price = sum(map(cost.of, group))
        if price <= budget:
            taken.append(group)
            budget -= price
    return taken


class _Costs:
    """Tokens of each line, counted once, on demand."""

    def __init__(self, lines: Sequence[str], count: Count) -> None:
        self._lines, self._count = lines, count
        self._known: dict[int, int] = {}

    def of(self, number: int) -> int:
        if number >= len(self._lines):
            return 0
        if number not in self._known:
            self._known[number] = self._count(self._lines[number])
        return self._known[number]

    def from_the_end(self, budget: int) -> int:
        """Number of the first line from which all lines fit."""
        at = len(self._lines)
        while at > 0 and (price := self.of(at - 1)) <= budget:
            budget -= price
            at -= 1
        return at


def _within(text: str, budget: int, count: Count, far: int) -> str:
    """Drop lines behind the first `far` ones until the whole text fits.

    The sum over single lines is an estimate: tokens may span line ends.
    """
    lines = text.splitlines(keepends=True)
    while count("".join(lines)) > budget:
        if len(lines) <= far + 1:
            return _last_characters("".join(lines[-1:]), budget, count)
        del lines[far]
    if not lines and text:
        return _last_characters(text, budget, count)
    return "".join(lines)


def _last_characters(line: str, budget: int, count: Count) -> str:
    """The longest end of a line that fits."""
    size = largest(len(line), lambda length: count(line[len(line) - length :]) <= budget)
    return line[len(line) - size :]


def _nearest_after(suffix: str, budget: int, count: Count) -> str:
    """The longest beginning that fits: whole lines, or a part of the first one."""
    if _at_most(suffix, budget + 1, count) <= budget:
        return suffix
    lines = suffix.splitlines(keepends=True)
    taken, left = 0, budget
    while taken < len(lines) and (price := count(lines[taken])) <= left:
        left -= price
        taken += 1
    while taken and count("".join(lines[:taken])) > budget:
        taken -= 1
    if taken:
        return "".join(lines[:taken])
    return lines[0][: largest(len(lines[0]), lambda length: count(lines[0][:length]) <= budget)] if lines else ""


def largest(most: int, is_allowed: Callable[[int], bool]) -> int:
    """The largest allowed number up to `most`, by bisection: smaller numbers are taken to be allowed, and 0 always is."""
    low, high = 0, most
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if is_allowed(middle) else (low, middle - 1)
    return low if not low or is_allowed(low) else 0
