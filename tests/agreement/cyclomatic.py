"""How often our cyclomatic complexity equals lizard's, function by function, on the files of a folder.

    python tests/agreement/cyclomatic.py FOLDER [--language Go] [--show 20]

Functions are matched by the line of their name and its last part; what only one of the two sees is counted apart.
"""

from __future__ import annotations

import argparse
import sys
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import lizard

from seedbed.parsing import error_ratio, parse, walk

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

Counted = list[tuple[int, str, int]]
"""Line, name and cyclomatic complexity of each function."""


@dataclass
class Tally:
    """What came out for one language."""

    files: int = 0
    equal: int = 0
    different: list[str] = field(default_factory=list)
    only_ours: list[str] = field(default_factory=list)
    only_lizard: list[str] = field(default_factory=list)

    @property
    def matched(self) -> int:
        """Functions that both see."""
        return self.equal + len(self.different)


def ours(text: str, language: str) -> Counted | None:
    """Our count; None when the file has syntax errors, where the two may see different functions."""
    parsed = parse(text, language)
    if parsed is None or error_ratio(parsed) > 0:
        return None
    return [(one.start_line, last_part(one.name), one.cyclomatic) for one in walk(parsed).functions]


def theirs(path: Path, text: str) -> Counted:
    """Lizard's count."""
    found = lizard.analyze_file.analyze_source_code(str(path), text).function_list
    return [(one.start_line, last_part(one.name), one.cyclomatic_complexity) for one in found]


def last_part(name: str) -> str:
    """`A::b`, `a.b` -> `b`; all names of the nameless are one."""
    last = name.replace(" ", "").split("::")[-1].split(".")[-1].lstrip("*&")
    return "(anonymous)" if not last or last.startswith("anonymous__") else last


def compare(path: Path, text: str, language: str, tally: Tally) -> None:
    """Match the functions of one file and add them up."""
    mine = ours(text, language)
    if mine is None:
        return
    tally.files += 1
    left: defaultdict[tuple[int, str], list[int]] = defaultdict(list)
    for line, name, cyclomatic in theirs(path, text):
        left[line, name].append(cyclomatic)
    for line, name, cyclomatic in mine:
        where = f"{path}:{line} {name} ours {cyclomatic}"
        if not left.get((line, name)):
            tally.only_ours.append(where)
        elif (expected := left[line, name].pop(0)) == cyclomatic:
            tally.equal += 1
        else:
            tally.different.append(f"{where} lizard {expected}")
    tally.only_lizard += [f"{path}:{line} {name} {counts}" for (line, name), counts in left.items() if counts]


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
    out("language     files  matched  equal      share  only ours  only lizard\n")
    for language, tally in tally_folder(options.folder, options.language, options.max_files).items():
        share = tally.equal / tally.matched if tally.matched else 0.0
        out(
            f"{language:<11} {tally.files:>6} {tally.matched:>8} {tally.equal:>6} {share:>10.4f}"
            f" {len(tally.only_ours):>10} {len(tally.only_lizard):>12}\n"
        )
        for kind in ("different", "only_ours", "only_lizard"):
            rows = getattr(tally, kind)
            out("".join(f"  {kind}: {row}\n" for row in rows[:: max(1, len(rows) // (options.show or 1))][: options.show]))


if __name__ == "__main__":
    main()
