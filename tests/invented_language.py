"""A language that nobody has: all that the toolkit knows of it stands here. `python -m tests.invented_language` is `seedbed` with it."""

from __future__ import annotations

import sys
from typing import Final

from seedbed.cli import main
from seedbed.core.syntax.language import Grammar, Language, Leaves, Structure, clues
from seedbed.core.syntax.languages import register

BREW: Final = Language(
    name="Brew",
    key="brew",
    grammars=(
        Grammar(
            "tree_sitter_java",  # it is written as Java is, with fewer kinds of statement
            leaves=Leaves(
                identifiers=frozenset({"identifier", "type_identifier"}),
                comments=frozenset({"line_comment", "block_comment"}),
                strings=frozenset({"string_literal"}),
                numbers=frozenset({"decimal_integer_literal"}),
            ),
        ),
    ),
    suffixes=(".brew",),
    interpreters=frozenset({"brewer"}),
    structure=Structure(
        functions=frozenset({"method_declaration"}),
        controls=frozenset({"if_statement", "while_statement"}),
        scopes=frozenset({"class_declaration"}),
        decisions=frozenset({"if", "while"}),
    ),
    clues=clues(r"^steep class \w+", r"\bpour\(", r"\bKettle\b", r"\bboil\(", first_words="final class pour"),
    line_comment="--",
    blocks="indentation",
    editor_ids=("brewlang",),
)

PLAIN: Final = Language(name="Plain", key="plain", grammars=BREW.grammars, suffixes=(".plain",))
"""A language with nothing but what every language must have."""

SOURCE: Final = """// SPDX-License-Identifier: MIT
final class Kettle {
    int heat(int degrees, int limit) {
        int minutes = 0;
        while (degrees < limit) {
            if (degrees > 90 && minutes > 3) {
                minutes = minutes + 2;
            }
            degrees = degrees + boil(minutes);
            minutes = minutes + 1;
        }
        return pour(minutes);
    }

    String label(String name, int cups) {
        if (cups > 1) {
            return name + " for " + cups;
        }
        return name;
    }
}
"""


def register_all() -> None:
    """Make them known to this process."""
    register(BREW)
    register(PLAIN)


if __name__ == "__main__":
    register_all()
    sys.exit(main())
