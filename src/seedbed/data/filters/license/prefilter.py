"""The regions of a file that can hold a license: those around words without which no license rule matches.

Most of a source file is code that no license rule can match. The text of each rule contains one of the words, or one of the
pairs of words, in `legal_words.txt` (made by tests/agreement/legal_words.py), or a word of the law in another script; so one
set intersection over the words of a file says whether and where to look, at about a fifteenth of the cost of parsing it.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence, Set
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import resources
from itertools import pairwise

from seedbed.data.filters.license.conditions import STATING_WORDS
from seedbed.data.filters.license.foreign import names_rights, speaks_foreign

STATING_PARTS = (b"gpl", b"licen", b"cecill", b"openrail", b"lizen")
STATING = frozenset(word.encode() for word in STATING_WORDS) | frozenset(
    b"eupl cddl sspl busl elv2 polyform odbl ofl mpl epl cpl osl apsl qpl afpl gfdl fdl freeware shareware careware "
    b"opl rail rsal fsl acsl npl comercial interno interna privado privada tilos libre livre libero lisans cipta zgody "
    b"gizli prawa autor gebrauch gebruik nutzung usage diffuser uso scopo distribuir distribuire alleen pouze somente".split()
)
_STATING_STARTS = tuple(
    b"urheber vorbehalten weitergabe weitergegeben vervielf unbefugt verboten untersagt vertraulich gewerblich kommerziell "
    b"gestattet genehmigung nutzungs betriebsgeheimnis schriftliche privatgebrauch geistiges eigentum einwilligung zustimmung "
    b"private droits logiciel interdit redistribu confidentiel utilisation autorisation accord personnel interne derechos "
    b"prohibid permiso consenti propiedad confidencial permitid copiar direitos proibid propriedade pessoal diritti vietat "
    b"riservat permesso consenso autorizzazione commerciale personale rechten vertrouwelijk verveelvoudigd toestemming "
    b"eigendom openbaar rettigheter ophavsret forbudt lisens oikeudet wszelkie zabronion poufn zastrzezone fenntartva "
    b"yasaktir izinsiz ticari dilarang souhlasu trainieren training entrenar entrenamiento treinar treinamento addestra "
    b"trainen trenowa".split()
)
_STARTS = frozenset(start[:5] for start in _STATING_STARTS)
"""Each comment that `statements` finds something in has one of these words, starts or parts of words; a test makes such
comments."""

_HOLDERS = (b"(c) ", b"\xc2\xa9", b"s.a.")
"""What marks the holder of a right beside words; in ASCII letters they would be words of any code."""

_STATING_ANYWHERE = STATING - frozenset(
    b"software program programs programme code library libraries work works materials material repository package "
    b"project sources "
    b"permitted allowed granted agree agrees agreed pay purchase buy revenue revenues turnover compete competes competing "
    b"competitive hosted managed cloud subscriptions improvements rights inc corp gmbh ltd llc pty military weapons weapon "
    b"same full demo look viewing looking inspection profits back "
    b"copy copied copying distribution distribute distributed publish published publication sell sold property "
    b"personal private internal "
    b"home study trial share shared changes modifications source terms restricted restriction restrictions members "
    b"customer customers "
    b"contract contracts agreement agreements evaluation research scientific educational teaching student "
    b"classroom money profit gain fee fees "
    b"good evil house permission consent approval authorized authorised authorization authorisation forbidden "
    b"prohibited subscription reuse "
    b"disclose disclosed disclosure disclosing opt dsm robots royalty employees transferred transmitted duplicated "
    b"shown charitable "
    b"humanitarian peaceful consult reproduction reproduce commercial commercially hobby alike sale secret secrets "
    b"copyright copyrighted dataset datasets corpus corpora tuning mining".split()
) | {
    b"trade",
    b"assistants",
    b"generative",
    b"neural",
    b"learning",
    b"llm",
    b"llms",
    b"ai",
    b"tdm",
    b"mined",
    b"scraping",
}
"""Without these words, which code speaks of every day, as a comment of that kind says something only in whole phrases."""

CONTEXT_LINES = 15
"""Lines taken in before the first and after the last legal word, unless the comment ends earlier."""

_FOLD = bytes(
    byte + 32 if 65 <= byte <= 90 else byte if 97 <= byte <= 122 or 48 <= byte <= 57 or byte == 10 else 32 for byte in range(256)
)
_GAPS = (b"", b" ", b"\n")
_COMMENT = (b"#", b"//", b"/*", b"*", b";", b"%", b"--", b"<!--", b"(*", b"{-", b"dnl", b"rem ", b"REM ", b'.\\"', b'"! ')
_DIRECTIVE = re.compile(
    rb"#(?:define|ifn?def|if|endif|undef|pragma|error|elif|else|line|import)\b|# {0,8}include[ \t]*[<\"]|"
    rb"# {1,8}(?:define [A-Z_]+\b|ifn?def \w+$|endif\b)|#!?\["
)
"""A directive of a preprocessor or an attribute. Prose begins with the same words: "# included in all copies"."""

_FENCES = (b"/*", b"<!--", b'"""', b"'''")
_CLOSERS = (b"*/", b"-->", b'"""', b"'''")


@dataclass(frozen=True, slots=True)
class Region:
    """Lines of a file that may hold a license; `lines_above` is the number of lines before them."""

    lines_above: int
    text: bytes


@dataclass(frozen=True, slots=True)
class LegalWords:
    """Words that are legal by themselves, and pairs that are when one follows the other; `pairs` by first word."""

    alone: frozenset[bytes]
    pairs: dict[bytes, tuple[bytes, ...]]
    either: frozenset[bytes]


@cache
def legal_words() -> LegalWords:
    """The words and pairs of `legal_words.txt`."""
    lines = [line.split() for line in resources.files(__package__).joinpath("legal_words.txt").read_bytes().splitlines()]
    alone = frozenset(words[0] for words in lines if len(words) == 1)
    pairs: dict[bytes, list[bytes]] = defaultdict(list)
    for left, right in (words for words in lines if len(words) == 2):
        pairs[left].append(right)
    return LegalWords(alone, {left: tuple(ends) for left, ends in pairs.items()}, alone.union(pairs))


def plain_lines(text: str) -> bytes:
    """UTF-8 with `\\n` as the only line end, and escaped line ends and tabs of string literals blanked.

    The number of lines is that of an editor. Escapes are blanked in place as scancode does for source files: in
    `"of this software\\n"` the last word is not `softwaren`.
    """
    data = text.encode("utf-8", "replace")
    if b"\r" in data:
        data = data.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    if b"\\" in data:
        data = data.replace(b"\\r", b"  ").replace(b"\\n", b"  ").replace(b"\\t", b"  ")
    return data


def fold(data: bytes) -> bytes:
    """Lower case, every byte but ASCII letters, digits and line ends a blank; the length stays."""
    return data.translate(_FOLD)


def legal_lines(data: bytes) -> list[int]:
    """Numbers (from 0) of the lines with a legal word or with the first word of a legal pair."""
    legal, folded = legal_words(), fold(data)
    tokens = folded.split()
    present = legal.either.intersection(tokens)
    alone, pairs = present & legal.alone, _pairs(present & legal.pairs.keys(), tokens)
    if not alone and not pairs:
        return []
    lines = [line.split() for line in folded.split(b"\n")]
    hits = {number for number, line in enumerate(lines) if not alone.isdisjoint(line)}
    if pairs:
        hits.update(_pair_lines(lines, pairs))
    return sorted(hits)


def may_state(text: str) -> bool:
    """Whether a comment in the midst of a file, without any notice, has a word with which it can still say something."""
    folded = fold(text.encode("utf-8", "replace"))
    return any(part in folded for part in STATING_PARTS) or not _STATING_ANYWHERE.isdisjoint(folded.split())


def stating_lines(data: bytes) -> list[int]:
    """Numbers (from 0) of the lines with a word without which no comment says anything about its license."""
    folded = fold(data)
    tokens = set(folded.split())
    present = STATING.intersection(tokens)
    present |= {token for token in tokens if token[:5] in _STARTS and token.startswith(_STATING_STARTS)}
    parts = [part for part in STATING_PARTS if part in folded]
    hits = {*foreign_lines(data), *_holder_lines(data), *_lines_beyond_ascii(data, names_rights)}
    if present or parts:
        hits.update(line for word in present for line in _lines_of(folded, word, is_whole=True))
        hits.update(line for part in parts for line in _lines_of(folded, part, is_whole=False))
    return sorted(hits)


def _holder_lines(data: bytes) -> Iterator[int]:
    """Numbers (from 0) of the lines with a mark of a holder that is no word."""
    lower = data.lower()
    for mark in _HOLDERS:
        if mark in lower:
            yield from (number for number, line in enumerate(lower.split(b"\n")) if mark in line)


def _lines_of(folded: bytes, word: bytes, *, is_whole: bool) -> Iterator[int]:
    """Numbers (from 0) of the lines with a word, or with a part of a word."""
    line, counted, place = 0, 0, folded.find(word)
    while place >= 0:
        end = place + len(word)
        if not is_whole or (folded[place - 1 : place] in _GAPS and folded[end : end + 1] in _GAPS):
            line, counted = line + folded.count(b"\n", counted, place), place
            yield line
        place = folded.find(word, end)


@lru_cache(maxsize=1)
def foreign_lines(data: bytes) -> frozenset[int]:
    """Numbers (from 0) of the lines with a word of the law that ASCII letters cannot write.

    The last answer is kept: regions and comments of a file both ask.
    """
    return frozenset(_lines_beyond_ascii(data, speaks_foreign))


def _lines_beyond_ascii(data: bytes, speaks: Callable[[str], bool]) -> Iterator[int]:
    """Numbers (from 0) of the lines with letters beyond ASCII that speak so."""
    if not data.isascii() and speaks(text := data.decode("utf-8", "replace")):
        yield from (number for number, line in enumerate(text.split("\n")) if not line.isascii() and speaks(line))


def _pairs(heads: Set[bytes], tokens: list[bytes]) -> set[tuple[bytes, bytes]]:
    """Legal pairs that begin with one of `heads` and stand in the text, line ends aside."""
    if not heads:
        return set()
    words, run = set(tokens), b" ".join(tokens)
    candidates = ((head, tail) for head in heads for tail in legal_words().pairs[head] if tail in words)
    return {(head, tail) for head, tail in candidates if b"%b %b" % (head, tail) in run}


def _pair_lines(lines: Sequence[list[bytes]], pairs: set[tuple[bytes, bytes]]) -> Iterator[int]:
    heads = {head for head, _ in pairs}
    for number, line in enumerate(lines):
        if not heads.isdisjoint(line):
            following = next((words[0] for words in lines[number + 1 : number + 4] if words), b"")
            if not pairs.isdisjoint(pairwise([*line, following])):
                yield number


def regions(data: bytes) -> list[Region]:
    """Regions of a file that may hold a license, from the top, without overlap; blank lines around them cut off."""
    hits = sorted({*legal_lines(data), *foreign_lines(data)})
    if not hits:
        return []
    lines = data.split(b"\n")
    spans: list[list[int]] = []
    for hit in hits:
        first, last = hit - _reach(lines, hit, -1), hit + _reach(lines, hit, 1)
        if spans and first <= spans[-1][1] + 1:
            spans[-1][1] = max(last, spans[-1][1])
        else:
            spans.append([first, last])
    return [Region(first, b"\n".join(lines[first : last + 1])) for first, last in spans]


def _reach(lines: Sequence[bytes], start: int, step: int) -> int:
    """How many lines around line `start` belong to its comment, at most CONTEXT_LINES; blank ends do not count."""
    in_comment = is_comment(lines[start])
    reach, seen = 0, lines[start]
    for distance in range(1, CONTEXT_LINES + 1):
        number = start + distance * step
        if not 0 <= number < len(lines):
            break
        line = lines[number]
        if not line or line.isspace():
            continue
        if not is_comment(line) and (in_comment or _ends_there(seen, step)):
            break
        reach, seen = distance, line
    return reach


def _ends_there(line: bytes, step: int) -> bool:
    """The line is the last one of its comment, read downwards (step 1) or upwards (step -1)."""
    return line.rstrip().endswith(_CLOSERS) if step == 1 else line.lstrip().startswith(_FENCES)


def is_comment(line: bytes) -> bool:
    """Whether a line starts like a comment in some language, and is not a preprocessor directive or attribute."""
    start = line.lstrip()
    return start.startswith(_COMMENT) and not _DIRECTIVE.match(start)
