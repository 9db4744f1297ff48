"""The header of a file: the comments and prelude before its first real line, where a tool signs its output."""

from __future__ import annotations

import re
from typing import Final

MAX_HEADER_CHARACTERS: Final = 6_000

# Lines that may stand before or between the header's comments: imports, guards, package clauses, directives.
_PRELUDE: Final = re.compile(
    r"\s*(?:$|#|//|/\*|\*|--|;|%|<!--|<\?|\.\.\s|package\b|import\b|from\s+\S+\s+import\b|use\b|using\b|extern\b|namespace\b"
    r"|mod\b|[\"']use strict[\"']|@\w+|require\b|(?:var|const|let)\s+\w+\s*=\s*require\()"
)
_BLOCK_OPENERS: Final = re.compile(r"\s*(?:[rRuUbB]?(\"\"\"|''')|(/\*)|(<!--))")
_QUOTES: Final = frozenset({'"""', "'''"})
_CLOSERS: Final = {"/*": "*/", "<!--": "-->", '"""': '"""', "'''": "'''"}


def header(text: str, docstring_lines: int | None = None) -> str:
    r"""Leading comments, docstrings and prelude of a source text, at most `MAX_HEADER_CHARACTERS` long.

    Args: docstring_lines: how many lines of a docstring count; all of them by default.

    >>> header("# one\n\nimport os\nx = 1\n# two\n")
    '# one\n\nimport os\n'
    """
    lines: list[str] = []
    closer, depth = "", 0
    for line in text[:MAX_HEADER_CHARACTERS].splitlines(keepends=True):
        depth = depth + 1 if closer else 0
        quoted = closer in _QUOTES
        if closer:
            closer = "" if closer in line else closer
        elif opened := _BLOCK_OPENERS.match(line):
            closer = _open(line, opened)
        elif _PRELUDE.match(line) is None:
            break
        if not quoted or docstring_lines is None or depth < docstring_lines:
            lines.append(line)
    return "".join(lines)


def _open(line: str, opened: re.Match[str]) -> str:
    """What closes the block that starts on this line; nothing when it closes on the same line."""
    closer = _CLOSERS[str(opened[1] or opened[2] or opened[3])]
    return "" if closer in line[opened.end() :] else closer
