"""License files that bundle the licenses of several things: which part is about which, and whether the files' own notices count.

Two kinds. A *section* begins with a paragraph that names files or bundled code ("x incorporates a.c, which bears the following
notice:") and holds full texts. A *summary* says of itself that licenses differ from file to file. Neither outranks a sentence
about the whole: a section with such a sentence is none, and of a summary the conditions and reservations still apply.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from seedbed.data.filters.license.evidence import LicenseFinding
from seedbed.data.filters.license.expressions import CATEGORIES, category, is_unknown, keys
from seedbed.data.filters.license.scopes import Scope, paragraphs

_FILE = r"(?:[\w@+-]+/)*[\w@+-]+\.(?!com\b|org\b|net\b|io\b)[A-Za-z][\w*]{0,8}\b|(?:[\w.@+-]+/)+[\w.@+*-]*"
_THING = rf"(?:source code|code|sources?|software|librar(?:y|ies)|portions?|parts?|files?|components?|modules?|packages?|{_FILE})"
_BUNDLES = re.compile(
    rf"\b(?:incorporat(?:es?|ing)|includes?|contains?|bundles?|embeds?|ships? with|distributed with|uses|based on|derived from|"
    rf"adapted from|copied from|portions? of|parts? of|some of)\b(?:\W+[\w.'-]+){{0,8}}?\W+{_THING}",
    re.IGNORECASE,
)
_FOLLOWS = re.compile(
    r":\W*$|\b(?:following|below|own|as follows|their|its)\b[^.]{0,60}\b"
    r"(?:licen[cs]\w*|notices?|terms|copyrights?|permissions?)\b|"
    r"\b(?:licen[cs]\w*|notices?|terms|copyrights?)\b[^.]{0,40}\b(?:follows?|below|as follows)\b",
    re.IGNORECASE,
)
_LISTED = re.compile(
    r"\b(?:the |these )?following (?:source |bundled |third[ -]party )*(?:files?|components?|director(?:y|ies)|librar(?:y|ies)|"
    r"modules?|packages?|folders?)\b",
    re.IGNORECASE,
)
_STARTS_FILE = re.compile(
    rf"\A\W*(?:(?:the )?(?:files?|source files?|scripts?|headers?)\W+)?[`'\"(]*(?P<path>{_FILE})", re.IGNORECASE
)
_NAMED = re.compile(rf"(?<![\w/:.@]){_FILE}")
_WHOLE = re.compile(
    r"\b(?:whole|entire|entirely|everything else|the rest|combined work|whole work|larger work|resulting (?:work|program|binary)|"
    r"(?:all|every|any) (?:other )?(?:files?|code|parts?)|this (?:software|program|package|project|library|repository) "
    r"(?:is|may|must|can|shall|as)|you (?:may|must|can|agree|shall|need)|(?:may|must|shall|can) ?not|cannot|prohibit\w*|"
    r"forbid\w*|"
    r"not permitted|not allowed|only|requires?|train\w*|machine learning|commercial\w*)\b",
    re.IGNORECASE,
)
"""Words of a sentence that may be about the whole, or that take something back."""
_DIFFERS = re.compile(
    r"\b(?:different|various|several|separate|individual|multiple|distinct) (?:\w+ )?licen[cs]es? (?:\w+ ){0,2}"
    r"(?:apply|applies|cover|covers)\b[^.]{0,60}\b(?:files?|parts?|components?|director(?:y|ies))\b|"
    r"\b(?:files?|parts?|components?) (?:\w+ ){0,6}(?:under|have|has|with|covered by) (?:\w+ )?"
    r"(?:different|various|several|separate|multiple|distinct) (?:\w+ )?licen[cs]es?\b|"
    r"\b(?:check|see|consult|refer to|look at|read)\b[^.]{0,30}\b(?:individual|each|respective|specific)\b[^.]{0,20}\bfiles?\b|"
    r"\bsummar(?:y|ies|i[sz]es?)\b[^.]{0,60}\b(?:copyrights?|licen[cs]\w+)\b[^.]{0,40}\b"
    r"(?:individual|each|different|which) (?:source )?(?:files?|parts?)\b|"
    r"\b(?:notices?|statements?|headers?|licen[cs]es?)\b[^.]{0,60}\bfiles?\b[^.]{0,60}\b(?:controlling|prevails?|take precedence|"
    r"govern|authoritative|definitive)\b",
    re.IGNORECASE,
)
_ADDS = re.compile(r"\b(?:in addition|additionally|on top of|also apply|as well|not|never|no longer)\b", re.IGNORECASE)
_LISTED_NAME = re.compile(r"^[ \t]*(?:[-*+\u2022][ \t]+)?([\w.+-]+)(?:[ \t]*:|[ \t]+-|[ \t]{2,})", re.MULTILINE)
_LONGEST_INTRODUCTION = 600
_LEAST_LINES = 3
"""Lines below its first one that make a match one of a text, and not of a sentence that may be about the whole."""
_CLOSED = frozenset(CATEGORIES[CATEGORIES.index("Source-available") : CATEGORIES.index("Unstated License")])
_LONGEST_SUMMARY = 60_000


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a license file with texts of its own, and the paragraph that introduces it; lines from 1."""

    scope: Scope
    introduced: tuple[int, int]


def sections(text: str) -> list[Section]:
    """The sections of a license file that follow an introduction, each up to the next one or the end.

    >>> [sorted(section.scope.paths) for section in sections("MIT\\n\\nx uses a.c under these terms:\\n\\nBSD\\n")]
    [['a.c']]
    """
    lines = text.split("\n")
    starts = [
        (first, last, paths) for first, last in paragraphs(lines) if (paths := _introduces(lines[first : last + 1])) is not None
    ]
    result: list[Section] = []
    pending: tuple[int, frozenset[str]] | None = None
    for number, (first, last, paths) in enumerate(starts):
        begin, named = (pending[0], pending[1] | paths) if pending else (first, paths)
        end = starts[number + 1][0] if number + 1 < len(starts) else len(lines)
        if any(line.strip() for line in lines[last + 1 : end]):
            result.append(Section(Scope(begin + 1, end, named), (begin + 1, last + 1)))
            pending = None
        else:
            pending = begin, named
    return result


def is_summary(text: str) -> bool:
    """Whether a license file says that licenses differ from file to file, so that a file's own notice counts.

    >>> is_summary("Different licenses apply to different files."), is_summary("The MIT license applies to all files.")
    (True, False)
    """
    words = " ".join(text[:_LONGEST_SUMMARY].split())
    return any(_DIFFERS.search(sentence) and not _ADDS.search(sentence) for sentence in re.split(r"(?<=[.:;!?])\s", words))


def listed_names(text: str) -> set[str]:
    """Names at the beginning of an item or a line that are set off from what follows.

    >>> sorted(listed_names("See LICENSE.\\n - COPYING.GPLv2: GNU GPL\\nLICENSE.BSD  the BSD license\\n"))
    ['COPYING.GPLv2', 'LICENSE.BSD']
    """
    return {match[1] for match in _LISTED_NAME.finditer(text)}


def loose_lines(section: Section, matched: Sequence[tuple[int, int]]) -> Iterator[int]:
    """Numbers of the lines of a section that belong neither to its introduction nor to a match."""
    covered = {line for first, last in [*matched, section.introduced] for line in range(first, last + 1)}
    return (line for line in range(section.scope.first_line, section.scope.last_line + 1) if line not in covered)


def is_about_its_files(section: Section, findings: list[LicenseFinding], lines: Sequence[str]) -> bool:
    """Whether a section holds known licenses, and no sentence that may be about anything but what it names."""
    deciding = [finding for finding in findings if finding.decides]
    matches = [match for finding in deciding for match in finding.matches]
    if not deciding or any(is_unknown(key) for match in matches for key in keys(match.expression)):
        return False
    if any(match.matcher == "none" for match in matches):
        return False
    texts = [(match.start_line, match.end_line) for match in matches if match.end_line - match.start_line >= _LEAST_LINES]
    loose = " ".join(lines[line - 1] for line in loose_lines(section, texts))
    return not _WHOLE.search(loose)


def is_condition(finding: LicenseFinding) -> bool:
    """Whether a finding is a sentence that conditions or reserves, or a license that does not let everybody use the code."""
    if finding.decides and category(finding.expression or "") in _CLOSED:
        return True
    return any(match.rule.startswith(("a condition", "a reservation", "a sentence in another")) for match in finding.matches)


def _introduces(lines: Sequence[str]) -> frozenset[str] | None:
    """Files that a paragraph names, if it introduces the licenses of files or of bundled code; None if it does not."""
    words = " ".join(" ".join(lines)[: _LONGEST_INTRODUCTION + 1].split())
    if len(words) > _LONGEST_INTRODUCTION or _OF_THE_WHOLE.search(words):
        return None
    named = frozenset(match[0].strip("./").removeprefix("./") for match in _NAMED.finditer(words)) - {""}
    if _STARTS_FILE.match(words) or ((_BUNDLES.search(words) or _LISTED.search(words)) and _FOLLOWS.search(words)):
        return named
    return None


_OF_THE_WHOLE = re.compile(
    r"\b(?:as a whole|entire|entirely|everything else|the rest|combined work|you (?:may|must|can|agree|shall|need)|"
    r"(?:may|must|shall|can) ?not|cannot|prohibit\w*|forbid\w*|not permitted|train\w*|machine learning|permission is|hereby|"
    r"redistribution and use)\b",
    re.IGNORECASE,
)
