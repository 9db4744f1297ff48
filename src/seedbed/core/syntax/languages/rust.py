"""Rust."""

from __future__ import annotations

import re
from posixpath import dirname
from typing import TYPE_CHECKING, Final

from seedbed.core.syntax.language import Grammar, Imports, Language, Leaves, Structure, Toolchain, bound, clues, parts_of, text_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tree_sitter import Node

    from seedbed.core.syntax.language import Binding, Parts, PathEnds

_IMPORT: Final = re.compile(
    r"^[ \t]*(?:pub(?:\([^)]*\))?[ \t]+)?(?:mod[ \t]+(\w+)[ \t]*;|use[ \t]+(crate|super)((?:::\w+)+))", re.MULTILINE
)


def _imports(node: Node) -> Iterator[Binding]:
    if node.type == "extern_crate_declaration":
        name = text_of(node.child_by_field_name("name"))
        yield bound((name,), text_of(node.child_by_field_name("alias")) or name)
    elif argument := node.child_by_field_name("argument"):
        yield from _use_tree(argument, ())


def _use_tree(node: Node, home: Parts) -> Iterator[Binding]:
    path = parts_of(text_of(node.child_by_field_name("path")))
    if node.type == "use_as_clause":
        yield bound(home + path, text_of(node.child_by_field_name("alias")))
    elif node.type == "use_wildcard":
        yield bound(home + parts_of(text_of(node.named_children[0]) if node.named_children else ""), "")
    elif node.type in {"scoped_use_list", "use_list"}:
        inner = node.child_by_field_name("list") or node
        for child in inner.named_children:
            yield from _use_tree(child, home + path)
    else:
        parts = home + (() if node.type == "self" else parts_of(text_of(node)))
        yield bound(parts, parts[-1] if parts else "")


def _imported_files(path: str, text: str) -> Iterator[PathEnds]:
    folder, _, name = path.rpartition("/")
    own = folder if name in {"mod.rs", "lib.rs", "main.rs"} else path.removesuffix(".rs")
    for module, start, rest in _IMPORT.findall(text):
        if module:
            yield _files(f"{own}/{module}".lstrip("/"))
            continue
        parts = rest.strip(":").split("::")
        base = "" if start == "crate" else f"{dirname(own)}/".lstrip("/")
        yield tuple(end for stop in range(len(parts), 0, -1) for end in _files(base + "/".join(parts[:stop])))


def _files(module: str) -> PathEnds:
    return (f"{module}.rs", f"{module}/mod.rs")


LANGUAGE: Final = Language(
    name="Rust",
    key="rust",
    grammars=(
        Grammar(
            "tree_sitter_rust",
            leaves=Leaves(
                identifiers=frozenset({"identifier", "field_identifier", "type_identifier", "shorthand_field_identifier"}),
                comments=frozenset({"line_comment", "block_comment"}),
                strings=frozenset({"string_literal", "raw_string_literal", "char_literal"}),
                numbers=frozenset({"integer_literal", "float_literal"}),
            ),
        ),
    ),
    suffixes=(".rs",),
    structure=Structure(
        functions=frozenset({"function_item"}),
        controls=frozenset({"if_expression", "for_expression", "while_expression", "loop_expression", "match_expression"}),
        scopes=frozenset({"impl_item", "trait_item"}),
        decisions=frozenset({"if", "for", "while", "where", "&&", "||", "?"}),
        decision_nodes=frozenset({"match_arm"}),
        doubles=((b"||", "|"), (b"&&", "&")),
        lone_else_decides=True,
        choices=frozenset({"match_block"}),
        conditions_from_signature=True,
    ),
    clues=clues(
        r"^[ \t]*(?:pub(?:\([\w: ]+\))? )?(?:unsafe |async |const |extern \"C\" )*fn \w+",
        r"^[ \t]*(?:pub(?:\([\w: ]+\))? )?use [\w:{*]+(?:::|;| )",
        r"^[ \t]*(?:unsafe )?impl\b",
        r"\blet (?:mut )?[\w(&]|&mut |\bmatch [\w.&(*]+.* \{|::<|\w!\(",
        r"^[ \t]*#!?\[\w+",
        r"^[ \t]*(?:pub(?:\([\w: ]+\))? )?(?:struct|enum|trait|mod|type|static|const) \w+",
        first_words="fn pub use impl let mod struct enum trait unsafe match const",
    ),
    imports=Imports(("use_declaration", "extern_crate_declaration"), _imports, _imported_files),
    toolchain=Toolchain(
        file="main.rs",
        script="rustc -o /work/main {file} && exec /work/main",
        needs=("rustc",),
        good="fn main() { assert_eq!(1, 1); }",
        bad="fn main() { assert_eq!(1, 2); }",
    ),
    highlighting="cpp",  # gradio has no colours for Rust
)
