"""The declaration of a language, and what its import statements bind."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Literal

if TYPE_CHECKING:
    from tree_sitter import Node


_NONE: Final[frozenset[str]] = frozenset()
_BRACKETS: Final = r"|[()\[\]{}]"


@dataclass(frozen=True, slots=True)
class Leaves:
    """Node kinds of a grammar by what they are to a reader.

    identifiers: names that a programmer chose; all of them are one token class.
    comments: text that the compiler ignores.
    strings: string-like literals; one without interpolation is one token.
    numbers: number literals.
    """

    identifiers: frozenset[str] = _NONE
    comments: frozenset[str] = _NONE
    strings: frozenset[str] = _NONE
    numbers: frozenset[str] = _NONE


@dataclass(frozen=True, slots=True)
class Grammar:
    """A compiled grammar: `module.function()` gives its pointer. Files with one of `suffixes` are parsed with it first."""

    module: str
    function: str = "language"
    leaves: Leaves = Leaves()
    suffixes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Structure:
    """Node kinds that structure a source, and what adds a path to a function.

    Paths follow lizard's definition, which counts tokens; docs/method/complexity.md names every difference.

    functions: nodes measured as functions of their own, with a body.
    controls: control structures: each one is a level of nesting.
    scopes: classes and the like, whose name goes before that of a method.
    decisions: tokens that add a path.
    decision_nodes: nodes that add a path without a token of their own.
    decision_names: names that add a path after a dot: lizard takes them for the keywords that they look like.
    doubles: two such tokens side by side add a path, whatever they mean, as lizard's tokens `||` and `&&` do: a closure
        without parameters, a reference to a reference. Text of the pair, and the single token.
    lone_else_decides: an `else` that closes no block before it adds a path (Rust's `let ... else`).
    assignment_undecides: `&&` takes its path back when an assignment follows, lizard's sign of a reference.
    undecided: nodes that take a path back when they start with a decision token (`?` as a type).
    choices: nodes that take a path back when they are not empty (the first arm of a match is no further path).
    conditions_from_signature: tokens between the function's name and its body add paths as well.
    """

    functions: frozenset[str] = _NONE
    controls: frozenset[str] = _NONE
    scopes: frozenset[str] = _NONE
    decisions: frozenset[str] = _NONE
    decision_nodes: frozenset[str] = _NONE
    decision_names: frozenset[str] = _NONE
    doubles: tuple[tuple[bytes, str], ...] = ()
    lone_else_decides: bool = False
    assignment_undecides: bool = False
    undecided: frozenset[str] = _NONE
    choices: frozenset[str] = _NONE
    conditions_from_signature: bool = False


@dataclass(frozen=True, slots=True)
class Clues:
    """Lines and idioms that the language's programmers write all the time, and words that its lines begin with."""

    patterns: tuple[re.Pattern[str], ...] = ()
    first_words: frozenset[str] = _NONE


def clues(*patterns: str, first_words: str) -> Clues:
    """Clues from regular expressions, in which `^` and `$` are those of a line, and from words between blanks."""
    return Clues(tuple(re.compile(pattern, re.MULTILINE) for pattern in patterns), frozenset(first_words.split()))


Parts = tuple[str, ...]
"""A dotted name, such as ("os", "path")."""

Binding = tuple[Parts, str, Parts]
"""What an import brings: the module and what was taken from it, the name it has in the file, what that name stands for."""

PathEnds = tuple[str, ...]
"""Ends of paths that one import may mean, the likeliest first; one that ends in `/` means a folder's files."""


@dataclass(frozen=True, slots=True)
class Imports:
    """How a language imports.

    kinds: nodes of import statements; read: what such a node brings; files: from a file's path and text, the files of the
    same project that each of its imports may mean, without a parse.
    """

    kinds: tuple[str, ...]
    read: Callable[[Node], Iterator[Binding]]
    files: Callable[[str, str], Iterator[PathEnds]]


@dataclass(frozen=True, slots=True)
class OlderVersion:
    """A version of the language that its native parser refuses.

    name: the reason that rejected files get; tokens: what only that version has; newer_tokens: what it does not have;
    forms: what it writes outside strings and comments and the native parser refuses.
    """

    name: str
    tokens: tuple[str, ...]
    newer_tokens: tuple[str, ...]
    forms: re.Pattern[str]


@dataclass(frozen=True, slots=True)
class NativeParser:
    """The language's own parser, where one can be called.

    error: its complaint about a text, None where it accepts it; is_beginning: whether more text could mend a text.
    """

    error: Callable[[str], str | None]
    is_beginning: Callable[[str], bool]
    older: OlderVersion | None = None


@dataclass(frozen=True, slots=True)
class Toolchain:
    """How the sandbox runs a program: exit code 0 passes.

    file: name of the source; script: what a shell runs, `{file}` stands for the source; needs: programs it calls; good, bad:
    sources of which one passes and the other fails where the toolchain works.
    """

    file: str
    script: str
    needs: tuple[str, ...]
    good: str
    bad: str
    memory_bytes: int = 4 << 30


@dataclass(frozen=True, slots=True)
class Identity:
    """A language ("" when nothing knows it), and what decided: parse, shebang, name, model or content."""

    language: str
    source: str


CLEAN_ERROR: Final = 0.005
"""A grammar reads a file when at most this share of its bytes is under errors."""
TOLERATED_ERROR: Final = 0.05
"""Macros and extensions break parses: up to here, two clues of the named language settle it at once."""


class Family:
    """Languages that read alike. A subclass says how to tell its members apart; this one never doubts an answer.

    base: the member that the others extend; members: display names, unpublished ones included.
    """

    base: str = ""
    members: frozenset[str] = _NONE

    def before_parse(self, text: str, name: str, language: str) -> str:
        """The member that a look at the text suggests, for a file whose name says `language`."""
        return language

    def after_errors(self, text: str, language: str, ratio: float, trial: Callable[[str, str], float]) -> Identity | None:
        """Another member that reads the text better.

        Args: ratio: error share with the grammar of `language`; trial: error share of (text, language).
        """
        return None

    def after_clues(self, text: str, language: str) -> str:
        """The member of a text whose clues and grammar say `language`."""
        return language

    def settle(self, text: str, language: str, trial: Callable[[str, str], float]) -> str:
        """The member of a text that the classifier takes for `language`."""
        return language


QUOTED_LIKE_C: Final = re.compile(
    r"""//[^\n]*|/\*.*?(?:\*/|$)|`(?:\\.|[^`\\])*`?|'(?:\\.|[^'\\\n]){1,12}'|"(?:\\.|[^"\\\n])*"?""" + _BRACKETS, re.DOTALL
)
QUOTED_LIKE_PYTHON: Final = re.compile(
    r"""#[^\n]*|(?:'''(?:\\.|[^\\])*?(?:'''|$))|(?:\"\"\"(?:\\.|[^\\])*?(?:\"\"\"|$))"""
    r"""|'(?:\\.|[^'\\\n])*'?|"(?:\\.|[^"\\\n])*"?""" + _BRACKETS,
    re.DOTALL,
)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Language:
    """Everything about one language.

    name: display name, the one linguist uses; key: name of its config, and its label in the classifier.
    grammars: tried in order, the cleanest parse wins.
    suffixes: endings of file names, lower case; interpreters: programs of a `#!` line that linguist does not know.
    linguist_names: what linguist calls parts of the language.
    relatives: languages that hold or extend this one: their files read like it, and are not it.
    extends: the language whose clues count for this one too, once it shows one of its own.
    family: tells languages apart that read alike.
    line_comment, block_comment: what begins a comment of one line; what begins and ends a longer one.
    blocks: how a block ends; quoted: comments, strings and brackets of a source that need not be whole.
    has_type_lists: `<` may begin a list of types, which a parser may try in too many ways.
    cannot_run: why the sandbox cannot run its programs.
    editor_ids: what editors call it, other than its name in lower case.
    highlighting: gradio's name for the colours in its editor; None for none.
    """

    name: str
    key: str
    grammars: tuple[Grammar, ...]
    suffixes: tuple[str, ...]
    interpreters: frozenset[str] = _NONE
    linguist_names: frozenset[str] = _NONE
    relatives: frozenset[str] = _NONE
    structure: Structure = Structure()
    clues: Clues = field(default=Clues(), repr=False)
    extends: str = ""
    family: Family | None = None
    line_comment: str = "//"
    block_comment: tuple[str, str] | None = ("/*", "*/")
    blocks: Literal["braces", "indentation"] = "braces"
    quoted: re.Pattern[str] = field(default=QUOTED_LIKE_C, repr=False)
    has_type_lists: bool = False
    imports: Imports | None = None
    native: NativeParser | None = None
    toolchain: Toolchain | None = None
    cannot_run: str = ""
    editor_ids: tuple[str, ...] = ()
    highlighting: str | None = None

    def with_comment_closed(self, text: str) -> str:
        """The text, with the comment closed that it ends in: no grammar takes an open one for a comment."""
        if self.block_comment is None:
            return text
        opening, closing = self.block_comment
        return text + closing if text.rfind(opening) > text.rfind(closing) else text


_BETWEEN: Final = re.compile(r"::|[./]")


def text_of(node: Node | None) -> str:
    """The source of a node; "" for none."""
    return (node.text or b"").decode("utf-8", "replace") if node else ""


def parts_of(name: str) -> Parts:
    """The parts of a module's or a function's name, whatever its language puts between them.

    >>> parts_of("std::process::Command"), parts_of("node:child_process"), parts_of("<sys/ptrace.h>")
    (('std', 'process', 'Command'), ('child_process',), ('sys', 'ptrace', 'h'))
    """
    plain = name.strip("\"'`<> \t").removeprefix("node:")
    return tuple(part.strip() for part in _BETWEEN.split(plain) if part.strip())


def bound(parts: Parts, name: str) -> Binding:
    """An import whose name stands for all that was taken."""
    return parts, name, parts
