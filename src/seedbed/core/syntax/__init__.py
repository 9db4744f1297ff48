"""Tree-sitter parsing: one parse and one walk per file, shared by all blocks that need them."""

from seedbed.core.syntax.functions import Function, functions_of
from seedbed.core.syntax.language import Language
from seedbed.core.syntax.languages import LANGUAGES, language_of, named
from seedbed.core.syntax.tree import IDENTIFIER, Parsed, error_ratio, forget, missing_nodes, parse, token_class
from seedbed.core.syntax.walk import Walk, walk

__all__ = [
    "IDENTIFIER",
    "LANGUAGES",
    "Function",
    "Language",
    "Parsed",
    "Walk",
    "error_ratio",
    "forget",
    "functions_of",
    "language_of",
    "missing_nodes",
    "named",
    "parse",
    "token_class",
    "walk",
]
