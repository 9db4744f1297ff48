"""Restrictive notices in other words: `python -m tests.agreement.reworded {headers,wide,rules} ...`.

    headers SEED ...          of each license in scancode's index whose category is restrictive, the shortest notice of 20 to
                              120 words, one word in twelve replaced, as the header of a source file beside an MIT LICENSE:
                              who lets the file pass, we or scancode's own detection of the same file
    wide COUNT SEED ...       the same for COUNT rules drawn from all restrictive notices, references, tags and texts of 4 to
                              200 words; scancode is asked about the files only that we let pass
    rules                     the plain text of every rule of the index through the prefilter: it must find a region in each

Restrictive categories: Copyleft, Copyleft Limited, Proprietary Free, Commercial, Free Restricted, Source-available, Patent
License. Negations, `only` and `without` are never replaced. With --tree TREE the code of another working tree judges. Where
scancode refuses a file, letting it pass is a fault; where it lets the changed words pass too, the case is only counted.
"""

from __future__ import annotations

import argparse
import random
import re
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from licensedcode.cache import get_index, get_licenses_db
from scancode.api import get_licenses

from seedbed.data.filters.license.expressions import conjunction
from seedbed.data.filters.license.policy import DEFAULT_ALLOW, allowed
from tests.agreement.verdicts import HERE, Verdict, inspect

RESTRICTIVE = frozenset(
    {"Copyleft", "Copyleft Limited", "Proprietary Free", "Commercial", "Free Restricted", "Source-available", "Patent License"}
)
HEADER_WORDS = range(20, 121)
WIDE_WORDS = range(4, 201)
ONE_IN = 12
_SACRED = frozenset("not no non nor neither never none only without cannot unless except nothing".split())
_SWAPS = {
    "use": "employ", "copy": "duplicate", "modify": "alter", "distribute": "hand out", "redistribute": "hand on",
    "software": "program", "program": "work", "source": "original", "code": "text", "file": "document", "files": "documents",
    "the": "this", "this": "the", "a": "one", "of": "from", "under": "by", "and": "plus", "or": "else", "is": "remains",
    "are": "remain", "may": "can", "must": "has to", "shall": "will", "permitted": "allowed", "permission": "consent",
    "prohibited": "forbidden", "granted": "given", "license": "licence", "licensed": "offered", "terms": "rules",
    "conditions": "provisions", "agreement": "contract", "copyright": "authorship", "commercial": "business",
    "confidential": "secret", "proprietary": "private", "rights": "titles", "reserved": "kept", "see": "consult", "for": "towards",
    "with": "having", "by": "from", "to": "onto", "in": "within", "you": "one", "any": "each", "all": "every",
}  # fmt: skip
"""What an editor may write for a word. A word that is not here becomes one of the words below."""
_FILLERS = tuple("item part unit entry piece thing element module section matter".split())

_STYLES = {
    "main.py": ("", "# ", "", "def total(values):\n    result = 0\n    for value in values:\n        result += value\n    return result\n"),
    "main.c": ("/*\n", " * ", " */\n", "int total(const int *values, int count)\n{\n    int result = 0;\n    while (count--)\n        result += *values++;\n    return result;\n}\n"),
    "main.js": ("", "// ", "", "export function total(values) {\n  let result = 0;\n  for (const value of values) {\n    result += value;\n  }\n  return result;\n}\n"),
    "main.go": ("", "// ", "\n", "package total\n\nfunc Total(values []int) int {\n\tresult := 0\n\tfor _, value := range values {\n\t\tresult += value\n\t}\n\treturn result\n}\n"),
    "main.rs": ("", "//! ", "\n", "pub fn total(values: &[i64]) -> i64 {\n    let mut result = 0;\n    for value in values {\n        result += value;\n    }\n    result\n}\n"),
}  # fmt: skip
"""File name: what opens, leads and closes its header, and a body that states nothing."""


@dataclass(frozen=True, slots=True)
class Case:
    """A file whose header is a rule's text in other words."""

    rule: Any
    folder: Path
    name: str

    @property
    def file(self) -> Path:
        """The source file."""
        return self.folder / self.name


def words_of(rule: Any) -> list[str]:
    """The rule's words, without the marks around required ones."""
    text: str = rule.text
    return text.replace("{{", "").replace("}}", "").split()


def is_restrictive(rule: Any) -> bool:
    """The rule names a license of a restrictive category, none of its sides is allowed, and it is no false positive."""
    if not rule.license_expression or rule.is_false_positive or rule.is_license_clue or rule.is_license_intro:
        return False
    licenses = get_licenses_db()
    spdx = rule.spdx_license_expression() or ""
    is_bad = any(licenses[key].category in RESTRICTIVE for key in rule.license_keys())
    return is_bad and not allowed(conjunction([spdx]), DEFAULT_ALLOW)


def header_rules() -> list[Any]:
    """Of each single restrictive license the shortest notice of HEADER_WORDS."""
    shortest: dict[str, Any] = {}
    for rule in sorted(get_index().rules_by_rid, key=lambda rule: (len(words_of(rule)), rule.identifier)):
        is_single = " " not in (rule.license_expression or " ")
        if is_single and rule.is_license_notice and len(words_of(rule)) in HEADER_WORDS and is_restrictive(rule):
            shortest.setdefault(rule.license_expression, rule)
    return list(shortest.values())


def wide_rules(count: int, seed: int) -> list[Any]:
    """COUNT restrictive rules of any kind."""
    fitting = [
        rule
        for rule in get_index().rules_by_rid
        if is_restrictive(rule)
        and len(words_of(rule)) in WIDE_WORDS
        and (rule.is_license_notice or rule.is_license_reference or rule.is_license_tag or rule.is_license_text)
    ]
    return random.Random(seed).sample(sorted(fitting, key=lambda rule: str(rule.identifier)), min(count, len(fitting)))


def reworded(rule: Any, chance: random.Random) -> str:
    """The rule's text, in its lines, one word of each ONE_IN replaced."""
    text: str = rule.text.replace("{{", "").replace("}}", "")
    words = list(re.finditer(r"[A-Za-z]{2,}", text))
    free = [index for index, word in enumerate(words) if word.group().lower() not in _SACRED]
    count = max(1, round(len(words) / ONE_IN))
    spans = [words[index].span() for index in sorted(chance.sample(free, min(count, len(free))))]
    for start, end in reversed(spans):
        text = text[:start] + _instead(text[start:end], chance) + text[end:]
    return text


def _instead(word: str, chance: random.Random) -> str:
    new = _SWAPS.get(word.lower()) or chance.choice(_FILLERS)
    return new.capitalize() if word[0].isupper() else new


def write(rules: Sequence[Any], seed: int, place: Path) -> list[Case]:
    """A folder for each rule: LICENSE, and a source file with the header."""
    chance = random.Random(seed)
    cases = []
    for number, rule in enumerate(rules):
        name = chance.choice(sorted(_STYLES))
        case = Case(rule, place / f"c{number:04d}", name)
        case.folder.mkdir(parents=True)
        (case.folder / "LICENSE").write_text(mit(), "utf-8")
        case.file.write_text(source(name, reworded(rule, chance)), "utf-8")
        cases.append(case)
    return cases


def source(name: str, header: str) -> str:
    """A source file under a header."""
    opening, lead, closing, body = _STYLES[name]
    lines = "".join(f"{lead}{line}".rstrip() + "\n" for line in header.replace("*/", "* /").strip("\n").splitlines())
    return f"{opening}{lines}{closing}\n{body}"


def mit() -> str:
    """The MIT text, as scancode's index has it."""
    text: str = get_licenses_db()["mit"].text
    return f"Copyright (c) 2021 A. Person\n\n{text}"


def scancode_refuses(file: Path) -> bool:
    """What scancode's command finds in a file, beside an MIT LICENSE, is not allowed."""
    found = get_licenses(str(file))["detected_license_expression_spdx"]
    return not allowed(conjunction([found, "MIT"]), DEFAULT_ALLOW)


def outcomes(rules: Sequence[Any], seed: int, tree: Path, *, ask_all: bool) -> Counter[str]:
    """Write, judge and count; print each file that we let pass and scancode refuses."""
    counts: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as place:
        cases = write(rules, seed, Path(place))
        passing = {verdict.path: verdict.may_be_kept for verdict in judged(cases, tree)}
        for case in cases:
            keeps = passing[f"{case.folder.name}/{case.name}"]
            refuses = scancode_refuses(case.file) if keeps or ask_all else None
            counts[_side(keeps, refuses)] += 1
            if keeps:
                counts[f"  passed, rule is a {kind(case.rule)}"] += 1
            if keeps and refuses:
                show(case)
    return counts


def judged(cases: Iterable[Case], tree: Path) -> Iterator[Verdict]:
    """Our verdicts on the cases."""
    return inspect([case.folder for case in cases], tree)


def _side(keeps: bool, refuses: bool | None) -> str:
    if refuses is None:
        return "refused by us"
    return {
        (True, True): "FAULT: passed by us, refused by scancode",
        (True, False): "passed by both",
        (False, True): "refused by both",
        (False, False): "refused by us, passed by scancode",
    }[keeps, refuses]


def kind(rule: Any) -> str:
    """The rule's kind in one word."""
    return next((word for word in ("notice", "reference", "tag", "text") if getattr(rule, f"is_license_{word}")), "other")


def show(case: Case) -> None:
    """Print a fault."""
    words = " ".join(case.file.read_text("utf-8").split())
    sys.stdout.write(f"  {case.rule.identifier} ({case.rule.license_expression}) in {case.name}: {words[:300]}\n")


def unreached() -> None:
    """Print every rule whose own text the prefilter passes over."""
    from seedbed.data.filters.license.prefilter import plain_lines, regions

    rules = [rule for rule in get_index().rules_by_rid if rule.license_expression]
    missed = [rule for rule in rules if not regions(plain_lines(" ".join(words_of(rule))))]
    restrictive = [rule for rule in missed if is_restrictive(rule)]
    sys.stdout.write(f"rules {len(rules)}; not found by their own text {len(missed)}, restrictive {len(restrictive)}\n")
    for rule in missed:
        sys.stdout.write(f"  {rule.identifier} ({rule.license_expression}): {' '.join(words_of(rule))[:100]}\n")


def main() -> None:
    """Run one of the three."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.agreement.reworded", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--tree", type=Path, default=HERE, help="the working tree whose code judges (default: this)")
    steps = parser.add_subparsers(dest="step", required=True)
    headers = steps.add_parser("headers")
    headers.add_argument("--kept", action="store_true", help="ask scancode only about the files that we let pass (faster)")
    headers.add_argument("seeds", type=int, nargs="+", metavar="SEED")
    wide = steps.add_parser("wide")
    wide.add_argument("count", type=int, metavar="COUNT")
    wide.add_argument("seeds", type=int, nargs="+", metavar="SEED")
    steps.add_parser("rules")
    options = parser.parse_args()
    if options.step == "rules":
        unreached()
        return
    for seed in options.seeds:
        rules = header_rules() if options.step == "headers" else wide_rules(options.count, seed)
        counts = outcomes(rules, seed, options.tree, ask_all=options.step == "headers" and not options.kept)
        sys.stdout.write(f"seed {seed}, {len(rules)} rules: {dict(sorted(counts.items()))}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
