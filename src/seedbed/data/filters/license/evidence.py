"""License evidence: the expression, and the rules, files and lines behind it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Final, Literal

from seedbed.core.manifests.columns import Column
from seedbed.data.filters.license.expressions import RESERVED, category, conjunction, is_unknown, keys

__all__ = ["RESERVED"]

UNKNOWN = "LicenseRef-scancode-unknown-license-reference"
"""Expression of text that was not scanned or not understood: an unknown license, so that the policy rejects it."""

NOT_SCANNED = UNKNOWN

Role = Literal["decides", "pointer", "repeats", "clue", "discarded", "quoted", "elsewhere"]

ROLES: Final[dict[Role, str]] = {
    "decides": "it is part of the expression",
    "pointer": "it refers to a license file, which decides in its place",
    "repeats": "it names a side of a choice that another field of the manifest states",
    "clue": "a clue of scancode's, or a bare name, without an expression",
    "discarded": "a match that scancode's own detection threw away",
    "quoted": "it stands in a string of the program, among other licenses",
    "elsewhere": "it speaks of other files, such as documentation, pictures or a bundled script",
}
"""What a match does for its evidence. Only `decides` makes the expression; the others are found and say why they do not."""

MAX_QUOTE = 300
"""Most characters of a quotation, the mark of what was left out included."""

_MATCH_FIELDS = (
    Column("expression", "string", "SPDX", "what the matched words say"),
    Column("rule", "string", "", "scancode's rule that matched"),
    Column("matcher", "string", "", "how it matched: 1-hash, 1-spdx-id, 2-aho or 3-seq"),
    Column("score", "float32", "percent", "how well it matched, in scancode's measure"),
    Column("file", "string", "", "file that holds the words, as a path inside the archive"),
    Column("start_line", "int32", "line", "first line of the words, counted from 1"),
    Column("end_line", "int32", "line", "last line of the words"),
    Column("role", "string", "", f"what it does for the expression: {', '.join(ROLES)}"),
    Column("text", "string", "", f"those lines, white space folded, at most {MAX_QUOTE} characters"),
    Column("url", "string", "", "the text of the rule, or SPDX's page of the license; empty where there is none"),
)

EVIDENCE_FIELDS = (
    Column("expression", "string", "SPDX", "what this evidence says; null where no match decides", nullable=True),
    Column("category", "string", "", "most restrictive category in it, in scancode's words", nullable=True),
    Column("inherited", "bool", "", "said of the folder or the package, not in the file itself"),
    Column("files", "list<string>", "", "where it is said, as paths inside the archive"),
    Column("matches", "list", "", "all matches, also those that do not decide", fields=_MATCH_FIELDS),
)
"""Inside of the published `license_*` columns."""


@dataclass(frozen=True, slots=True)
class RuleMatch:
    """One rule that matched. `score` in [0, 100]; lines are 1-based and inclusive.

    `refers` are files it points to; `is_classifier` says that the words are a trove classifier of a Python package.
    `is_full` says that the words are a license text, a notice or an SPDX line, and not a mere name.
    `text` is a quotation of the matched lines, `url` the page of the rule, `role` what the match does for the expression.
    """

    expression: str
    rule: str
    matcher: str
    score: float
    start_line: int
    end_line: int
    file: str = ""
    refers: tuple[str, ...] = ()
    is_classifier: bool = False
    text: str = ""
    url: str = ""
    role: Role = "decides"
    is_full: bool = False

    def placed(self, file: str, lines_above: int) -> RuleMatch:
        """The match with the lines of the whole file, which has `lines_above` lines before the part that matched."""
        return replace(self, file=file, start_line=self.start_line + lines_above, end_line=self.end_line + lines_above)

    @property
    def is_pointer(self) -> bool:
        """It names files, and no license."""
        return bool(self.refers) and all(is_unknown(key) for key in keys(self.expression))

    def row(self) -> dict[str, object]:
        """The match as a value of the published `matches` column."""
        row = asdict(self)
        del row["refers"], row["is_classifier"], row["is_full"]
        return row


@dataclass(frozen=True, slots=True)
class LicenseFinding:
    """Matches that belong together, and their expression; None for a mere clue."""

    expression: str | None
    matches: tuple[RuleMatch, ...]

    def placed(self, file: str, lines_above: int) -> LicenseFinding:
        """The finding with the lines of the whole file."""
        return LicenseFinding(self.expression, tuple(match.placed(file, lines_above) for match in self.matches))

    @property
    def decides(self) -> bool:
        """It has an expression, and not only matches that were set aside."""
        return bool(self.expression) and (not self.matches or any(match.role == "decides" for match in self.matches))

    def without(self, answered: Callable[[RuleMatch], bool]) -> LicenseFinding:
        """The finding without the pointers whose license files count by themselves."""
        return self.set_aside("pointer", lambda match: match.is_pointer and answered(match))

    def set_aside(self, role: Role, chosen: Callable[[RuleMatch], bool]) -> LicenseFinding:
        """The finding with another role for the chosen matches that decide; all others that do make its expression."""
        matches = tuple(replace(m, role=role) if m.role == "decides" and chosen(m) else m for m in self.matches)
        if matches == self.matches:
            return self
        rest = conjunction(match.expression for match in matches if match.role == "decides")
        return LicenseFinding(rest if self.expression else None, matches)

    def as_listed(self) -> tuple[RuleMatch, ...]:
        """Its matches for the evidence; those of a finding without an expression are clues, if nothing else."""
        return self.matches if self.expression else self.set_aside("clue", lambda _: True).matches


def unknown(
    why: str, file: str = "", lines: tuple[int, int] = (1, 1), refers: tuple[str, ...] = (), text: str = ""
) -> LicenseFinding:
    """An unknown license, for text that was not scanned or not understood. Args: text: the words that were not."""
    return LicenseFinding(UNKNOWN, (RuleMatch(UNKNOWN, why, "none", 0.0, *lines, file, refers, text=quotation(text)),))


def reserved(why: str, file: str = "", lines: tuple[int, int] = (1, 1), text: str = "") -> LicenseFinding:
    """A reservation against AI training or text and data mining. Args: text: the sentence that reserves."""
    return LicenseFinding(RESERVED, (RuleMatch(RESERVED, why, "none", 0.0, *lines, file, text=quotation(text)),))


def quotation(text: str) -> str:
    """A quotation on one line, of at most `MAX_QUOTE` characters.

    >>> quotation("Licensed under\\n    the MIT license")
    'Licensed under the MIT license'
    """
    words = " ".join(text[: 8 * MAX_QUOTE].split())
    return words if len(words) <= MAX_QUOTE else f"{words[: MAX_QUOTE - 1].rstrip()}\u2026"


def stem(path: str) -> str:
    """File name without folders and last suffix, in lower case, as people write it in a sentence."""
    name = path.replace("\\", "/").rsplit("/", 1)[-1].lower()
    head, dot, tail = name.rpartition(".")
    return head if dot and head and tail in {"txt", "md", "rst", "html", "terms"} else name


@dataclass(frozen=True, slots=True)
class Evidence:
    """One piece of evidence on a sample's license: an SPDX expression, its category, and the matches behind it.

    Without a match that decides there is neither expression nor category: such evidence is silent. It shows what was found,
    and it allows, forbids and hides nothing.

    inherited: it stands in a license file or a manifest above the sample, not in the sample itself.
    files: those that state the expression.
    """

    expression: str | None
    category: str | None
    inherited: bool
    files: tuple[str, ...]
    matches: tuple[RuleMatch, ...]

    @property
    def keys(self) -> tuple[str, ...]:
        """License and exception keys in the expression."""
        return keys(self.expression) if self.expression else ()

    def row(self) -> dict[str, object]:
        """The evidence as a value of one of the published `license_*` columns."""
        return {
            "expression": self.expression,
            "category": self.category,
            "inherited": self.inherited,
            "files": list(self.files),
            "matches": [match.row() for match in self.matches],
        }


def collect(findings: Sequence[LicenseFinding], file: str, *, inherited: bool) -> Evidence | None:
    """The findings of a file as one piece of evidence, silent when none of them decides; None when there are none."""
    matches = tuple(match for finding in findings for match in finding.as_listed())
    expression = conjunction(finding.expression for finding in findings if finding.decides)
    if expression is None:
        return Evidence(None, None, inherited, (), matches) if matches else None
    return Evidence(expression, category(expression), inherited, (file,), matches)


def join(evidences: Iterable[Evidence], expression: str | None = None) -> Evidence | None:
    """Several pieces of inherited evidence as one: all of them hold, unless `expression` says how they combine."""
    parts = list(evidences)
    joined = expression or conjunction(part.expression for part in parts)
    files = tuple(dict.fromkeys(file for part in parts for file in part.files))
    matches = tuple(dict.fromkeys(match for part in parts for match in part.matches))
    if joined is None:
        return Evidence(None, None, True, (), matches) if matches else None
    return Evidence(joined, category(joined), True, files, matches)


def stated(evidence: Evidence | None) -> Evidence | None:
    """The evidence if it states a license; None for a silent one."""
    return evidence if evidence and evidence.expression else None
