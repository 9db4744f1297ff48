"""Go."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from seedbed.core.syntax.language import Grammar, Imports, Language, Leaves, Structure, Toolchain, bound, clues, parts_of, text_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tree_sitter import Node

    from seedbed.core.syntax.language import Binding, PathEnds

_IMPORT: Final = re.compile(r"""^(?:import)?[ \t]*(?:[\w.]+[ \t]+)?"([\w-]+\.[^"\n]+/[^"\n]+)"$""", re.MULTILINE)


def _imports(node: Node) -> Iterator[Binding]:
    parts = parts_of(text_of(node.child_by_field_name("path")))
    name = text_of(node.child_by_field_name("name"))
    yield bound(parts, name if name not in {"", ".", "_"} else parts[-1] if parts and not name else "")


def _imported_files(_: str, text: str) -> Iterator[PathEnds]:
    for name in _IMPORT.findall(text):
        parts = name.split("/")
        yield tuple("/".join(parts[start:]) + "/" for start in range(1, len(parts)))


LANGUAGE: Final = Language(
    name="Go",
    key="go",
    grammars=(
        Grammar(
            "tree_sitter_go",
            leaves=Leaves(
                identifiers=frozenset({"identifier", "field_identifier", "type_identifier", "package_identifier", "label_name"}),
                comments=frozenset({"comment"}),
                strings=frozenset({"interpreted_string_literal", "raw_string_literal", "rune_literal"}),
                numbers=frozenset({"int_literal", "float_literal", "imaginary_literal"}),
            ),
        ),
    ),
    suffixes=(".go",),
    structure=Structure(
        functions=frozenset({"function_declaration", "method_declaration", "func_literal"}),
        controls=frozenset(
            {"if_statement", "for_statement", "expression_switch_statement", "type_switch_statement", "select_statement"}
        ),
        decisions=frozenset({"if", "for", "case", "&&", "||"}),
    ),
    clues=clues(
        r"^package \w+[ \t]*(?://.*)?$",
        r"^import (?:\(|\"|\w+ \")",
        r"^func (?:\([^)]*\) )?\w+[\[(]",
        r"^type \w+(?:\[.*\])? (?:struct|interface|func|map|\[|\w)",
        r"[ \t]:=[ \t]|\berr != nil\b",
        first_words="package import func type var return defer",
    ),
    imports=Imports(("import_spec",), _imports, _imported_files),
    toolchain=Toolchain(
        file="main_test.go",
        script="cd /work && cp {file} . && GOCACHE=/work GOFLAGS=-mod=mod GO111MODULE=off exec go test main_test.go",
        needs=("go",),
        good='package main\nimport "testing"\nfunc TestOne(t *testing.T) {}',
        bad='package main\nimport "testing"\nfunc TestOne(t *testing.T) { t.Fail() }',
    ),
    highlighting="cpp",  # gradio has no colours for Go
)
