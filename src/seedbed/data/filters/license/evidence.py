"""What is known about a license, and from where: the rule that matched, the file and the lines."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, replace

from seedbed.core.manifests.columns import Column
from seedbed.data.filters.license.expressions import category, conjunction, is_unknown, keys

NOT_SCANNED = "LicenseRef-scancode-unknown-license-reference"
"""What stands for text that was not looked at: an unknown license, so that the policy rejects it."""


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
class Match:
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

    def placed(self, file: str, lines_above: int) -> Match:
        """The same match seen from the whole file, `lines_above` lines further down."""
        return replace(self, file=file, start_line=self.start_line + lines_above, end_line=self.end_line + lines_above)

    @property
    def is_pointer(self) -> bool:
        """It names no license, but files."""
        return bool(self.refers) and all(is_unknown(key) for key in keys(self.expression))

    def row(self) -> dict[str, object]:
        """The match as a value of the published `matches` column."""
        row = asdict(self)
        del row["refers"], row["is_classifier"]
        return row


@dataclass(frozen=True, slots=True)
class Finding:
    """Matches that belong together, and the expression they say; None for a mere clue."""

    expression: str | None
    matches: tuple[Match, ...]

    def placed(self, file: str, lines_above: int) -> Finding:
        """The same finding seen from the whole file."""
        return Finding(self.expression, tuple(match.placed(file, lines_above) for match in self.matches))

    def without(self, answered: Callable[[Match], bool]) -> Finding:
        """The finding without the pointers that are answered by license files: those speak for themselves."""
        rest = [match for match in self.matches if not (match.is_pointer and answered(match))]
        if len(rest) == len(self.matches):
            return self
        return Finding(conjunction(match.expression for match in rest), self.matches)


def unknown(why: str, file: str = "", lines: tuple[int, int] = (1, 1), refers: tuple[str, ...] = ()) -> Finding:
    """An unknown license: what stands for text that was not looked at, or not understood."""
    return Finding(NOT_SCANNED, (Match(NOT_SCANNED, why, "none", 0.0, *lines, file, refers),))


def stem(path: str) -> str:
    """File name without folders and last suffix, in lower case: how people write of a license file."""
    name = path.replace("\\", "/").rsplit("/", 1)[-1].lower()
    head, dot, tail = name.rpartition(".")
    return head if dot and head and tail in {"txt", "md", "rst", "html", "terms"} else name


@dataclass(frozen=True, slots=True)
class Evidence:
    """One voice on a sample's license: an SPDX expression, its category, and the matches behind it.

    `inherited` says that the voice is not the file's own but a license file's or a manifest's above it; `files` are those
    in which it is said.
    """

    expression: str
    category: str
    inherited: bool
    files: tuple[str, ...]
    matches: tuple[Match, ...]

    def row(self) -> dict[str, object]:
        """The evidence as a value of one of the published `license_*` columns."""
        return {
            "expression": self.expression,
            "category": self.category,
            "inherited": self.inherited,
            "files": list(self.files),
            "matches": [match.row() for match in self.matches],
        }


def collect(findings: Sequence[Finding], file: str, *, inherited: bool) -> Evidence | None:
    """Evidence that all findings of a file make together; None when none names a license."""
    stated = [finding for finding in findings if finding.expression]
    expression = conjunction(finding.expression for finding in stated)
    if expression is None:
        return None
    matches = tuple(match for finding in stated for match in finding.matches)
    return Evidence(expression, category(expression), inherited, (file,), matches)


def join(evidences: Iterable[Evidence], expression: str | None = None) -> Evidence | None:
    """Several inherited voices as one: all of them hold, unless `expression` says how they combine."""
    voices = list(evidences)
    joined = expression or conjunction(voice.expression for voice in voices)
    if joined is None:
        return None
    files = tuple(dict.fromkeys(file for voice in voices for file in voice.files))
    matches = tuple(match for voice in voices for match in voice.matches)
    return Evidence(joined, category(joined), True, files, matches)
