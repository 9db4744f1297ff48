"""Java."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from seedbed.core.syntax.language import Grammar, Imports, Language, Leaves, Structure, bound, clues, parts_of, text_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tree_sitter import Node

    from seedbed.core.syntax.language import Binding, PathEnds

_IMPORT: Final = re.compile(r"^import[ \t]+(static[ \t]+)?([\w.]+)[ \t]*;", re.MULTILINE)


def _imports(node: Node) -> Iterator[Binding]:
    names = [child for child in node.named_children if child.type in {"scoped_identifier", "identifier"}]
    parts = parts_of(text_of(names[0])) if names else ()
    is_wild = any(child.type == "asterisk" for child in node.named_children)
    yield bound(parts, "" if is_wild or not parts else parts[-1])


def _imported_files(_: str, text: str) -> Iterator[PathEnds]:
    for static, name in _IMPORT.findall(text):
        parts = name.split(".")
        yield ("/".join(parts[:-1] if static else parts) + ".java",)


LANGUAGE: Final = Language(
    name="Java",
    key="java",
    grammars=(
        Grammar(
            "tree_sitter_java",
            leaves=Leaves(
                identifiers=frozenset({"identifier", "type_identifier"}),
                comments=frozenset({"line_comment", "block_comment"}),
                strings=frozenset({"string_literal", "character_literal"}),
                numbers=frozenset(
                    {
                        "float",
                        "decimal_integer_literal",
                        "hex_integer_literal",
                        "octal_integer_literal",
                        "binary_integer_literal",
                        "decimal_floating_point_literal",
                        "hex_floating_point_literal",
                    }
                ),
            ),
        ),
    ),
    suffixes=(".java",),
    relatives=frozenset({"C#", "Kotlin", "Scala", "Groovy", "Gradle"}),
    structure=Structure(
        functions=frozenset({"method_declaration", "constructor_declaration", "compact_constructor_declaration"}),
        controls=frozenset(
            {
                "if_statement",
                "for_statement",
                "enhanced_for_statement",
                "while_statement",
                "do_statement",
                "switch_expression",
                "try_statement",
                "try_with_resources_statement",
                "synchronized_statement",
            }
        ),
        scopes=frozenset(
            {
                "class_declaration",
                "interface_declaration",
                "enum_declaration",
                "record_declaration",
                "annotation_type_declaration",
            }
        ),
        decisions=frozenset({"if", "for", "while", "catch", "case", "&&", "||", "?"}),
        undecided=frozenset({"wildcard"}),
    ),
    clues=clues(
        r"^package [\w.]+;",
        r"^import (?:static )?[\w.]+(?:\.\*)?;",
        r"^[ \t]*(?:(?:public|protected|private|static|final|abstract|sealed)[ \t]+)*"
        r"(?:class|interface|enum|record|@interface)[ \t]+\w+[^;(:]*\{?$",
        r"^[ \t]*(?:public|protected|private)[ \t]+(?:static |final |synchronized |native |<.{1,40}> )*"
        r"[\w<>\[\], .?]+[ \t]\w+[ \t]*\(",
        r"@Override|\bSystem\.out\.|\bString\[\]|\bnew \w+(?:<.*>)?\(|\bthrows \w",
        first_words="package import public private protected class interface enum @Override final",
    ),
    has_type_lists=True,
    imports=Imports(("import_declaration",), _imports, _imported_files),
    cannot_run="the Java virtual machine opens a pair of sockets when it opens a file, which the sandbox refuses",
    highlighting="cpp",  # gradio has no colours for Java; its words and braces are like those of C++
)
