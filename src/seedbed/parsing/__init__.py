"""Tree-sitter parsing: one parse and one walk per file, shared by all blocks that need them."""

from seedbed.parsing.functions import Function
from seedbed.parsing.grammars import LANGUAGES, PublishedLanguage
from seedbed.parsing.kinds import IDENTIFIER, LITERALS, token_class
from seedbed.parsing.tree import Parsed, error_ratio, forget, missing_nodes, parse
from seedbed.parsing.walk import Walk, walk

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
