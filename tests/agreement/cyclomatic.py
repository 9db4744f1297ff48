"""How often our cyclomatic complexity equals lizard's, function by function, on the files of a folder.

    python tests/agreement/cyclomatic.py FOLDER [--language Go] [--show 20]

Functions are matched by the line of their name and its last part; what only one of the two sees is counted apart.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import lizard

from seedbed.core.syntax import error_ratio, functions_of, parse, walk

if TYPE_CHECKING:
    from collections.abc import Iterator

LANGUAGE_BY_SUFFIX = {
    ".py": "Python",
    ".js": "JavaScript",
    ".mjs": "JavaScript",
    ".ts": "TypeScript",
    ".tsx": "TypeScript",
    ".c": "C",
    ".cc": "C++",
    ".cpp": "C++",
    ".cxx": "C++",
    ".hpp": "C++",
    ".java": "Java",
    ".go": "Go",
    ".rs": "Rust",
}
MAX_BYTES = 300_000
MAX_LINE_LENGTH = 1_000

NAMED_DIFFERENCES = {
    "Rust": r"\bmatch\s+(?:unsafe|async|loop|if|match)\b|\b(?:if|while)\b[^{;]*(?:unsafe|#\[)|'\w'|b'",
    "JavaScript": r"=\s*(?:await\s*)?\(|[=(,:&|!]\s*/[^/*\n]|[^\s\w]\?|\w\?[^.?]|`[^`]*\$\{",
    "TypeScript": r"=\s*(?:await\s*)?\(|[=(,:&|!]\s*/[^/*\n]|:\s*\{|\bas\s|`[^`]*\$\{|\w\?\s*[^.?:),\s]",
    "Java": r"<[^<>;(){}]*<[^;(){}]*\?|<[^;(){}]*\?[^;(){}]*<",
}
"""What docs/method/complexity.md names as misread by lizard, as it looks in a function's text."""


@dataclass(frozen=True)
class Counted:
    """One function as one of the two sees it."""

    line: int
    name: str
    cyclomatic: int
    last_line: int


@dataclass
class Tally:
    """What came out for one language."""

    files: int = 0
    failures: int = 0
    equal: int = 0
    different: list[str] = field(default_factory=list)
    named: list[str] = field(default_factory=list)
    only_ours: list[str] = field(default_factory=list)
    only_lizard: list[str] = field(default_factory=list)

    @property
    def matched(self) -> int:
        """Functions that both see."""
        return self.equal + len(self.different) + len(self.named)


def ours(text: str, language: str) -> list[Counted] | None:
    """Our count; None when the file has syntax errors, where the two may see different functions."""
    parsed = parse(text, language)
    if parsed is None or error_ratio(parsed) > 0:
        return None
    return [
        Counted(one.start_line, last_part(one.name), one.cyclomatic, one.start_line + one.lines - 1)
        for one in functions_of(walk(parsed))
    ]


def theirs(path: Path, text: str) -> list[Counted] | None:
    """Lizard's count; None where it fails, as it does on some JavaScript."""
    try:
        found = lizard.analyze_file.analyze_source_code(str(path), text).function_list
    except (IndexError, RecursionError):
        return None
    return [Counted(one.start_line, last_part(one.name), one.cyclomatic_complexity, one.end_line) for one in found]


def last_part(name: str) -> str:
    """`A::b`, `a.b` -> `b`; all names of the nameless are one."""
    last = name.replace(" ", "").split("::")[-1].split(".")[-1].lstrip("*&")
    return "(anonymous)" if not last or last.startswith("anonymous__") else last


def compare(path: Path, text: str, language: str, tally: Tally) -> None:
    """Match the functions of one file and add them up."""
    mine = ours(text, language)
    found = theirs(path, text) if mine is not None else None
    if mine is None or found is None:
        tally.failures += mine is not None
        return
    tally.files += 1
    left: defaultdict[tuple[int, str], list[Counted]] = defaultdict(list)
    for one in found:
        left[one.line, one.name].append(one)
    pairs = [(one, left[one.line, one.name].pop(0) if left.get((one.line, one.name)) else None) for one in mine]
    unmatched = [one for one, other in pairs if other is None]
    unclaimed = [other for others in left.values() for other in others]
    tally.only_ours += [f"{path}:{one.line} {one.name} ours {one.cyclomatic}" for one in unmatched]
    tally.only_lizard += [f"{path}:{one.line} {one.name} lizard {one.cyclomatic}" for one in unclaimed]
    lines = text.split("\n")
    lonely = [one.line for one in unmatched + unclaimed]
    for one, other in pairs:
        if other is None:
            continue
        if one.cyclomatic == other.cyclomatic:
            tally.equal += 1
            continue
        row = f"{path}:{one.line} {one.name} ours {one.cyclomatic} lizard {other.cyclomatic}"
        (tally.named if is_named(one, lines, lonely, language) else tally.different).append(row)


def is_named(one: Counted, lines: list[str], lonely: list[int], language: str) -> bool:
    """Whether a function has a construct that the docs name, or in it one that only one of the two sees."""
    if any(one.line <= line <= one.last_line for line in lonely):
        return True
    pattern = NAMED_DIFFERENCES.get(language)
    return pattern is not None and re.search(pattern, "\n".join(lines[one.line - 1 : one.last_line])) is not None


def sources(folder: Path) -> Iterator[tuple[Path, str, str]]:
    """Path, text and language of the source files below a folder, minified ones left out."""
    for path in sorted(folder.rglob("*")):
        language = LANGUAGE_BY_SUFFIX.get(path.suffix)
        if language is None or not path.is_file() or path.stat().st_size > MAX_BYTES or path.name.endswith(".d.ts"):
            continue
        text = path.read_text("utf-8", errors="replace")
        if max(map(len, text.splitlines()), default=0) <= MAX_LINE_LENGTH:
            yield path, text, language


def tally_folder(folder: Path, only: str | None = None, max_files: int = sys.maxsize) -> dict[str, Tally]:
    """Compare all files of a folder, by language."""
    tallies: defaultdict[str, Tally] = defaultdict(Tally)
    for path, text, language in sources(folder):
        if (only is None or language == only) and tallies[language].files < max_files:
            compare(path, text, language, tallies[language])
    return dict(tallies)


def main() -> None:
    """Print the table, and with --show some of the functions that differ."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("folder", type=Path)
    arguments.add_argument("--language")
    arguments.add_argument("--max-files", type=int, default=sys.maxsize)
    arguments.add_argument("--show", type=int, default=0)
    options = arguments.parse_args()
    out = sys.stdout.write
    out("language     files  matched   equal    share  named  unnamed  share without named  only ours  only lizard\n")
    for language, tally in tally_folder(options.folder, options.language, options.max_files).items():
        share = tally.equal / max(1, tally.matched)
        unnamed = tally.equal / max(1, tally.equal + len(tally.different))
        out(
            f"{language:<11} {tally.files:>6} {tally.matched:>8} {tally.equal:>7} {share:>8.4f} {len(tally.named):>6}"
            f" {len(tally.different):>8} {unnamed:>20.4f} {len(tally.only_ours):>10} {len(tally.only_lizard):>12}\n"
        )
        for kind in ("different", "named", "only_ours", "only_lizard"):
            rows = getattr(tally, kind)
            step = max(1, len(rows) // (options.show or 1))
            out("".join(f"  {kind}: {row}\n" for row in rows[::step][: options.show]))


if __name__ == "__main__":
    main()
