"""What counts in each language: functions, decisions and control structures, by node kind.

Decisions follow lizard's definition, which counts tokens; docs/method/complexity.md names every difference.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

from seedbed.core.syntax.node_kinds import token_class

if TYPE_CHECKING:
    from collections.abc import Mapping

_NONE: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Rules:
    """Node kinds of one language.

    functions: nodes measured as functions of their own, with a body.
    controls: control structures: each one is a level of nesting.
    scopes: classes and the like, whose name goes before that of a method.
    decisions: tokens that add a path.
    decision_nodes: nodes that add a path where no token of their own tells it.
    decision_names: names that add a path after a dot: lizard takes them for the keywords that they look like.
    doubles: two such tokens side by side add a path, whatever they mean, as lizard's tokens `||` and `&&` do: a closure
        without parameters, a reference to a reference. Text of the pair, and class of the single token.
    lone_else_decides: an `else` that closes no block before it adds a path (Rust's `let ... else`).
    assignment_undecides: `&&` takes its path back when an assignment follows, lizard's sign of a reference.
    undecided: nodes that take a path back when they start with a decision token (`?` as a type).
    choices: nodes that take a path back when they are not empty (the first arm of a match is no further path).
    conditions_from_signature: tokens between the function's name and its body add paths as well.
    """

    functions: frozenset[str]
    controls: frozenset[str]
    scopes: frozenset[str]
    decisions: frozenset[str]
    decision_nodes: frozenset[str] = _NONE
    decision_names: frozenset[str] = _NONE
    doubles: tuple[tuple[bytes, int], ...] = ()
    lone_else_decides: bool = False
    assignment_undecides: bool = False
    undecided: frozenset[str] = _NONE
    choices: frozenset[str] = _NONE
    conditions_from_signature: bool = False


_PYTHON = Rules(
    functions=frozenset({"function_definition"}),
    controls=frozenset(
        {"if_statement", "for_statement", "while_statement", "try_statement", "with_statement", "match_statement"}
    ),
    scopes=frozenset({"class_definition"}),
    decisions=frozenset({"if", "elif", "for", "while", "except", "finally", "and", "or", "case", "except*"}),
    conditions_from_signature=True,
)

_C = Rules(
    functions=frozenset({"function_definition"}),
    controls=frozenset({"if_statement", "for_statement", "while_statement", "do_statement", "switch_statement"}),
    scopes=_NONE,
    decisions=frozenset({"if", "for", "while", "case", "&&", "||", "?", "#if", "#ifdef", "#elif"}),
    assignment_undecides=True,
)

_CPP = Rules(
    functions=_C.functions,
    controls=_C.controls | {"for_range_loop", "try_statement"},
    scopes=frozenset({"class_specifier", "struct_specifier", "union_specifier", "namespace_definition"}),
    decisions=_C.decisions | {"catch"},
    assignment_undecides=True,
)

_JAVA = Rules(
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
)

_GO = Rules(
    functions=frozenset({"function_declaration", "method_declaration", "func_literal"}),
    controls=frozenset(
        {"if_statement", "for_statement", "expression_switch_statement", "type_switch_statement", "select_statement"}
    ),
    scopes=_NONE,
    decisions=frozenset({"if", "for", "case", "&&", "||"}),
)

_RUST = Rules(
    functions=frozenset({"function_item"}),
    controls=frozenset({"if_expression", "for_expression", "while_expression", "loop_expression", "match_expression"}),
    scopes=frozenset({"impl_item", "trait_item"}),
    decisions=frozenset({"if", "for", "while", "where", "&&", "||", "?"}),
    decision_nodes=frozenset({"match_arm"}),
    doubles=((b"||", token_class("|")), (b"&&", token_class("&"))),
    lone_else_decides=True,
    choices=frozenset({"match_block"}),
    conditions_from_signature=True,
)

_JAVASCRIPT = Rules(
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

_TYPESCRIPT = Rules(
    functions=_JAVASCRIPT.functions,
    controls=_JAVASCRIPT.controls,
    scopes=_JAVASCRIPT.scopes | {"abstract_class_declaration"},
    decisions=_JAVASCRIPT.decisions,
    decision_nodes=_JAVASCRIPT.decision_nodes,
    decision_names=_JAVASCRIPT.decision_names,
    conditions_from_signature=True,
)

RULES: Mapping[str, Rules] = MappingProxyType(
    {
        "Python": _PYTHON,
        "JavaScript": _JAVASCRIPT,
        "TypeScript": _TYPESCRIPT,
        "C": _C,
        "C++": _CPP,
        "Java": _JAVA,
        "Go": _GO,
        "Rust": _RUST,
    }
)
"""Display name -> rules."""
