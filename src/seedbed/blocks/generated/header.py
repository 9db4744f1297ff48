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
_CLOSERS: Final = {"/*": "*/", "<!--": "-->", '"""': '"""', "'''": "'''"}


def header(text: str) -> str:
    r"""Leading comments, docstrings and prelude of a source text, at most `MAX_HEADER_CHARACTERS` long.

    >>> header("# one\n\nimport os\nx = 1\n# two\n")
    '# one\n\nimport os\n'
    """
    head = text[:MAX_HEADER_CHARACTERS]
    position, closer = 0, ""
    for line in head.splitlines(keepends=True):
        if closer:
            closer = "" if closer in line else closer
        elif opened := _BLOCK_OPENERS.match(line):
            closer = _open(line, opened)
        elif _PRELUDE.match(line) is None:
            break
        position += len(line)
    return head[:position]


def _open(line: str, opened: re.Match[str]) -> str:
    """What closes the block that starts on this line; nothing when it closes on the same line."""
    closer = _CLOSERS[str(opened[1] or opened[2] or opened[3])]
    return "" if closer in line[opened.end() :] else closer
