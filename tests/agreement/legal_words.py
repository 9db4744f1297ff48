"""Choose the legal words of the license block: `python -m tests.agreement.legal_words FOLDER > .../legal_words.txt`.

The text of every rule that scancode can match contains at least one of them, so a file without any of them has no match.
The texts are taken as their authors wrote them: the index keeps one spelling of each word and loses the others. Words of
the law (a pattern) come first; the rest is a greedy cover of the rules left over by words, or by pairs of words that
follow each other, preferring what is rare in the source code below FOLDER, since each hit in code costs time.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections import Counter, defaultdict
from itertools import pairwise
from pathlib import Path

from seedbed.data.filters.license.detect import rule_texts
from seedbed.data.filters.license.prefilter import fold, plain_lines

STEMS = re.compile(
    rb"licen|lisen|lisc|copyright|copyleft|redistrib|warrant|permiss|permitt|spdx|gpl|apache|trademark|merchantab|^liab|"
    rb"infring|propriet|royalt|patent|disclaim|^hereby|creativecommons|opensource|domian|^confidential|^unpublished|"
    rb"^prohibited$|^disclos(?:e|ed|ure)$|nondisclosure|^noncommercial|^unauthori[sz]ed$|^eupl|^cddl|cecill|^sspl|^busl|openrail|^polyform|^gfdl"
)
PHRASES = {(b"public", b"domain"), (b"mit", b"or"), (b"or", b"mit"), (b"mit", b"and"), (b"and", b"mit")} | {
    (b"distributed", b"under"), (b"cc", b"by"), (b"bsd", b"2"), (b"bsd", b"3"), (b"clause", b"bsd"), (b"2", b"clause"),
    (b"mpl", b"2"), (b"modified", b"bsd"),
}  # fmt: skip
"""Legal whatever they cost."""
SUFFIXES = {".py", ".js", ".ts", ".tsx", ".c", ".h", ".cc", ".cpp", ".hpp", ".java", ".go", ".rs", ".pyx"}
MAX_BYTES = 1_000_000
"""Larger files are data."""
MIN_LETTERS = 4
"""Shorter words are the identifiers of minified code; they count in pairs only."""
MAX_PER_MILLION = 60
"""Lines of code in a million that may hold a word or a pair which is chosen."""

Words = tuple[bytes, ...]


def line_counts(folder: Path) -> tuple[Counter[Words], int]:
    """In how many lines of the code each word and each pair stands, and the number of lines."""
    counts: Counter[Words] = Counter()
    lines = 0
    for path in sorted(folder.rglob("*")):
        if path.suffix in SUFFIXES and path.is_file() and path.stat().st_size < MAX_BYTES:
            for line in fold(path.read_bytes()).split(b"\n"):
                words = line.split()
                counts.update({(word,) for word in words} | set(pairwise(words)))
                lines += 1
    return counts, lines


def candidates(rule: Words, cost: Counter[Words], lines: int) -> dict[Words, int]:
    """Words and pairs of a rule that may stand for it, each with the lines of code in which to expect it."""
    millions = lines / 1e6
    if len(set(rule)) == 1:
        return {rule[:1]: cost[rule[:1]]}
    single = {(word,) for word in rule if len(word) >= MIN_LETTERS}
    pairs = {pair for pair in pairwise(rule) if pair[0] != pair[1] and len(b"".join(pair)) >= MIN_LETTERS}
    offered = {choice: cost[choice] for choice in single | pairs}
    return {choice: lines for choice, lines in offered.items() if lines <= MAX_PER_MILLION * millions} or _cheapest(offered, rule)


def _cheapest(offered: dict[Words, int], rule: Words) -> dict[Words, int]:
    """A rule whose words are all common must be found too."""
    offered = offered or dict.fromkeys(pairwise(rule), 0) or {(word,): 0 for word in rule}
    best = min(sorted(offered), key=offered.__getitem__)
    return {best: offered[best]}


def cover(rules: list[Words], cost: Counter[Words], lines: int) -> set[Words]:
    """Greedy choice of words and pairs so that every rule that can be covered is."""
    costs: dict[Words, int] = {}
    by_choice: dict[Words, set[int]] = defaultdict(set)
    for number, rule in enumerate(rules):
        offered = candidates(rule, cost, lines)
        costs |= offered
        for choice in offered:
            by_choice[choice].add(number)
    chosen: set[Words] = set()
    left = {number for numbers in by_choice.values() for number in numbers}
    while left:
        best = max(sorted(by_choice), key=lambda choice: len(by_choice[choice] & left) / (costs[choice] + 1))
        chosen.add(best)
        left -= by_choice.pop(best)
    return chosen


def main(folder: str) -> None:
    """Print the words and the pairs, one a line, sorted."""
    cost, lines = line_counts(Path(folder))
    texts = (tuple(fold(plain_lines(text)).split()) for text in rule_texts().values())
    rules = sorted({rule for rule in texts if rule})
    stems = {word for rule in rules for word in rule if STEMS.search(word)}
    left = [rule for rule in rules if stems.isdisjoint(rule) and PHRASES.isdisjoint(pairwise(rule))]
    chosen = {(word,) for word in stems} | PHRASES | cover(left, cost, lines)
    sys.stdout.write("".join(b" ".join(choice).decode() + "\n" for choice in sorted(chosen)))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m tests.agreement.legal_words", description=__doc__)
    parser.add_argument("folder", metavar="FOLDER", help="source code that says which words are rare")
    main(parser.parse_args().folder)
