"""Copyright statements of a text, and the holders that they name.

A statement is kept as its authors wrote it, comment marks and white space aside: licenses want the notice itself reproduced.
Four forms count, wherever they stand: the word with a year, the word with the sign, the sign with a year, and SPDX's tags.
The word alone counts where a line begins with it and a name follows. A line that is taken in vain is printed once too often,
and a line that is missed breaks a license, so the rules err to the first side. docs/method/notices.md compares them with
scancode's copyright detection, which takes hundreds of times longer.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

MAX_CHARACTERS = 2_000_000
"""Most characters of a text that are read."""
MAX_STATEMENTS = 500
"""Most statements that are kept of a text."""
MAX_LENGTH = 400
"""Most characters of a statement."""
_MAX_MORE_LINES = 4
_NEAR = 80
"""Characters behind the word in which a year makes it a statement."""
_HINTS = ("copyright", "(c)", "©", "&copy;", "copr.")

_YEAR_FORM = r"(?:19[5-9]\d|20[0-4]\d)"
_MARK = re.compile(
    rf"copyright|\bcopr\.|©|&copy;|\(c\)(?=[\s,:]*{_YEAR_FORM})|(?<=\d )\(c\)(?= [^\W\d_\[])|"
    r"spdx-(?:file|snippet)copyrighttext\s*[:=]",
    re.IGNORECASE,
)
_TAG = re.compile(r"spdx-\w+copyrighttext\s*[:=]\s*", re.IGNORECASE)
_LEAD = re.compile(
    r"\b(?:portions?|parts?|modifications?|changes|additions?|contributions?)(?: \w{1,16}){0,7}[ ,:]*(?:\(c\) ?)?$", re.IGNORECASE
)
_ASSIGNED = re.compile(r"^copyrights?_* ?[:=]+ ?[urbf]{0,2}[\"']+ ?(?=copyright|\(c\)|©)", re.IGNORECASE)
"""A variable whose text is a statement of its own."""
_BEFORE = 120
"""Characters before the word that are looked at."""
_MAX_TRIES = 1_000
"""Most places of one line that are tried: generated lines can be a megabyte long."""
_YEAR = re.compile(rf"(?<![\d.]){_YEAR_FORM}(?!\d|\.\d)")
_SIGN = re.compile(r"©|&copy;|\(c\)", re.IGNORECASE)
_OPENING = re.compile(
    r"(?:copyrighted\b|copyrights?(?![a-z])|copr\.|©|&copy;|\(c\)|is\b|by\b|owned\b|holders?:|[\s,:;.*=\"'_-])+", re.IGNORECASE
)
_STARTS_WITH_YEAR = re.compile(rf"[\[(<]?{_YEAR_FORM}")
_ENDS_WITH_YEAR = re.compile(rf"{_YEAR_FORM} $")
_NAME = re.compile(r"(?:the |a |an )?[^\W\d_]|[\w.+-]+@")
_CAPITAL = re.compile(r"(?:the |a |an )?(?=[^\W\d_])(.)", re.IGNORECASE)
_NO_NAME = re.compile(
    r"(?:notices?|laws?|licen[sc]es?|holders?|owners?|ownership|statements?|infring\w+|interests?|rights?|status|protect\w+|acts?|"
    r"information|headers?|lines?|years?|disclaimers?|and|or|claims?|assign\w+|agreements?|texts?|messages?|terms|management|"
    r"conventions?|treat\w+|to|in|for|on|of|grants?|files?|if|as|this|these|that|see|regulations?|polic\w+|issues?|dates?|office|"
    r"restrictions?|permissions?|doctrine|exceptions?|symbols?|strings?|comments?|blocks?|sections?)\b",
    re.IGNORECASE,
)
_PLACEHOLDER = re.compile(
    r"[\[<{(] ?(?:y{2,4}|years?|your|names?|owners?|authors?|full ?names?|copyright|dates?|insert|"
    r"organi[sz]ation|holders?|company)\b[\w ,./'-]*[\]>})]|\b(?:19|20)(?:yy|xx)\b|\byyyy\b|"
    r"\bname of (?:the )?(?:author|copyright|owner)|%[sd]\b|%\(\w+\)|\{[\w.]*\}",
    re.IGNORECASE,
)
_REST = re.compile(
    r"(?:\bpermission (?:is|to) |\blicen[sc]ed (?:under|to) |\bthis (?:program|file|software|library|code|source|work|module) |"
    r"\bredistributions? |\buse of this |\b(?:distributed|released|published|provided) under |\bspdx-licen|"
    r"\bsee (?:the )?(?:licen|copying|file|accompanying|below)|\byou may |\bsubject to |"
    r"\\[nrt]|\*[/)]|-->|\"\"\"|'''|</?\w+(?:\s[^@<>]*)?/?>$)",
    re.IGNORECASE,
)
_INCOMPLETE = re.compile(
    rf"(?:[,&]|\b(?:and|by|the)|{_YEAR_FORM}|[-\u2013]|copyright|\(c\)|©|&copy;|\bpresent|:)$", re.IGNORECASE
)
_CONTINUES = re.compile(rf"(?:{_YEAR_FORM}\b|and\b|by\b|&)", re.IGNORECASE)
_COMMENT = re.compile(
    r"[ \t\f]*(?:(?:#|//|/\*|\*|;|%|--|<!--|\(\*|\{-|dnl\b|@?rem\b|\.\.|'|!|\||\"\"\"|''')[#/*;%!<>|:=-]*)?[ \t\"']*",
    re.IGNORECASE,
)
_ENDS = " \t\f*/#;:|-=<\\\"'`~_,"
_ALL_RIGHTS = re.compile(r"[\s,.;:(-]*\ball rights (?:are )?reserved\b.*", re.IGNORECASE)
_YEARS = re.compile(
    rf"(?<![\w.]){_YEAR_FORM}(?:\s*[-\u2013,/&]\s*(?:\d{{2,4}}\b|present\b|now\b|current\b|today\b))*,?|[-\u2013]\s*present\b",
    re.IGNORECASE,
)
_ADDRESS = re.compile(r"[<(]?(?:mailto:)?[\w.+-]{1,64}@[\w-]{1,64}(?:\.[\w-]{1,64})+[>)]?|[<(]?https?://[^\s>)]+[>)]?")


@dataclass(frozen=True, slots=True)
class Copyrights:
    """Statements of a text in their order, each once; `is_complete` is false where a limit cut them."""

    statements: tuple[str, ...]
    is_complete: bool = True


def copyrights(text: str) -> Copyrights:
    """Copyright statements of a source file or a license file. Time: linear in the text.

    >>> copyrights("# Copyright (c) 2020 Ada Lovelace\\n# Keep the above copyright notice.\\n").statements
    ('Copyright (c) 2020 Ada Lovelace',)
    """
    head = text[:MAX_CHARACTERS]
    is_whole = len(text) <= MAX_CHARACTERS
    lower = head.lower()
    if not any(hint in lower for hint in _HINTS):
        return Copyrights((), is_whole)
    statements: dict[str, None] = {}
    for statement in _statements(head.splitlines(), lower.splitlines()):
        if statement is None:
            is_whole = False
        elif statement not in statements and len(statements) >= MAX_STATEMENTS:
            return Copyrights(tuple(statements), is_complete=False)
        else:
            statements[statement] = None
    return Copyrights(tuple(statements), is_whole)


def holders(statement: str) -> str:
    """The names in a statement: without marks, years, addresses and "all rights reserved"; "" where it names nobody.

    >>> holders("Portions Copyright (c) 2001-2004, 2010 Ada Lovelace <ada@example.org>. All rights reserved.")
    'Ada Lovelace'
    """
    start = _MARK.search(statement)
    names = _TAG.sub("", statement[start.start() :] if start else statement)
    names = _YEARS.sub(" ", _ALL_RIGHTS.sub("", _SIGN.sub(" ", _ADDRESS.sub(" ", names))))
    opening = _OPENING.match(names)
    names = names[opening.end() :] if opening else names
    return " ".join(names.split()).strip(" ,.;:-()[]<>/*\u2013")


def _statements(lines: Sequence[str], lower: Sequence[str]) -> Iterator[str | None]:
    """The statements of a text, given its lines and those in lower case; None for a line that is not read to its end."""
    done = 0
    for number, line in enumerate(lower):
        is_hinted = "copyright" in line or "(c)" in line or "©" in line or "&copy;" in line or "copr." in line
        if is_hinted and number >= done:  # spelled out: it is asked of every line
            for statement, more in _of_line(lines[number], lines[number + 1 : number + 1 + _MAX_MORE_LINES]):
                done = number + 1 + more
                yield statement


def _of_line(line: str, below: Sequence[str]) -> Iterator[tuple[str | None, int]]:
    """Statements that begin in a line, and how many of the lines below each takes in; None where the line is not read on."""
    place, line_end, tries = 0, len(line.rstrip(_ENDS)), 0
    while mark := _MARK.search(line, place):
        tries += 1
        if tries > _MAX_TRIES:
            yield None, 0
            return
        before = line[max(0, mark.start() - _BEFORE) : mark.start()]
        window = line[mark.start() : mark.start() + MAX_LENGTH]
        end = _end(window)
        place = mark.start() + end
        more = _more(window[:end], below) if place >= line_end else []
        whole = _ASSIGNED.sub("", _clean(" ".join([window[:end], *more])))[:MAX_LENGTH]
        if _is_statement(whole, before, is_first=mark.start() < _BEFORE):
            lead = _LEAD.search(before)
            yield (lead[0] if lead else "") + whole, len(more)
        else:
            place = mark.end()


def _end(window: str) -> int:
    """Where a statement ends in its line: before the license that follows it, at most."""
    rest = _REST.search(window, 1)
    return rest.start() if rest and rest.start() else len(window)


def _more(start: str, below: Sequence[str]) -> list[str]:
    """Lines below that belong to a statement which is not complete, or that go on with a year, or `and`."""
    more: list[str] = []
    text = start.rstrip(_ENDS.replace(",", "").replace("-", ""))
    for line in below:
        words = _uncommented(line[: MAX_LENGTH + _BEFORE])
        is_wanted = _INCOMPLETE.search(text) or _CONTINUES.match(words)
        if not _clean(words) or not is_wanted or _MARK.search(words) or _REST.match(words):
            break
        more.append(words[: _end(words)])
        text = words
    return more


def _uncommented(line: str) -> str:
    marks = _COMMENT.match(line)
    return (line[marks.end() :] if marks else line).strip()


def _is_statement(text: str, before: str, *, is_first: bool) -> bool:
    tag = _TAG.match(text)
    if tag:
        return tag.end() < len(text) and not _PLACEHOLDER.search(text, tag.end())
    opening = _OPENING.match(text)
    head, rest = (text[: opening.end()], text[opening.end() :]) if opening else (text, "")
    if not any(map(str.isalnum, rest)) or _PLACEHOLDER.search(rest[:_NEAR]):
        return False
    if _STARTS_WITH_YEAR.match(rest):
        return True
    follows_year = bool(_SIGN.fullmatch(head.strip()) and _ENDS_WITH_YEAR.search(before))
    if not (follows_year or "cop" in head.lower()) or _NO_NAME.match(rest):
        return False
    is_strong = bool(_SIGN.search(head) or _YEAR.search(rest[:_NEAR]))
    return bool(_NAME.match(rest)) if is_strong else _is_bare_name(head, rest, before if is_first else None)


def _is_bare_name(head: str, rest: str, before: str | None) -> bool:
    """The word at the start of a line or with `by`, without year or sign, and a capitalised name."""
    capital = _CAPITAL.match(rest)
    is_placed = (before is not None and _COMMENT.fullmatch(before)) or head.lower().rstrip().endswith(" by")
    return bool(capital and capital[1].isupper() and is_placed and "=" not in head and "(" not in rest[:20])


def _clean(text: str) -> str:
    return " ".join(text.split()).strip(_ENDS)
