"""License evidence: the expression, and the rules, files and lines behind it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, replace

from seedbed.core.manifests.columns import Column
from seedbed.data.filters.license.expressions import category, conjunction, is_unknown, keys

NOT_SCANNED = "LicenseRef-scancode-unknown-license-reference"
"""Expression of text that was not scanned: an unknown license, so that the policy rejects it."""


_MATCH_FIELDS = (
    Column("expression", "string", "SPDX", "what the matched words say"),
    Column("rule", "string", "", "scancode's rule that matched"),
    Column("matcher", "string", "", "how it matched: 1-hash, 1-spdx-id, 2-aho or 3-seq"),
    Column("score", "float32", "percent", "how well it matched, in scancode's measure"),
    Column("file", "string", "", "file that holds the words, as a path inside the archive"),
    Column("start_line", "int32", "line", "first line of the words, counted from 1"),
    Column("end_line", "int32", "line", "last line of the words"),
)

EVIDENCE_FIELDS = (
    Column("expression", "string", "SPDX", "what this evidence says"),
    Column("category", "string", "", "most restrictive category in it, in scancode's words"),
    Column("inherited", "bool", "", "said of the folder or the package, not in the file itself"),
    Column("files", "list<string>", "", "where it is said, as paths inside the archive"),
    Column("matches", "list", "", "the matches behind the expression", fields=_MATCH_FIELDS),
)
"""Inside of the published `license_*` columns."""


@dataclass(frozen=True, slots=True)
class RuleMatch:
    """One rule that matched. `score` in [0, 100]; lines are 1-based and inclusive.

    `refers` are files it points to; `is_classifier` says that the words are a trove classifier of a Python package.
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
        del row["refers"], row["is_classifier"]
        return row


@dataclass(frozen=True, slots=True)
class LicenseFinding:
    """Matches that belong together, and their expression; None for a mere clue."""

    expression: str | None
    matches: tuple[RuleMatch, ...]

    def placed(self, file: str, lines_above: int) -> LicenseFinding:
        """The finding with the lines of the whole file."""
        return LicenseFinding(self.expression, tuple(match.placed(file, lines_above) for match in self.matches))

    def without(self, answered: Callable[[RuleMatch], bool]) -> LicenseFinding:
        """The finding without the pointers whose license files count by themselves."""
        rest = [match for match in self.matches if not (match.is_pointer and answered(match))]
        if len(rest) == len(self.matches):
            return self
        return LicenseFinding(conjunction(match.expression for match in rest), self.matches)


def unknown(why: str, file: str = "", lines: tuple[int, int] = (1, 1), refers: tuple[str, ...] = ()) -> LicenseFinding:
    """An unknown license, for text that was not scanned or not understood."""
    return LicenseFinding(NOT_SCANNED, (RuleMatch(NOT_SCANNED, why, "none", 0.0, *lines, file, refers),))


def stem(path: str) -> str:
    """File name without folders and last suffix, in lower case, as people write it in a sentence."""
    name = path.replace("\\", "/").rsplit("/", 1)[-1].lower()
    head, dot, tail = name.rpartition(".")
    return head if dot and head and tail in {"txt", "md", "rst", "html", "terms"} else name


@dataclass(frozen=True, slots=True)
class Evidence:
    """One piece of evidence on a sample's license: an SPDX expression, its category, and the matches behind it.

    inherited: it stands in a license file or a manifest above the sample, not in the sample itself.
    files: those that it stands in.
    """

    expression: str
    category: str
    inherited: bool
    files: tuple[str, ...]
    matches: tuple[RuleMatch, ...]

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
    """The findings of a file as one piece of evidence; None when none names a license."""
    stated = [finding for finding in findings if finding.expression]
    expression = conjunction(finding.expression for finding in stated)
    if expression is None:
        return None
    matches = tuple(match for finding in stated for match in finding.matches)
    return Evidence(expression, category(expression), inherited, (file,), matches)


def join(evidences: Iterable[Evidence], expression: str | None = None) -> Evidence | None:
    """Several pieces of inherited evidence as one: all of them hold, unless `expression` says how they combine."""
    parts = list(evidences)
    joined = expression or conjunction(part.expression for part in parts)
    if joined is None:
        return None
    files = tuple(dict.fromkeys(file for part in parts for file in part.files))
    matches = tuple(match for part in parts for match in part.matches)
    return Evidence(joined, category(joined), True, files, matches)
