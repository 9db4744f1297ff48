"""Tree-sitter parsing: one parse and one walk per file, shared by all blocks that need them."""

from seedbed.core.syntax.functions import Function
from seedbed.core.syntax.grammars import LANGUAGES, PublishedLanguage
from seedbed.core.syntax.node_kinds import IDENTIFIER, LITERALS, token_class
from seedbed.core.syntax.tree import Parsed, error_ratio, forget, missing_nodes, parse
from seedbed.core.syntax.walk import Walk, walk

__all__ = [
    "IDENTIFIER",
    "LANGUAGES",
    "LITERALS",
    "Function",
    "Parsed",
    "PublishedLanguage",
    "Walk",
    "error_ratio",
    "forget",
    "missing_nodes",
    "parse",
    "token_class",
    "walk",
]
