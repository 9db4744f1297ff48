"""Generated, vendored and minified files, each with the rule that found it."""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass
from itertools import islice
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Final

from datatrove.data import Document

from seedbed.core.runs.filters import Filter
from seedbed.data.filters.generated.rules import GENERIC_SIGNATURES, PATH_RULES, SCRIPTS, TEXT_RULES, TOOL_SIGNATURES, Kind

if TYPE_CHECKING:
    from collections.abc import Callable

    from seedbed.data.filters.generated.rules import HeaderRule


_MAX_MEAN_LINE_CHARACTERS: Final = 110
_MIN_MINIFIED_CHARACTERS: Final = 500
_MAX_DETAIL_CHARACTERS: Final = 120
# Further down, a docstring talks about what the module does, and quotes what it writes.
_SIGNED_DOCSTRING_LINES: Final = 3
# Every signature contains one of these, lower-cased.
_HINTS: Final = (
    *("generat", "do not", "don't", "made by", "produced by", "created by", "object code", "openapi", "swagger"),
    *("cython metadata", '.rl"', "lemon", "antlr", "autorest"),
)


MAX_HEADER_CHARACTERS: Final = 6_000

# Lines that may stand before or between the header's comments: imports, guards, package clauses, directives.
_PRELUDE: Final = re.compile(
    r"\s*(?:$|#|//|/\*|\*|--|;|%|<!--|<\?|\.\.\s|package\b|import\b|from\s+\S+\s+import\b|use\b|using\b|extern\b|namespace\b"
    r"|mod\b|[\"']use strict[\"']|@\w+|require\b|(?:var|const|let)\s+\w+\s*=\s*require\()"
)
_BLOCK_OPENERS: Final = re.compile(r"\s*(?:[rRuUbB]?(\"\"\"|''')|(/\*)|(<!--))")
_QUOTES: Final = frozenset({'"""', "'''"})
_CLOSERS: Final = {"/*": "*/", "<!--": "-->", '"""': '"""', "'''": "'''"}


@dataclass(frozen=True, slots=True)
class GeneratedFinding:
    """Why a file is not its author's own work: the kind, the rule, and the text or line that the rule matched."""

    kind: Kind
    rule: str
    evidence: str

    @property
    def reason(self) -> str:
        """The reason under which the filter rejects it."""
        return f"{self.kind}:{self.rule}"


def find_generated(text: str, path: str = "", language: str | None = None) -> GeneratedFinding | None:
    """The first rule by which a file is generated, vendored, minified or a lock file.

    Args:
        text: decoded source.
        path: its path inside the archive, below the top folder; "" where there is none.
        language: display name, where known; without it the rules of single languages do not apply.
    Returns: None for what looks hand-written here.
    """
    return _by_path(path) or _by_header(text) or _by_text(text, language) or _by_shape(text, language) or _by_linguist(text, path)


def _by_path(path: str) -> GeneratedFinding | None:
    for rule in PATH_RULES:
        if match := rule.pattern.search(path):
            return GeneratedFinding(rule.kind, rule.name, match[0])
    return None


def _by_header(text: str) -> GeneratedFinding | None:
    head = header(text)
    lowered = head.lower()
    if not any(hint in lowered for hint in _HINTS):
        return None
    return _first(TOOL_SIGNATURES, head) or _first(GENERIC_SIGNATURES, header(text, docstring_lines=_SIGNED_DOCSTRING_LINES))


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


def _first(rules: tuple[HeaderRule, ...], head: str) -> GeneratedFinding | None:
    for rule in rules:
        if match := rule.pattern.search(head):
            return GeneratedFinding("generated", rule.name, _line_of(head, match.start(), match.end()))
    return None


def _line_of(text: str, start: int, end: int) -> str:
    first = text.rfind("\n", 0, end - 1 if end > start else end) + 1
    last = text.find("\n", end)
    return text[min(first, start) : last if last >= 0 else len(text)].strip()[:_MAX_DETAIL_CHARACTERS]


def _by_text(text: str, language: str | None) -> GeneratedFinding | None:
    for rule in TEXT_RULES:
        if rule.languages and language not in rule.languages:
            continue
        if rule.keyword not in text:
            continue
        if match := next(islice(rule.pattern.finditer(text), rule.times - 1, None), None):
            return GeneratedFinding("generated", rule.name, match[0].strip()[:_MAX_DETAIL_CHARACTERS])
    return None


def _by_shape(text: str, language: str | None) -> GeneratedFinding | None:
    """Scripts whose mean line is longer than people write: minified, whatever they are called."""
    if language not in SCRIPTS or len(text) < _MIN_MINIFIED_CHARACTERS:
        return None
    mean = len(text) / (text.count("\n") + 1)
    if mean <= _MAX_MEAN_LINE_CHARACTERS:
        return None
    return GeneratedFinding("minified", "long_lines", f"{mean:.0f} characters a line")


def _by_linguist(text: str, path: str) -> GeneratedFinding | None:
    """What linguist's own list knows beyond ours (it answers yes or no, without a rule)."""
    name = PurePosixPath(path).name
    if name and _is_generated()(path, text.encode("utf-8", "replace")):
        return GeneratedFinding("generated", "linguist", name)
    return None


@functools.cache
def _is_generated() -> Callable[[str, bytes], bool]:
    # enry starts a Go runtime, which must not happen before a fork.
    from enry import is_generated

    return is_generated  # type: ignore[no-any-return]


__all__ = ["GeneratedFilter", "GeneratedFinding", "find_generated"]


class GeneratedFilter(Filter):
    """Rejects files that no author of the project wrote: `generated:<rule>`, `vendored:...`, `minified:...`, `lock_file:...`."""

    name = "generated"
    passes = "what a person wrote for this project; not what a tool wrote, and not another project's code"
    reasons = {
        "generated": "written by a tool, not by a person",
        "vendored": "another project's code, copied in",
        "minified": "minified or bundled",
        "lock_file": "a dependency lock file",
    }

    def filter(self, doc: Document) -> bool | tuple[bool, str]:
        """Verdict on one document; `detail` is the text or line that the rule matched."""
        finding = find_generated(doc.text, doc.metadata.get("path") or "", doc.metadata.get("language"))
        if finding is None:
            return True
        doc.metadata["detail"] = finding.evidence
        return False, finding.reason
