"""Parts of a license text that are plainly about something else than the code around it.

"The pictures in img/ are under CC BY-SA 4.0", "Content under the "ee/" directory is licensed under ee/LICENSE", "The script
build-aux/ltmain.sh is under the GPL". A part is a whole paragraph or item of a list, and every sentence in it must be of
that kind: where one is not, the paragraph speaks for everything.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from seedbed.data.filters.license.legal_names import CONTENT_FOLDERS

_PATH = r"[`'\"\u201c\u201d(<\[]*(?P<path>(?:\./|/)?[\w.@+-]+(?:/[\w.@+*-]+)*/?)[`'\"\u201c\u201d)>\]]*"
_FOLDER_WORD = r"(?:sub)?(?:director(?:y|ies)|folders?|tree|sub-?trees?|package)"
_IN = (
    r"(?:under|in|inside|within|below|of|from|at|residing (?:under|in)|located (?:under|in)|found (?:under|in)|"
    r"that resides? (?:under|in))"
)
_FOLDER = re.compile(rf"\b{_IN}\s+(?:the\s+)?(?:following\s+)?(?:{_FOLDER_WORD}\s+)?{_PATH}(?:\s+{_FOLDER_WORD})?", re.IGNORECASE)
_MORE_FOLDERS = re.compile(rf"(?:,|\band\b|\bor\b)\s*(?:the\s+)?{_PATH}", re.IGNORECASE)
_STARTS_FOLDER = re.compile(
    r"\A\W*(?:all\s+|any\s+|every\s+)?(?:the\s+)?(?:contents?|files?|code|source code|everything|software|material|works?|"
    + "|".join(sorted(map(re.escape, CONTENT_FOLDERS)))
    + rf")\b(?:\s+(?:that|which)\s+\w+)?\s+{_IN}\b",
    re.IGNORECASE,
)
_STARTS_CONTENT = re.compile(
    r"\A\W*(?:all\s+|any\s+)?(?:the\s+|our\s+)?(?:[\w'\u2019]+\s+){0,2}?(?P<content>"
    + "|".join(sorted(map(re.escape, CONTENT_FOLDERS), key=len, reverse=True))
    + r")\b"
    r"(?:\s+files?)?(?![^.]*\b(?:source code|software|the code|and code|programs?|"
    r"everything(?! (?:found |located )?(?:in|under|below)\b)|all files)\b)",
    re.IGNORECASE,
)
_FILE_NAME = r"[\w@+-]+(?:/[\w.@+*-]+)*(?:\.[A-Za-z][\w*]{0,8})+|[\w.@+-]+(?:/[\w.@+*-]+)+"
_STARTS_FILE = re.compile(
    rf"\A\W*(?:the\s+)?(?:(?:files?|scripts?|headers?|sources?|source files?|"
    rf"programs?)\s+)?[`'\"\u201c(]*(?P<path>{_FILE_NAME})[`'\"\u201d)]*"
    rf"(?=[\s,:;(]|\Z)",
    re.IGNORECASE,
)
_OTHERS = re.compile(
    r"\A\W*(?:all\s+|some\s+|any\s+|the\s+|other\s+|several\s+|certain\s+|a few\s+)*"
    r"(?:third[ -]party|3rd[ -]party|bundled|externally maintained|external|vendored|included|embedded)\s+"
    r"(?:components?|librar(?:y|ies)|code|software|dependenc(?:y|ies)|packages?|files?|modules?)",
    re.IGNORECASE,
)
_STATES = re.compile(
    r"\b(?:licen[cs]ed?|licen[cs]es|licen[cs]ing|copyright(?:ed)?|gpl\w*|lgpl\w*|agpl\w*|mit|bsd|apache|creative commons|"
    r"cc[ -]by\S*|cc0|public domain|ofl|mpl|copying)\b",
    re.IGNORECASE,
)
_WHOLE = re.compile(
    r"\b(?:whole|entire|entirely|as a whole|everything else|the rest|this (?:software|program|package|project|library|"
    r"work|repository|license applies)|"
    r"(?:all|every) (?:other )?(?:files?|code)(?! (?:in|under|inside|within|below|residing|located|found|that))|"
    r"you (?:may|must|can|agree|shall)|"
    r"(?:may|must|shall|can) ?not|prohibit\w*|forbidden|not permitted|train\w*|machine learning)\b",
    re.IGNORECASE,
)
_CONTINUES = re.compile(
    r"(?i)\W*(?:it|its|they|their|these|those|see|copyright|\(c\)|\u00a9|written|originally|taken|derived|two|three)\b"
)
"""How a sentence begins that goes on about the thing in the one before."""
_OUTSIDE = re.compile(
    r"\A\W*(?:all\s+|any\s+)?(?:the\s+)?(?:other\s+)?(?:contents?|files?|code|everything|works?)\s+(?:that is\s+|"
    r"which is\s+)?(?:outside|else|not in)\b",
    re.IGNORECASE,
)
_ADDRESS = re.compile(r"\s*<?(?:https?://|www\.)\S+\s*")
_BULLET = re.compile(r"^\s*(?:[-*+\u2022o]|\(?[0-9a-z]{1,2}[.)])\s+")
_SENTENCE_END = re.compile(r"(?<=[.!?;])\s+(?=[A-Z\"'\u201c(])")


@dataclass(frozen=True, slots=True)
class Scope:
    """What a part of a license text is about.

    first_line, last_line: of the part, from 1. paths: folders and files that it names, relative to the license file's folder.
    is_plain: it speaks for no other path, whatever that states itself; else only not for one that states its own license.
    """

    first_line: int
    last_line: int
    paths: frozenset[str] = field(default_factory=frozenset)
    is_plain: bool = False

    def covers(self, first_line: int, last_line: int) -> bool:
        """Whether lines lie within the part."""
        return self.first_line <= first_line and last_line <= self.last_line

    def applies(self, path: str, *, states_own: bool) -> bool:
        """Whether the part speaks for a path, relative to the license file's folder.

        states_own: the path's own header states a complete license.
        """
        is_named = any(
            path == named or path.startswith(f"{named.rstrip('/')}/") or path.endswith(f"/{named}") for named in self.paths
        )
        return is_named or not (self.is_plain or states_own)


def scopes(text: str) -> list[Scope]:
    """The parts of a license text that are about something else, from top to bottom.

    >>> [(scope.first_line, sorted(scope.paths)) for scope in scopes("MIT\\n\\nThe files in gpl/ are licensed under the GPL.\\n")]
    [(3, ['gpl'])]
    """
    lines = text.split("\n")
    spans = list(paragraphs(lines))
    parts = [_scope(first, last, " ".join(lines[first : last + 1])) for first, last in spans]
    for number, (first, last) in enumerate(spans[1:], 1):  # "... which can be found at:", and the address
        before = parts[number - 1]
        if before and first == last and _ADDRESS.fullmatch(lines[first]) and lines[spans[number - 1][1]].rstrip().endswith(":"):
            parts[number - 1] = replace(before, last_line=last + 1)
    return [scope for scope in parts if scope]


def paragraphs(lines: Sequence[str]) -> Iterator[tuple[int, int]]:
    """First and last index of each run of lines without an empty one, and without one that begins an item of a list."""
    start: int | None = None
    for number, line in enumerate([*lines, ""]):
        begins = not line.strip() or _BULLET.match(line)
        if start is not None and begins:
            yield start, number - 1
            start = None
        if line.strip() and start is None:
            start = number


def _scope(first: int, last: int, paragraph: str) -> Scope | None:
    if len(paragraph) > 4 * _LONGEST:
        return None
    words = _PLACE.sub("", _BULLET.sub("", " ".join(paragraph.split())))
    sentences = _SENTENCE_END.split(words)
    if len(words) > _LONGEST or not _STATES.search(words):
        return None
    parts = [_of_sentence(sentence) for sentence in sentences]
    is_open = any(part is None and not _CONTINUES.match(sentence) for part, sentence in zip(parts, sentences, strict=True))
    if parts[0] is None or is_open or any(map(_WHOLE.search, sentences)):
        return None
    stated = [part for part in parts if part is not None]
    paths = frozenset(path for part_paths, _ in stated for path in part_paths)
    return Scope(first + 1, last + 1, paths, all(is_plain for _, is_plain in stated))


_LONGEST = 1_500


def _of_sentence(sentence: str) -> tuple[frozenset[str], bool] | None:
    """Paths that a sentence is about, and whether it is plain that it is about nothing else; None when it may be."""
    if _OUTSIDE.match(sentence) or _speaks_of_all(sentence) or _AND_CODE.search(_subject(sentence)):
        return None
    if _STARTS_FOLDER.match(sentence):
        paths = _folders(sentence)
        return (paths, True) if paths else None
    content = _STARTS_CONTENT.match(sentence)
    if content and content["content"].lower() not in {"data", "content", "contents", "text", "texts", "assets", "asset", "media"}:
        return _folders(sentence) | CONTENT_FOLDERS[content["content"].lower()], True
    file = _STARTS_FILE.match(sentence)
    if file:
        return frozenset({file["path"].removeprefix("./")}), False
    return (frozenset(), False) if _OTHERS.match(sentence) else None


def _speaks_of_all(sentence: str) -> bool:
    return bool(_ALL.search(_subject(sentence)))


_AND_CODE = re.compile(
    r"(?:,|\band\b|\bor\b|\bas well as\b)\s+(?:\w+\s+){0,3}?"
    r"(?:software|programs?|code|librar(?:y|ies)|sources?|everything|scripts?|packages?|project|work|all)\b(?!/)",
    re.IGNORECASE,
)
"""A subject that goes on to name code: "The pictures and the program"."""
_ALL = re.compile(
    r"(?i)\b(?:this (?:software|package|project|program|library|repository)|whole|entire|the rest|everything else)\b"
)


def _subject(sentence: str) -> str:
    """What a sentence is about: the words before its verb."""
    return re.split(r"\b(?:is|are|falls?|has|have)\b", sentence, maxsplit=1)[0]


_PLACE = re.compile(
    r"\b(?:of|in|within) (?:this|the|our) (?:repository|repo|project|package|distribution|source tree)\b", re.IGNORECASE
)
"""Where a folder lies, which is no word of the whole: "the "ee/" directory of this repository"."""


def _folders(sentence: str) -> frozenset[str]:
    """Folders that a sentence places its subject in, before it says what their license is."""
    subject = _subject(sentence)
    match = _FOLDER.search(subject)
    if match is None:
        return frozenset()
    more = (extra["path"] for extra in _MORE_FOLDERS.finditer(subject, match.end()) if "/" in extra["path"])
    named = {match["path"], *more}
    return frozenset(path.removeprefix("./").strip("/") for path in named) - _NO_FOLDERS


_NO_FOLDERS = frozenset({"", ".", "this", "the", "a", "an", "it", "that", "these", "all", "our", "its", "which"})
