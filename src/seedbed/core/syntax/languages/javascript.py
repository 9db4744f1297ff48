"""JavaScript, and how it is distinguished from TypeScript and Flow."""

from __future__ import annotations

import re
from posixpath import dirname, normpath
from typing import TYPE_CHECKING, Final

from seedbed.core.syntax.language import (
    TOLERATED_ERROR,
    Family,
    Grammar,
    Identity,
    Imports,
    Language,
    Leaves,
    Structure,
    Toolchain,
    bound,
    clues,
    parts_of,
    text_of,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tree_sitter import Node

    from seedbed.core.syntax.language import Binding, Parts, PathEnds

_FLOW_PRAGMA: Final = re.compile(r"^[ \t]*(?:/?\*+|//)[ \t]*@flow\b", re.MULTILINE)
_FLOW_SYNTAX: Final = re.compile(
    r"^import typeof\b|^(?:declare )?(?:export )?opaque type\b|\{\||:[ \t]*\?\w+[ \t]*[,;=)]|\bReact\$\w"
    r"|\$ReadOnly(?:Array)?<",
    re.MULTILINE,
)
_IMPORT: Final = re.compile(r"""(?:\bfrom|\bimport|\brequire\()\s*["'](\.{1,2}/[^"'\n]+)["']""")
_ENDS: Final = ("", ".ts", ".tsx", ".js", ".jsx", ".mjs", ".cjs", ".d.ts", "/index.ts", "/index.js")
MEMORY_BYTES: Final = 64 << 30
"""Node reserves addresses for its code cage; its own flag bounds the memory."""


def is_flow(text: str) -> bool:
    """Whether JavaScript carries Flow's pragma in its first comment: its types are no JavaScript."""
    return "@flow" in text[:2000] and _FLOW_PRAGMA.search(text[:2000]) is not None


class ScriptFamily(Family):
    """JavaScript, and what adds types to it."""

    base = "JavaScript"
    members = frozenset({"JavaScript", "TypeScript", "Flow"})

    def before_parse(self, text: str, name: str, language: str) -> str:
        """Flow says so in a comment."""
        return "Flow" if language == "JavaScript" and is_flow(text) else language

    def after_errors(self, text: str, language: str, ratio: float, trial: Callable[[str, str], float]) -> Identity | None:
        """Types in a JavaScript file."""
        if language != "JavaScript" or trial(text, "TypeScript") >= min(ratio / 2, TOLERATED_ERROR):
            return None
        return Identity("Flow" if _FLOW_SYNTAX.search(text) else "TypeScript", "parse")

    def after_clues(self, text: str, language: str) -> str:
        """Flow says so in a comment."""
        return "Flow" if is_flow(text) else language

    def settle(self, text: str, language: str, trial: Callable[[str, str], float]) -> str:
        """The grammar that reads more of it."""
        if is_flow(text):
            return "Flow"
        return "TypeScript" if trial(text, "TypeScript") < trial(text, "JavaScript") else "JavaScript"


def _imports(node: Node) -> Iterator[Binding]:
    if node.type == "variable_declarator":
        yield from _required(node)
        return
    require = next((child for child in node.named_children if child.type == "import_require_clause"), node)
    home = parts_of(text_of(require.child_by_field_name("source")))
    clause = next((child for child in node.named_children if child.type in {"import_clause", "import_require_clause"}), None)
    yield from _clause(clause, home) if clause else iter([bound(home, "")])


def _clause(clause: Node, home: Parts) -> Iterator[Binding]:
    for child in clause.named_children:
        if child.type == "identifier":
            yield bound(home, text_of(child))
        elif child.type == "namespace_import":
            yield bound(home, text_of(child.named_children[0]) if child.named_children else "")
        for item in child.named_children if child.type == "named_imports" else ():
            name = text_of(item.child_by_field_name("name"))
            yield bound((*home, name), text_of(item.child_by_field_name("alias")) or name)


def _required(node: Node) -> Iterator[Binding]:
    """`const a = require("x")`, `const { b, c: d } = require("x")`."""
    value, target = node.child_by_field_name("value"), node.child_by_field_name("name")
    if not value or not target or text_of(value.child_by_field_name("function")) != "require":
        return
    arguments = value.child_by_field_name("arguments")
    if not arguments or not arguments.named_children:
        return
    home = parts_of(text_of(arguments.named_children[0]))
    if target.type == "identifier":
        yield bound(home, text_of(target))
    for item in target.named_children:
        key = text_of(item.child_by_field_name("key") or item)
        yield bound((*home, key), text_of(item.child_by_field_name("value") or item))


def _imported_files(path: str, text: str) -> Iterator[PathEnds]:
    for name in _IMPORT.findall(text):
        target = normpath(f"{dirname(path)}/{name}").lstrip("/")
        stem = target.removesuffix(".js")  # what TypeScript writes for a file that will be one
        yield (*(f"{target}{end}" for end in _ENDS), f"{stem}.ts", f"{stem}.tsx")


IMPORTS: Final = Imports(("import_statement", "variable_declarator"), _imports, _imported_files)

LEAVES: Final = Leaves(
    identifiers=frozenset(
        {
            "identifier",
            "property_identifier",
            "private_property_identifier",
            "shorthand_property_identifier",
            "shorthand_property_identifier_pattern",
            "statement_identifier",
        }
    ),
    comments=frozenset({"comment", "html_comment", "hash_bang_line"}),
    strings=frozenset({"string", "template_string", "regex"}),
    numbers=frozenset({"number"}),
)

STRUCTURE: Final = Structure(
    functions=frozenset(
        {
            "function_declaration",
            "generator_function_declaration",
            "function_expression",
            "generator_function",
            "arrow_function",
            "method_definition",
        }
    ),
    controls=frozenset(
        {
            "if_statement",
            "for_statement",
            "for_in_statement",
            "while_statement",
            "do_statement",
            "switch_statement",
            "try_statement",
            "with_statement",
        }
    ),
    scopes=frozenset({"class_declaration", "class"}),
    decisions=frozenset({"if", "for", "while", "catch", "case", "&&", "||", "??"}),
    # Not the token `?`, which also marks what is optional; a binding's default is a path, too.
    decision_nodes=frozenset({"ternary_expression", "assignment_pattern", "object_assignment_pattern"}),
    decision_names=frozenset({"catch", "for", "if", "while", "case"}),
    conditions_from_signature=True,
)

LANGUAGE: Final = Language(
    name="JavaScript",
    key="javascript",
    grammars=(Grammar("tree_sitter_javascript", leaves=LEAVES),),
    suffixes=(".js", ".jsx", ".mjs", ".cjs"),
    relatives=frozenset({"Vue", "Svelte", "Astro", "EJS", "MDX"}),
    structure=STRUCTURE,
    clues=clues(
        r"^[ \t]*(?:var|let|const)[ \t]+[\w{\[$]",
        r"\bfunction\b[ \t]*\*?[ \t]*[\w$]*[ \t]*\(",
        r"=>[ \t]*[\w{(\[]",
        r"\brequire\(['\"]|^import\b[^;\n]*['\"][^'\"\n]+['\"]|^\}? ?from ['\"]"
        r"|^export (?:default|const|function|class|\*|\{)",
        r"===|!==",
        r"\b(?:document|window|module\.exports|exports|console|Object|Array|JSON|Math|this|prototype)\.\w",
        first_words="var let const function import export return module class describe define",
    ),
    family=ScriptFamily(),
    imports=IMPORTS,
    toolchain=Toolchain(
        file="main.js",
        script="exec node --max-old-space-size=512 {file}",
        needs=("node",),
        good="require('assert')(true);",
        bad="require('assert')(false);",
        memory_bytes=MEMORY_BYTES,
    ),
    editor_ids=("javascriptreact",),
    highlighting="javascript",
)
