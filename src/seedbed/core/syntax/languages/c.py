"""C."""

from __future__ import annotations

import re
from posixpath import dirname, normpath
from typing import TYPE_CHECKING, Final

from seedbed.core.syntax.language import Grammar, Imports, Language, Leaves, Structure, bound, clues, parts_of, text_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tree_sitter import Node

    from seedbed.core.syntax.language import Binding, PathEnds

_INCLUDE: Final = re.compile(r"""^[ \t]*#[ \t]*include[ \t]*(?:"([^"\n]+)"|<([^>\n]+/[^>\n]+)>)""", re.MULTILINE)


def _imports(node: Node) -> Iterator[Binding]:
    yield bound(parts_of(text_of(node.child_by_field_name("path"))), "")


def _imported_files(path: str, text: str) -> Iterator[PathEnds]:
    for quoted, pointed in _INCLUDE.findall(text):
        name = normpath(quoted or pointed)
        yield (normpath(f"{dirname(path)}/{name}").lstrip("/"), name.lstrip("./"))


IMPORTS: Final = Imports(("preproc_include",), _imports, _imported_files)

LEAVES: Final = Leaves(
    identifiers=frozenset({"identifier", "field_identifier", "type_identifier", "statement_identifier"}),
    comments=frozenset({"comment"}),
    strings=frozenset({"string_literal", "char_literal", "system_lib_string"}),
    numbers=frozenset({"number_literal"}),
)

STRUCTURE: Final = Structure(
    functions=frozenset({"function_definition"}),
    controls=frozenset({"if_statement", "for_statement", "while_statement", "do_statement", "switch_statement"}),
    decisions=frozenset({"if", "for", "while", "case", "&&", "||", "?", "#if", "#ifdef", "#elif"}),
    assignment_undecides=True,
)

LANGUAGE: Final = Language(
    name="C",
    key="c",
    grammars=(Grammar("tree_sitter_c", leaves=LEAVES),),
    suffixes=(".c", ".h"),
    relatives=frozenset({"Objective-C", "OpenCL", "GLSL", "Yacc", "Lex", "Unified Parallel C"}),
    structure=STRUCTURE,
    clues=clues(
        r"^[ \t]*#[ \t]*include[ \t]*[<\"][\w./+-]+[>\"]",
        r"^[ \t]*#[ \t]*(?:ifndef|ifdef|define|endif|pragma|undef)\b",
        r"^[ \t]*(?:typedef[ \t]+)?(?:struct|union|enum)\b[ \t]*\w*[ \t]*\{?$",
        r"^[ \t]*(?:static|extern|const|unsigned|inline)\b[^=\n]*\([^;{]*\)?",
        r"\b(?:int|char|void|long|unsigned|float|double|size_t|u?int\d+_t)\b[ \t]*\*?[ \t]*\*?\w+[ \t]*[;,()=\[]",
        r"\w->\w",
        first_words="#include #define #ifndef #ifdef #if typedef struct static extern void int return",
    ),
    imports=IMPORTS,
    highlighting="c",
)
