"""Parsing: grammars, the tree of a source, and its nodes by kind."""

from __future__ import annotations

import functools
import re
import threading
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from importlib import import_module
from typing import TYPE_CHECKING, Final

import numpy as np
import tree_sitter

from seedbed.core.syntax.languages import LANGUAGES

if TYPE_CHECKING:
    import numpy.typing as npt
    from tree_sitter import Node, Tree

    from seedbed.core.syntax.language import Grammar, Language


KINDS = 1 << 16
"""Grammar symbols are 16-bit numbers; the last one is ERROR."""


@functools.cache
def load(grammar: Grammar) -> tree_sitter.Language:
    """The compiled grammar, loaded once per process."""
    pointer = getattr(import_module(grammar.module), grammar.function)()
    return tree_sitter.Language(pointer)


class _Parsers(threading.local):
    """A parser has state while it parses, so each thread has its own."""

    def __init__(self) -> None:
        self.by_grammar: dict[Grammar, tree_sitter.Parser] = {}


_parsers = _Parsers()


def parser(grammar: Grammar) -> tree_sitter.Parser:
    """A parser of this grammar, built once per thread."""
    if grammar not in _parsers.by_grammar:
        _parsers.by_grammar[grammar] = tree_sitter.Parser(load(grammar))
    return _parsers.by_grammar[grammar]


def token_class(name: str) -> int:
    """Stable id of a node kind: CRC-32 of its name. The kinds that a grammar has for identifiers share `IDENTIFIER`."""
    return zlib.crc32(name.encode())


IDENTIFIER = token_class("identifier")
"""Token class of every identifier."""

_ALWAYS_THE_SAME = re.compile(r"[a-z]+|[-+*/%&|^<>=!?:;,.(){}\[\]~@]+")
"""Keywords and operators of one spelling; `#if` may hold spaces, `not in` a line end, and quotes are strings' business."""


@dataclass(frozen=True, slots=True)
class KindTable:
    """A grammar's node kinds, by their number in the grammar.

    names: their names; named: whether it is a node with a name rather than a keyword or an operator.
    classes: uint32[65536] stable ids, 0 for comments; literals: bool[65536] whether it is a string or a number.
    lengths: uint32[65536] bytes of a keyword or an operator that is always written like its name, else 0.
    """

    names: tuple[str, ...]
    classes: npt.NDArray[np.uint32]
    literals: npt.NDArray[np.bool_]
    lengths: npt.NDArray[np.uint32]
    named: tuple[bool, ...]

    def nodes(self, names: frozenset[str]) -> list[int]:
        """Grammar numbers of the named nodes of these kinds."""
        return [number for number, name in enumerate(self.names) if name in names and self.named[number]]

    def tokens(self, names: frozenset[str]) -> list[int]:
        """Grammar numbers of the keywords and operators with these texts."""
        return [number for number, name in enumerate(self.names) if name in names and not self.named[number]]

    def fixed(self) -> list[int]:
        """Grammar numbers of the keywords and operators that are always written like their name."""
        return [int(number) for number in np.flatnonzero(self.lengths)]


@functools.cache
def kind_table(grammar: Grammar) -> KindTable:
    """The kinds of a grammar, built once per process."""
    language, leaves = load(grammar), grammar.leaves
    numbers = range(language.node_kind_count)
    names = tuple(language.node_kind_for_id(number) or "" for number in numbers)
    classes = np.full(KINDS, token_class("ERROR"), dtype=np.uint32)
    for number, name in enumerate(names):
        classes[number] = 0 if name in leaves.comments else IDENTIFIER if name in leaves.identifiers else token_class(name)
    named = tuple(language.node_kind_is_named(number) for number in numbers)
    lengths = np.zeros(KINDS, dtype=np.uint32)
    for number, name in enumerate(names):
        lengths[number] = len(name) if _ALWAYS_THE_SAME.fullmatch(name) and not named[number] else 0
    literals = np.isin(classes, [token_class(name) for name in leaves.strings | leaves.numbers])
    return KindTable(names, classes, literals, lengths, named)


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


WIDE_ERROR: Final = 1000
"""Children of an ERROR node from which on its tree is walked. A query is quadratic in them (tree-sitter 0.26,
ts_tree_cursor_current_status): 100,000 brackets take a minute, in which no other thread runs.
"""


def nodes_of(
    parsed: Parsed, kinds: tuple[str, ...], span: tuple[int, int] | None = None, *, wide_error: int = WIDE_ERROR
) -> Iterator[Node]:
    """Named nodes of these kinds in source order, an outer one before those inside it.

    Args: kinds: unknown kinds are ignored; span: only nodes that overlap these bytes; wide_error: children of an ERROR node from
    which on the tree is walked, which gives the same nodes.
    """
    if (query := _query(parsed.grammar, kinds)) is None:
        return
    if parsed.damage.widest_error >= wide_error:
        yield from _walked(parsed, frozenset(kinds), span or (0, len(parsed.source) + 1))
        return
    cursor = tree_sitter.QueryCursor(query)
    if span is not None:
        cursor.set_byte_range(*span)
    nodes = cursor.captures(parsed.tree.root_node).get("node", [])
    yield from sorted(nodes, key=lambda node: (node.start_byte, -node.end_byte))


def _walked(parsed: Parsed, kinds: frozenset[str], span: tuple[int, int]) -> Iterator[Node]:
    """The same nodes, by a walk."""
    cursor = parsed.tree.walk()
    while True:
        node: Node = cursor.node  # type: ignore[assignment]  # None only for a cursor of nothing
        overlaps = node.start_byte < span[1] and node.end_byte > span[0]
        if overlaps and node.is_named and node.type in kinds:
            yield node
        if overlaps and cursor.goto_first_child():
            continue
        while not cursor.goto_next_sibling():
            if not cursor.goto_parent():
                return


@functools.cache
def _query(grammar: Grammar, kinds: tuple[str, ...]) -> tree_sitter.Query | None:
    language = load(grammar)
    known = [kind for kind in kinds if language.id_for_node_kind(kind, True)]  # a named node
    return tree_sitter.Query(language, " ".join(f"({kind}) @node" for kind in known)) if known else None
