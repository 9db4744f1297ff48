"""Against Debian's reviewers: `python -m tests.agreement.debian FOLDER [--tree TREE] [--names]`.

FOLDER holds unpacked Debian source packages (`apt-get source NAME`), each with a machine-readable debian/copyright. They are
judged without their folder debian/, by the code of a working tree and the default policy. Per package: false keeps (files whose
license Debian gives and the policy does not allow, let pass by the license filter) and losses (files in the starter's languages
whose license the policy allows, refused by the license filter). Names that stand for a text of the project's own and are
in no table here are undecided: their files count on neither side, and are listed with their verdicts.

--names prints the licenses that Debian gives, and how each is taken, and judges nothing.
"""

from __future__ import annotations

import argparse
import re
import shutil
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from debian_inspector.copyright import CopyrightFilesParagraph, DebianCopyright

from seedbed.data.filters.license.expressions import known_licenses
from seedbed.data.filters.license.policy import DEFAULT_ALLOW
from tests.agreement.packages import LANGUAGES
from tests.agreement.verdicts import HERE, Verdict, by_folder, inspect

SPDX = {
    "expat": "MIT",
    "mit/x11": "MIT",
    "bsd-2-clause-netbsd": "BSD-2-Clause",
    "bsd-2-clauses": "BSD-2-Clause",
    "bsd-3-clause-ucb": "BSD-3-Clause",
    "bsd-1-clause-ucb": "BSD-1-Clause",
    "bsd-1": "BSD-1-Clause",
    "bsd-124-clause-ucb": "BSD-3-Clause",  # clauses 1, 2 and 4 of four: the advertising clause is left out
    "bsd-4-clause-ucb": "BSD-4-Clause-UC",
    "bsd-4-uc": "BSD-4-Clause-UC",
    "bsd-3-aist": "BSD-3-Clause",
    "bsd-3-institute": "BSD-3-Clause",
    "bsd-3-wide": "BSD-3-Clause",
    "edl-1.0": "BSD-3-Clause",  # Eclipse's name for it
    "openssl+ssleay": "OpenSSL",
    "pd": "LicenseRef-scancode-public-domain",
    "pd-debian": "LicenseRef-scancode-public-domain",
    "probably-pd": "LicenseRef-scancode-public-domain",
    "public-domain": "LicenseRef-scancode-public-domain",
    "elsevier-cdrom-license": "LicenseRef-Elsevier",  # asks for a credit line of its own; not on the list
    "bsd-3-zlib": "Zlib",
    "gnu-all-permissive-license": "FSFAP",
    "permissive-fsf": "FSFULLR",
    "cc0": "CC0-1.0",
}
"""Debian's short names beside the SPDX keys they stand for, read from the texts in the packages measured."""

_GNU = re.compile(r"((?:a|l)?gpl|gfdl)-?v?([0-9.]*)(\+?)")


@dataclass(frozen=True, slots=True)
class Given:
    """What Debian says of a file: the name in its words, and whether the policy allows it (None: undecided)."""

    name: str
    is_allowed: bool | None


def is_allowed(name: str) -> bool | None:
    """Whether the default policy allows what a short name of Debian's stands for; None when that cannot be told."""
    if re.search(r"\bor\b", name):
        sides = [is_allowed(side) for side in re.split(r"\bor\b", name)]
        return True if True in sides else None if None in sides else False
    if re.search(r"\band\b|,", name):
        parts = [is_allowed(part) for part in re.split(r"\band\b|,", name)]
        return False if False in parts else None if None in parts else True
    base = re.split(r"\bwith\b", name)[0].strip().lower()
    if _GNU.match(base):
        return False
    key = SPDX.get(base) or {known.lower(): known for known in known_licenses()}.get(base)
    return key in DEFAULT_ALLOW if key else None


def _pattern(glob: str) -> str:
    """The regular expression of a file pattern: `*` and `?` stand for any characters, `/` among them."""
    parts = {"*": ".*", "?": "."}
    return "".join(parts.get(token) or re.escape(token.removeprefix("\\")) for token in re.findall(r"\\.|.", glob))


class Reviewed:
    """The licenses of a package's files, as its debian/copyright gives them: the last paragraph that matches counts."""

    def __init__(self, copyright_file: Path) -> None:
        parsed = DebianCopyright.from_file(str(copyright_file))
        self.paragraphs = [
            (re.compile("|".join(map(_pattern, paragraph.files.values))), " ".join((paragraph.license.name or "").split()))
            for paragraph in parsed.paragraphs
            if isinstance(paragraph, CopyrightFilesParagraph)
        ]

    def of(self, path: str) -> Given:
        """What is given for a path inside the package."""
        name = next((name for pattern, name in reversed(self.paragraphs) if pattern.fullmatch(path)), "")
        return Given(name, is_allowed(name) if name else None)


def packages(folder: Path) -> Iterator[Path]:
    """The source packages in a folder."""
    return (copyright_file.parent.parent for copyright_file in sorted(folder.glob("*/debian/copyright")))


def judge(folder: Path, tree: Path) -> dict[str, list[Verdict]]:
    """Verdicts on the files of each package, without Debian's own."""
    with tempfile.TemporaryDirectory() as place:
        copies = [Path(place) / package.name for package in packages(folder)]
        for copy in copies:
            ignore = shutil.ignore_patterns("debian", ".pc")
            shutil.copytree(folder / copy.name, copy, symlinks=True, ignore=ignore)
        return by_folder(inspect(copies, tree))


@dataclass(frozen=True, slots=True)
class Outcome:
    """The two figures of a package, and what has no figure."""

    judged: int
    false_keeps: list[tuple[Given, Verdict]]
    permissive: int
    lost: list[tuple[Given, Verdict]]
    undecided: list[tuple[Given, Verdict]]

    @classmethod
    def of(cls, reviewed: Reviewed, verdicts: Sequence[Verdict]) -> Outcome:
        """Count the verdicts of one package."""
        given = [(reviewed.of(verdict.path.partition("/")[2]), verdict) for verdict in verdicts]
        read = [(each, verdict) for each, verdict in given if verdict.language or verdict.license]
        code = [(each, verdict) for each, verdict in read if verdict.language in LANGUAGES]
        allowed = [(each, verdict) for each, verdict in code if each.is_allowed]
        return cls(
            len(code),
            [(each, verdict) for each, verdict in read if each.is_allowed is False and verdict.may_be_kept],
            len(allowed),
            [(each, verdict) for each, verdict in allowed if not verdict.may_be_kept],
            [(each, verdict) for each, verdict in code if each.is_allowed is None],
        )


def why(verdict: Verdict) -> str:
    """The license reasons of a verdict, without the file's own path."""
    reasons = "; ".join(f"{reason}: {detail}" for reason, detail in verdict.license_reasons.items())
    return reasons.replace(f" ({verdict.path.partition('/')[2]})", "")[:400]


def report(name: str, outcome: Outcome) -> None:
    """Print the figures of a package, every false keep, and the losses by reason."""
    out = sys.stdout.write
    lost = 100 * len(outcome.lost) / max(1, outcome.permissive)
    out(f"== {name}: {outcome.judged} files in our languages; false keeps {len(outcome.false_keeps)}; ")
    out(f"lost {len(outcome.lost)} of {outcome.permissive} permissive ({lost:.1f} %); undecided {len(outcome.undecided)}\n")
    for given, verdict in outcome.false_keeps:
        out(
            f"  FALSE KEEP {verdict.path} [{verdict.language}] Debian: {given.name}; ours: {verdict.license}; kept {verdict.kept}\n"
        )
    alike: dict[str, list[str]] = {}
    for given, verdict in outcome.lost:
        alike.setdefault(f"Debian: {given.name}; {why(verdict)}", []).append(verdict.path)
    for reason, paths in sorted(alike.items(), key=lambda item: -len(item[1])):
        out(f"  lost {len(paths)}: {reason} (as {paths[0]})\n")
    undecided = Counter((given.name, verdict.license, verdict.may_be_kept) for given, verdict in outcome.undecided)
    for (given_name, ours, passes), count in undecided.most_common():
        out(f"  undecided {count}: Debian: {given_name!r}; ours: {ours}; {'passes' if passes else 'refused'}\n")


def names(folder: Path) -> None:
    """Print the names that are given, and how each is taken."""
    for package in packages(folder):
        for name in sorted({name for _, name in Reviewed(package / "debian/copyright").paragraphs}):
            sys.stdout.write(f"{package.name}: {name!r}: {is_allowed(name)}\n")


def main(folder: Path, tree: Path) -> None:
    """Judge the packages and print."""
    verdicts = judge(folder, tree)
    outcomes = {
        package.name: Outcome.of(Reviewed(package / "debian/copyright"), verdicts[package.name]) for package in packages(folder)
    }
    for name, outcome in outcomes.items():
        report(name, outcome)
    keeps = sum(len(outcome.false_keeps) for outcome in outcomes.values())
    lost, whole = sum(len(one.lost) for one in outcomes.values()), sum(one.permissive for one in outcomes.values())
    sys.stdout.write(f"all: false keeps {keeps}; lost {lost} of {whole} permissive ({100 * lost / max(1, whole):.1f} %)\n")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        prog="python -m tests.agreement.debian", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", metavar="FOLDER", type=Path, help="unpacked source packages")
    parser.add_argument("--tree", type=Path, default=HERE, help="the working tree whose code judges (default: this)")
    parser.add_argument("--names", action="store_true", help="only print the licenses that Debian gives")
    options = parser.parse_args()
    if options.names:
        names(options.folder)
    else:
        main(options.folder, options.tree)
