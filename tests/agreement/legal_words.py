"""Choose the legal words of the license block: `python -m tests.agreement.legal_words FOLDER > .../legal_words.txt`.

Every rule that scancode can match contains at least one of them, so a file without any of them has no match. Words of
the law (a pattern) come first; the rest is a greedy cover of the rules left over, preferring words that are rare in the
source code below FOLDER, since each hit in code costs time.
"""

from __future__ import annotations

import re
import sys
from collections import Counter, defaultdict
from pathlib import Path

from seedbed.blocks.license.detect import rule_words
from seedbed.blocks.license.prefilter import PAIRS, fold

STEMS = re.compile(
    rb"licen|lisen|lisc|copyright|copyleft|redistrib|warrant|permiss|permitt|spdx|gpl|apache|trademark|merchantab|^liab|"
    rb"infring|proprietar|royalt|patent|disclaim|^hereby|creativecommons|opensource|domian"
)
SUFFIXES = {".py", ".js", ".ts", ".tsx", ".c", ".h", ".cc", ".cpp", ".hpp", ".java", ".go", ".rs", ".pyx"}
MAX_LINES_PER_MILLION = 320


def line_counts(folder: Path) -> tuple[Counter[bytes], int]:
    """In how many lines of the code each word stands, and the number of lines."""
    counts: Counter[bytes] = Counter()
    lines = 0
    for path in sorted(folder.rglob("*")):
        if path.suffix in SUFFIXES and path.is_file():
            for line in fold(path.read_bytes()).split(b"\n"):
                counts.update(set(line.split()))
                lines += 1
    return counts, lines


def cover(rules: list[frozenset[bytes]], cost: Counter[bytes], most: float) -> set[bytes]:
    """Greedy choice of words so that every rule that can be covered is."""
    by_word: dict[bytes, set[int]] = defaultdict(set)
    for number, words in enumerate(rules):
        for word in words:
            if cost[word] <= most and len(word) > 1:
                by_word[word].add(number)
    chosen: set[bytes] = set()
    while by_word:
        best = max(sorted(by_word), key=lambda word: len(by_word[word]) / (cost[word] + 1))
        chosen.add(best)
        gone = by_word.pop(best)
        by_word = defaultdict(set, {word: left for word, rest in by_word.items() if (left := rest - gone)})
    return chosen


def main(folder: str) -> None:
    """Print the words, one a line, sorted."""
    cost, lines = line_counts(Path(folder))
    rules = list(rule_words().values())
    vocabulary = frozenset().union(*rules)
    stems = {word for word in vocabulary if STEMS.search(word)}
    left = [words for words in rules if not words & stems and not any(pair <= words for pair in PAIRS)]
    chosen = stems | cover(left, cost, most=MAX_LINES_PER_MILLION * lines / 1e6)
    sys.stdout.write("".join(f"{word.decode()}\n" for word in sorted(chosen)))


if __name__ == "__main__":
    main(sys.argv[1])
