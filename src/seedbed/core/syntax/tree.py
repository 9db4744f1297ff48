"""Parse a file once per process, and measure how much of it the parser could not read."""

from __future__ import annotations

import re
import threading
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from seedbed.core.syntax.grammars import parser
from seedbed.core.syntax.languages import LANGUAGES

if TYPE_CHECKING:
    from tree_sitter import Node, Tree

    from seedbed.core.syntax.language import Grammar, Language


@dataclass
class Parsed:
    """A syntax tree and its source bytes. `is_given_up`: no parse was tried, the tree is empty and all bytes count as damage."""

    source: bytes
    tree: Tree
    language: str
    grammar: Grammar = field(repr=False)
    is_given_up: bool = False

    @cached_property
    def damage(self) -> Damage:
        """Parts that the parser could not read."""
        return Damage(len(self.source), 0, 0) if self.is_given_up else _damage(self.tree)


@dataclass(frozen=True, slots=True)
class Damage:
    """Bytes under ERROR nodes, number of MISSING nodes, and the most children of one ERROR node."""

    error_bytes: int
    missing_nodes: int
    widest_error: int


class _Memo(threading.local):
    """The parses of the last text of each thread: several filters parse the same document one after the other."""

    def __init__(self) -> None:
        self.text: str | None = None
        self.parses: dict[str, Parsed] = {}


_memo = _Memo()
_LONE_RETURN = re.compile(rb"\r(?!\n)")
"""Line ends of old Macs: the languages accept them, their grammars do not. The replacement has the same length."""

_LONG_BYTES, _PIECE_BYTES = 50_000, 4096
"""A text of the first size takes up to half a second (`a<a<a<` in C++). Pieces are small: a node is read by whole pieces."""

_STATEMENT_END = re.compile(rb"[;{}>]")
_MOST_OPEN = 1000
"""Most `<` in a statement; each may be an operator or begin a list of types. 10,000 take a second and 0.5 GB, 50,000 take minutes
and 18 GB, in one step that cannot be stopped. `<<` counts as two.
"""


def parse(text: str, language: str, path: str = "") -> Parsed | None:
    """Parse a text. The same text object gives the same tree object again.

    Args:
        text: decoded source; lone surrogates are allowed.
        language: display name, as in `LANGUAGES`.
        path: of the file: its suffix says which of the language's grammars is tried first.
    Returns: None when there is no grammar for the language.
    """
    if language not in LANGUAGES:
        return None
    if _memo.text is not text:
        _memo.text, _memo.parses = text, {}
    if language not in _memo.parses:
        _memo.parses[language] = _parse_cleanest(text, LANGUAGES[language], path)
    return _memo.parses[language]


def forget() -> None:
    """Drop the cached parses, so that the next `parse` runs again (for timing and memory)."""
    _memo.text, _memo.parses = None, {}


def error_ratio(parsed: Parsed) -> float:
    """Share of the source that does not parse.

    Returns: (bytes under ERROR nodes + MISSING nodes) / N, in [0, 1]; 0.0 when N = 0.
    """
    damage, size_bytes = parsed.damage, len(parsed.source)
    return min(1.0, (damage.error_bytes + damage.missing_nodes) / size_bytes) if size_bytes else 0.0


def missing_nodes(parsed: Parsed) -> int:
    """Number of nodes that the parser inserted to continue."""
    return parsed.damage.missing_nodes


def _parse_cleanest(text: str, language: Language, path: str) -> Parsed:
    # A lone surrogate is no UTF-8; passed on, it becomes an error node instead of an exception.
    source = _LONE_RETURN.sub(b"\n", text.encode("utf-8", "surrogatepass"))
    grammars = language.grammars
    if language.has_type_lists and _is_ambiguous(source):
        return Parsed(source, parser(grammars[0]).parse(b""), language.name, grammars[0], is_given_up=True)
    tries: list[Parsed] = []
    for grammar in sorted(grammars, key=lambda grammar: not path.endswith(grammar.suffixes)):
        tries.append(Parsed(source, _tree(source, grammar), language.name, grammar))
        if not tries[-1].tree.root_node.has_error:
            return tries[-1]
    return min(tries, key=error_ratio)


def _is_ambiguous(source: bytes) -> bool:
    return any(part.count(b"<") > _MOST_OPEN for part in _STATEMENT_END.split(source))


def _tree(source: bytes, grammar: Grammar) -> Tree:
    """Parse without blocking other threads: tree-sitter releases the interpreter lock only in its progress callback."""
    if len(source) <= _LONG_BYTES:
        return parser(grammar).parse(source)
    return parser(grammar).parse(lambda start, _: source[start : start + _PIECE_BYTES], progress_callback=_continue)


def _continue(_: int, __: bool) -> bool:
    return False


def _damage(tree: Tree) -> Damage:
    """Count errors, descending only into nodes that contain some.

    Bytes of an ERROR inside an ERROR count once; MISSING nodes inside it count too.
    """
    error_bytes = missing = counted_until = widest = 0
    cursor = tree.walk()
    while True:
        node: Node = cursor.node  # type: ignore[assignment]  # None only for a cursor of nothing
        if node.is_missing:
            missing += 1
        elif node.is_error:
            widest = max(widest, node.child_count)
            error_bytes += max(0, node.end_byte - max(node.start_byte, counted_until))
            counted_until = max(counted_until, node.end_byte)
        if node.has_error and cursor.goto_first_child():
            continue
        while not cursor.goto_next_sibling():
            if not cursor.goto_parent():
                return Damage(error_bytes, missing, widest)
