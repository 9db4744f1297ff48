"""Copies of a source file as people make them: renamed, laid out anew, edited a little.

They are made from syntax trees and lines, and share nothing with the fingerprints that they put to the test.
"""

from __future__ import annotations

import random
import re
import string
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import tree_sitter

from seedbed.core.syntax import LANGUAGES, parse

EDITED_SHARE = 0.03
"""Share of the code lines that `edit` touches, never less than one line."""


@dataclass(frozen=True, slots=True)
class Source:
    """A file of the corpus."""

    name: str
    language: str
    text: str


@dataclass(frozen=True, slots=True)
class Span:
    """Bytes of a leaf, and the kind of its node."""

    kind: str
    start: int
    end: int


def spans(source: Source) -> list[Span]:
    """Leaves of the syntax tree in order, without invented ones; a comment is one leaf."""
    parsed = parse(source.text, source.language)
    if parsed is None:
        raise ValueError(f"no grammar for {source.language}")
    leaves = (Span(node.type, node.start_byte, node.end_byte) for node in _leaves(parsed.tree.walk()))
    return [leaf for leaf in leaves if leaf.end > leaf.start]


_LEAVES = [grammar.leaves for language in LANGUAGES.values() for grammar in language.grammars]
COMMENTS = frozenset[str]().union(*(leaves.comments for leaves in _LEAVES))
IDENTIFIERS = frozenset[str]().union(*(leaves.identifiers for leaves in _LEAVES))


def rename(source: Source, rng: random.Random) -> str:
    """Every identifier gets another name, the same one wherever it stands."""
    names: dict[bytes, bytes] = {}
    text = source.text.encode()

    def renamed(old: bytes) -> bytes:
        if old not in names:
            names[old] = f"{''.join(rng.choices(string.ascii_lowercase, k=rng.randint(3, 9)))}{len(names)}".encode()
        return names[old]

    changes = [(span, renamed(text[span.start : span.end])) for span in spans(source) if span.kind in IDENTIFIERS]
    return _replace(text, changes).decode()


def lay_out(source: Source, rng: random.Random) -> str:
    """Comments go or change, indentation doubles or turns to tabs, blank lines and line ends move."""
    text = source.text.encode()
    leaves = spans(source)
    bare = _replace(text, [(leaf, _comment(leaf, text, rng)) for leaf in leaves if leaf.kind in COMMENTS])
    bare_source = Source(source.name, source.language, bare.decode())
    free = _free_lines(bare_source)
    indent: Callable[[str], str] = rng.choice((_doubled, _as_tabs))
    lines: list[str] = []
    for number, line in enumerate(bare_source.text.split("\n")):
        if number in free:
            lines += _padding(rng, source.language, indent(line))
            lines.append(indent(line))
        else:
            lines.append(line)
    return rng.choice(("\n", "\r\n")).join(lines)


def edit(source: Source, rng: random.Random) -> str:
    """Three in a hundred code lines are deleted, doubled, changed in a name or a number, or get a new neighbour."""
    lines = source.text.split("\n")
    code = _code_lines(source, len(lines))
    if not code:
        return source.text
    chosen = set(rng.sample(code, max(1, round(EDITED_SHARE * len(code)))))
    stock = [lines[number] for number in code]
    edited: list[str] = []
    for number, line in enumerate(lines):
        edited += _edited(line, stock, rng) if number in chosen else [line]
    return "\n".join(edited)


TRANSFORMATIONS: Mapping[str, Callable[[Source, random.Random], str]] = MappingProxyType(
    {"renamed": rename, "comments_and_layout": lay_out, "lines_edited": edit}
)
"""Name in the report -> transformation."""


def _leaves(cursor: tree_sitter.TreeCursor) -> Iterator[tree_sitter.Node]:
    while True:
        node = cursor.node
        if node is not None and (node.child_count == 0 or node.type in COMMENTS):
            yield node
        elif cursor.goto_first_child():
            continue
        while not cursor.goto_next_sibling():
            if not cursor.goto_parent():
                return


def _replace(text: bytes, changes: list[tuple[Span, bytes]]) -> bytes:
    parts, position = [], 0
    for span, new in changes:
        parts += [text[position : span.start], new]
        position = span.end
    return b"".join([*parts, text[position:]])


def _comment(leaf: Span, text: bytes, rng: random.Random) -> bytes:
    """What becomes of a comment: nothing, or as many other words; a line break in it stays one."""
    old = text[leaf.start : leaf.end]
    if old.startswith(b"#!") or rng.random() < 0.5:
        return b"\n" if old.endswith(b"\n") else b" "
    return re.sub(rb"[A-Za-z]{3,}", lambda _: rng.choice((b"note", b"about", b"this", b"old", b"part")), old)


def _line_of(text: bytes) -> Callable[[int], int]:
    starts = [0, *(match.end() for match in re.finditer(rb"\n", text))]

    def line_of(offset: int) -> int:
        low, high = 0, len(starts)
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (middle, high) if starts[middle] <= offset else (low, middle)
        return low

    return line_of


def _free_lines(source: Source) -> set[int]:
    """Lines whose indentation is layout: they open with a token, outside strings, macros and markup."""
    text = source.text.encode()
    line_of = _line_of(text)
    first: set[int] = set()
    inside: set[int] = set()
    for leaf in spans(source):
        first.add(line_of(leaf.start))
        inside.update(range(line_of(leaf.start) + 1, line_of(leaf.end) + 1))
    parsed = parse(source.text, source.language)
    for node in _rigid(parsed.tree.root_node if parsed else None):
        inside.update(range(node.start_point.row + 1, node.end_point.row + 1))
    return first - inside


_RIGID = ("string", "template", "preproc_", "jsx", "macro", "ERROR", "heredoc", "concatenated")


def _rigid(root: tree_sitter.Node | None) -> Iterator[tree_sitter.Node]:
    """Nodes inside which a line break or an indentation means something."""
    stack = [root] if root else []
    while stack:
        node = stack.pop()
        # Conditional sections hold whole lines of code; only their own line is rigid.
        if node.type.startswith(_RIGID) and not node.type.startswith(("preproc_if", "preproc_el")):
            yield node
        else:
            stack += node.children


def _doubled(line: str) -> str:
    bare = line.lstrip(" \t")
    return line[: len(line) - len(bare)] * 2 + bare


def _as_tabs(line: str) -> str:
    # A tab for each space keeps deeper lines deeper whatever the old width was.
    bare = line.lstrip(" \t")
    return "\t" * (len(line) - len(bare)) + bare


def _padding(rng: random.Random, language: str, line: str) -> list[str]:
    """Sometimes a blank line or a comment goes before a line; a `\\` or a directive may not be parted from its own."""
    if rng.random() > 0.15:
        return []
    mark = LANGUAGES[language].line_comment
    indent = line[: len(line) - len(line.lstrip(" \t"))]
    return [rng.choice(("", f"{indent}{mark} {rng.choice(('see above', 'keep in step', 'as before'))} {rng.random():.3f}"))]


def _code_lines(source: Source, lines: int) -> list[int]:
    """Numbers of the lines on which a token other than a comment starts."""
    line_of = _line_of(source.text.encode())
    return sorted({line_of(leaf.start) for leaf in spans(source) if leaf.kind not in COMMENTS} & set(range(lines)))


def _edited(line: str, stock: list[str], rng: random.Random) -> list[str]:
    deed = rng.choice(("delete", "double", "insert", "change", "change"))
    if deed == "delete":
        return []
    if deed == "double":
        return [line, line]
    if deed == "insert":
        return [line, rng.choice(stock)]
    return [_changed(line, rng)]


def _changed(line: str, rng: random.Random) -> str:
    """One name or number of the line becomes another."""
    words = list(re.finditer(r"[A-Za-z_]\w*|\d+", line))
    if not words:
        return f"{line} {rng.choice(('x', '0'))}"
    word = rng.choice(words)
    new = str(rng.randint(0, 999)) if word[0].isdigit() else "".join(rng.choices(string.ascii_lowercase, k=6))
    return line[: word.start()] + new + line[word.end() :]
