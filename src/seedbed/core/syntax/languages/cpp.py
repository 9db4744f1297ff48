"""C++, and how it is distinguished from C and Objective-C."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from seedbed.core.syntax.language import CLEAN_ERROR, TOLERATED_ERROR, Family, Grammar, Identity, Language, Toolchain, clues
from seedbed.core.syntax.languages import c

if TYPE_CHECKING:
    from collections.abc import Callable

_CLUES: Final = clues(
    r"^[ \t]*#[ \t]*include[ \t]*<(?:iostream|string|vector|map|memory|algorithm|utility|set|list|functional|limits|array"
    r"|type_traits|stdexcept|sstream|mutex|thread|chrono|iterator|tuple|deque|queue|fstream|atomic|optional|variant"
    r"|unordered_\w+|c(?:std(?:io|lib|int|def|arg)|string|assert|math|errno|time))>",
    r"\bnamespace(?:[ \t]+[\w:]+)?\s*\{|^[ \t]*using (?:namespace \w|\w+[ \t]*=|\w+::)",
    r"^[ \t]*template[ \t]*<|^[ \t]*(?:enum )?class\s+(?:\w+\s+)?\w+(?:\s+final)?\s*(?::[^:;][^;{]*)?\{",
    r"^[ \t]*(?:public|private|protected|signals|public slots)[ \t]*:",
    r"\bstd::|\w::~?\w+[ \t]*\(|\boperator[ \t]*[=<>+*/\[(!-]+[ \t]*\(",
    r"\b(?:static|dynamic|const|reinterpret)_cast[ \t]*<|\b(?:nullptr|constexpr|noexcept|decltype|typename)\b"
    r"|^[ \t]*virtual[ \t]|\)[ \t]*(?:const )?override\b",
    first_words="#include namespace using class template public private virtual std inline void",
)
_OBJECTIVE_C: Final = re.compile(
    r"^[ \t]*(?:@(?:interface|protocol|implementation|class|import|property|synthesize|autoreleasepool)\b"
    r"|#[ \t]*import[ \t]*[<\"]|[-+][ \t]*\([\w \*<>]+\)[ \t]*\w+)|\bNS_(?:ASSUME_NONNULL|ENUM|OPTIONS)|FOUNDATION_EXPORT",
    re.MULTILINE,
)
_CPLUSPLUS_BLOCK: Final = re.compile(r"#[ \t]*ifdef[ \t]+__cplusplus.*?#[ \t]*(?:endif|else)", re.DOTALL)
_WORDS: Final = (
    *("namespace", "using ", "class", "template", "public", "private", "protected", "::", "operator", "virtual"),
    *("constexpr", "nullptr", "noexcept", "decltype", "typename", "_cast", "override", "include <"),
)
_COMMENT: Final = re.compile(r"/\*.*?\*/|//[^\n]*", re.DOTALL)
_HEADERS: Final = (".h", ".inc", ".inl", ".h.in")
"""Headers are C by linguist's word on the name alone, and C++ or Objective-C just as well."""
_HEADER_CHARACTERS: Final = 24_576


def is_objective_c(text: str) -> bool:
    """Whether a C family source has Objective-C's directives or methods."""
    return ("@" in text or "#import" in text or "NS_" in text) and _OBJECTIVE_C.search(text) is not None


def looks_like_cpp(text: str) -> bool:
    r"""Whether a header says something that C cannot, outside of comments and `#ifdef __cplusplus`.

    >>> looks_like_cpp("#ifdef __cplusplus\nnamespace a {\n#endif\nint f(void);\n")
    False
    """
    if not any(word in text for word in _WORDS):
        return False
    text = _COMMENT.sub(" ", text)
    if "__cplusplus" in text:
        text = _CPLUSPLUS_BLOCK.sub("", text)
    return any(clue.search(text) for clue in _CLUES.patterns)


class CFamily(Family):
    """C, and what extends it."""

    base = "C"
    members = frozenset({"C", "C++", "Objective-C"})

    def before_parse(self, text: str, name: str, language: str) -> str:
        """A header may be any of them."""
        if language != "C" or not name.endswith(_HEADERS):
            return language
        return self._by_look(text[:_HEADER_CHARACTERS])

    def after_errors(self, text: str, language: str, ratio: float, trial: Callable[[str, str], float]) -> Identity | None:
        """Objective-C under another name, or C++ in a C file."""
        if is_objective_c(text):
            return Identity("Objective-C" if language == "C" else "Objective-C++", "content")
        if language == "C" and ratio > TOLERATED_ERROR and looks_like_cpp(text) and trial(text, "C++") <= CLEAN_ERROR:
            return Identity("C++", "parse")
        return None

    def settle(self, text: str, language: str, trial: Callable[[str, str], float]) -> str:
        """What only one of them can say."""
        return self._by_look(text)

    def _by_look(self, text: str) -> str:
        if is_objective_c(text):
            return "Objective-C"
        return "C++" if looks_like_cpp(text) else "C"


LANGUAGE: Final = Language(
    name="C++",
    key="cpp",
    grammars=(
        Grammar(
            "tree_sitter_cpp",
            leaves=replace(
                c.LEAVES,
                identifiers=c.LEAVES.identifiers | {"namespace_identifier"},
                strings=c.LEAVES.strings | {"raw_string_literal"},
            ),
        ),
    ),
    suffixes=(".cc", ".cpp", ".cxx", ".hpp", ".hh", ".hxx"),
    relatives=frozenset({"Cuda", "Objective-C++", "Metal", "HLSL", "SWIG"}),
    structure=replace(
        c.STRUCTURE,
        controls=c.STRUCTURE.controls | {"for_range_loop", "try_statement"},
        scopes=frozenset({"class_specifier", "struct_specifier", "union_specifier", "namespace_definition"}),
        decisions=c.STRUCTURE.decisions | {"catch"},
    ),
    clues=_CLUES,
    extends="C",
    family=CFamily(),
    has_type_lists=True,
    imports=c.IMPORTS,
    toolchain=Toolchain(
        file="main.cpp",
        script="g++ -std=c++17 -O1 -o /work/main {file} && exec /work/main",
        needs=("g++",),
        good="#include<cassert>\nint main() { assert(1); }",
        bad="#include<cassert>\nint main() { assert(0); }",
    ),
    editor_ids=("cpp",),
    highlighting="cpp",
)
