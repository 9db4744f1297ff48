"""The passages of a README that speak of the package's license: its sections about it, and notices outside of them.

Markdown, reStructuredText, AsciiDoc, Org, HTML and plain text. A README also describes other things: sections about the
licenses of dependencies, data or pictures do not speak, and neither do badges.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

_SPEAKS = re.compile(
    r"licen[cs](?:e|es|ed|ing|ia|ias|iamento|ie|ja)?\b|lizenz|copying\b|copyright|legal\b|\bterms\b|usage rights|rechtliches|"
    r"conditions d'utilisation|\u8bb8\u53ef|\u8a31\u53ef|\u6388\u6743|\u6388\u6b0a|\u7248\u6743|\u30e9\u30a4\u30bb\u30f3\u30b9|"
    r"\u043b\u0438\u0446\u0435\u043d\u0437\u0438|\ub77c\uc774\uc120\uc2a4|licens\b|\u5229\u7528\u898f\u7d04|"
    r"\u4f7f\u7528\u6761\u6b3e",
    re.IGNORECASE,
)
_OTHER_THINGS = re.compile(
    r"third|3rd|dependenc|bundled|vendor|\bdata(?:set)?s?\b|image|picture|photo|icon|font|artwork|asset|logo|music|sound|"
    r"documentation|\bdocs\b|other licen|licen[cs]es used|credits|acknowledg|checker|scann|detect|compliance|header check|"
    r"key\b|server|manag|of (?:the )?models?|weights|contribut|glossary|terms and definitions|changelog|drittanbieter|tiers|"
    r"\u7b2c\u4e09\u65b9",
    re.IGNORECASE,
)
_ABOUT_LICENSE = re.compile(_SPEAKS.pattern.replace("|legal\\b|\\bterms\\b", ""), re.IGNORECASE)
_OWN = (
    r"(?:this|our|the|these|all)\s+(?:\w+\s+){0,3}?(?:projects?|librar(?:y|ies)|packages?|software|(?:source )?code|programs?|"
    r"repositor(?:y|ies)|repo|works?|modules?|tools?|plugins?|crates?|gems?|apps?|applications?|extensions?|scripts?|files?|"
    r"contents?|frameworks?|theme|bindings?|class(?:es)?|game)"
)
_GRANTS = r"licen[cs]ed|released|distributed|available|published|free software|covered|made available|provided|governed|subject"
_NOTICE = re.compile(
    rf"\A\W*(?:licen[cs]ed|released|distributed|published|dual[ -]licen[cs]ed|licen[cs]es?\W*[:\uff1a]|@licen[cs]e|"
    rf"spdx-license|"
    rf"lizenz\W*:|licencia\W*:|\u8bb8\u53ef\u8bc1|\u6388\u6743\u534f\u8bae|"
    rf"\u043b\u0438\u0446\u0435\u043d\u0437\u0438\u044f|legal notice)|"
    rf"\b{_OWN}\b[^.]{{0,80}}\b(?:{_GRANTS})\b[^.]{{0,60}}\b(?:under|by|terms|licen[cs]e)\b|"
    rf"\b{_OWN}\b[^.]{{0,40}}\b(?:is|are)\s+(?:proprietary|confidential|not\s+(?:open|free)|in\s+the\s+public\s+domain)|"
    r"\bpermission is (?:hereby )?granted\b|\bgnu (?:lesser |"
    r"affero )?general public licen[cs]e\b[^.]{0,80}\b(?:published|version)\b",
    re.IGNORECASE,
)
_LICENSE_FIELD = re.compile(r"(?im)^\W{0,10}(?:licen[cs]es?|spdx-license-identifier|lizenz|licencia)\W{0,3}[:\uff1a]")
_USE = re.compile(
    r"\b(?:machine[ -]learning|deep learning|(?:text and )?data mining|(?:train|fine-?tun)\w*|ai\b|a\.i\.|llms?|"
    r"language models?|"
    r"artificial intelligence|datasets?|scrap\w+|crawl\w+|commercial\w*|non-?commercial\w*|redistribut\w*|copied|sold|"
    r"resold)\b",
    re.IGNORECASE,
)
_PROHIBITS = re.compile(
    r"\b(?:may|must|shall|can|do|does|is|are|should) ?not\b|\bcannot\b|\bprohibit\w*|\bforbid\w*|\bforbidden\b|\bnever be\b|"
    r"\bopt(?:s|ed)?[ -]out|\breserv\w+|\bwithout\b[^.]{0,40}\b(?:permission|consent|licen[cs]e)|"
    r"\bonly\b[^.]{0,20}\bnon-?commercial|"
    r"\brequires?\b[^.]{0,30}\blicen[cs]e|\bno (?:ai|ml)\b|\bdisallow\w*",
    re.IGNORECASE,
)
_OF_IT = re.compile(rf"\b(?:{_OWN}|it|you)\b", re.IGNORECASE)

_IMAGE = re.compile(r"!\[[^\]\n]{0,300}\](?:\([^)\n]{0,500}\)|\[[^\]\n]{0,300}\])")
_LINKED_NOTHING = re.compile(
    r"\[\s{0,20}\](?:\([^)\n]{0,500}\)|\[[^\]\n]{0,300}\])|^[ \t]*\.\. (?:image|figure|\|[^|]*\|"
    r" image)::.*$",
    re.MULTILINE,
)
_FENCE = re.compile(r"^\s*(?:```|~~~)")
_MARKED_HEADING = re.compile(
    r"^\s{0,3}(?P<marks>\#{1,6}|={1,6}|\*{1,6}|h[1-6]\.)[ \t]+(?P<title>\S.*?)[ \t#=]*$|"
    r"^\s*<h(?P<level>[1-6])[^>]*>(?P<html>.*?)(?:</h[1-6]>.*)?$|^\s*(?:\*\*|__)(?P<bold>[^*_\n]{2,60})(?:\*\*|__):?\s*$",
    re.IGNORECASE,
)
_MARKS = {"md": "#=", "org": "*", "textile": "h", "adoc": "=", "asciidoc": "=", "rst": "", "creole": "="}
"""Characters that begin a heading, by the suffix of the file."""
_UNDERLINE = re.compile(r"^\s{0,3}([=\-~^\"'`#*+.:_])\1{2,}\s*$")
_PLAIN_HEADING = re.compile(
    r"^\s{0,3}(?:[0-9.]+\s+)?(?P<title>[A-Z][A-Z &/-]{3,40}|(?:The )?(?:Licen[cs]e|Licen[cs]ing|Copyright|Legal|"
    r"COPYING|Terms of [Uu]se))\s*:?\s*$"
)


@dataclass(frozen=True, slots=True)
class Passage:
    """Part of a README about the license, and the number of the line it begins on, from 1.

    is_section: it stands under a heading about the license, so that words in it that are not understood matter.
    """

    first_line: int
    text: str
    is_section: bool

    @property
    def words(self) -> str:
        """The words without links, marks, copyright holders and titles.

        >>> Passage(1, "[MIT](LICENSE) \u00a9 2020 [A. Person](https://example.org)", True).words
        'MIT'
        """
        text = re.sub(r"\[([^\]\n]{0,300})\](?:\([^)\n]{0,500}\)|\[[^\]\n]{0,300}\])", r"\1", self.of_the_work)
        text = re.sub(r"<[^>\n]+>|`([^`_\n]*)`_{0,2}|https?://\S+", r"\1", text)
        text = re.sub(r"(?im)(?:copyright|\(c\)|\u00a9).*$", "", text)
        return " ".join(re.sub(r"[*_#>|=~]+|^[-\s]+|[\s.,;:-]+$", " ", text).split())

    @property
    def forbids(self) -> bool:
        """Whether a sentence of it speaks of a use and forbids it."""
        return any(_USE.search(words) and _PROHIBITS.search(words) for words in _sentences(self.text))

    @property
    def asks(self) -> bool:
        """Whether a sentence of it asks for payment or permission.

        >>> Passage(1, "MIT. Companies must purchase a license.", True).asks, Passage(1, "MIT, free of charge.", True).asks
        (True, False)
        """
        return any(_OBLIGES.search(words) and _PRICE.search(words) for words in _sentences(self.of_the_work))

    @property
    def of_the_work(self) -> str:
        """The text with the sentences about contributions and trademarks blanked, unless they speak of use.

        >>> Passage(1, "MIT. Contributors must agree to put their work under it.", True).of_the_work.split()
        ['MIT.']
        """
        return _ASIDE.sub(lambda match: match[0] if _OF_USE.search(match[0]) else re.sub(r"\S", " ", match[0]), self.text)

    @property
    def speaks_of_rights(self) -> bool:
        """Whether it speaks of a license, of permission or of what is forbidden."""
        return bool(_RIGHTS.search(self.text))


@dataclass(frozen=True, slots=True)
class _Heading:
    line: int
    """Index of its first line."""
    body: int
    """Index of the line below it."""
    level: int
    title: str


def passages(text: str, name: str = "README.md") -> list[Passage]:
    """Passages about the license, in their order. Args: name: of the file; its suffix says what marks a heading.

    >>> [passage.text for passage in passages("# x\\n\\n## License\\n\\nMIT\\n\\n## Third-party licenses\\n\\nGPL\\n")]
    ['MIT']
    """
    lines = _LINKED_NOTHING.sub(_line_ends, _IMAGE.sub("", text[:_MAX_CHARACTERS])).split("\n")
    headings = list(_headings(lines, _MARKS.get(name.rpartition(".")[2].lower(), _MARKS["md"])))
    ends = _ends(headings)
    spoken: set[int] = set()
    result = []
    for number, heading in enumerate(headings):
        if _SPEAKS.search(heading.title) and not _OTHER_THINGS.search(heading.title) and heading.line not in spoken:
            kept = list(_section(lines, headings, range(number, ends[number])))
            spoken.update(range(heading.line, kept[-1] + 1 if kept else heading.body))
            result.append(_passage(lines, kept, is_section=bool(_ABOUT_LICENSE.search(heading.title))))
    silent = _silent_lines(lines, headings, ends)
    result += [notice for notice in _notices(lines) if not spoken & set(_span(notice)) and not silent & set(_span(notice))]
    return sorted((passage for passage in result if passage.text), key=lambda passage: passage.first_line)


def _span(passage: Passage) -> range:
    return range(passage.first_line - 1, passage.first_line + passage.text.count("\n"))


def _headings(lines: Sequence[str], marks: str) -> Iterator[_Heading]:
    levels: dict[str, int] = {}
    is_fenced = False
    for number, line in enumerate(lines):
        is_fenced ^= bool(_FENCE.match(line))
        below = lines[number + 1] if number + 1 < len(lines) else ""
        if is_fenced or not line.strip() or len(line) > _LONGEST_HEADING:
            continue
        underline = _UNDERLINE.match(below[:_LONGEST_HEADING])
        marked = _MARKED_HEADING.match(line)
        plain = _PLAIN_HEADING.match(line)
        if marked and marked["marks"] and marked["marks"][0].lower() not in marks:
            marked = None
        if underline and not _UNDERLINE.match(line) and len(line) <= 100:
            level = levels.setdefault(underline[1], len(levels) + 1)
            yield _Heading(number, number + 2, level, line.strip())
        elif marked:
            level = int(marked["level"] or 0) or (len(marked["marks"]) if marked["marks"] else 6)
            yield _Heading(number, number + 1, level, marked["title"] or marked["html"] or marked["bold"] or "")
        elif plain and (number == 0 or not lines[number - 1].strip()):
            yield _Heading(number, number + 1, 6, plain["title"])


def _ends(headings: Sequence[_Heading]) -> list[int]:
    """For each heading the index of the one that ends its section: the next that is not below it."""
    ends = [len(headings)] * len(headings)
    opened: list[int] = []
    for number, heading in enumerate(headings):
        while opened and headings[opened[-1]].level >= heading.level:
            ends[opened.pop()] = number
        opened.append(number)
    return ends


def _section(lines: Sequence[str], headings: Sequence[_Heading], inside: range) -> Iterator[int]:
    """Indices of the lines of a section, without subsections about other things. Args: inside: its headings."""
    for number in inside:
        heading = headings[number]
        is_first = number == inside.start
        end = headings[number + 1].line if number + 1 < len(headings) else len(lines)
        if is_first or not _OTHER_THINGS.search(heading.title):
            yield from range(heading.body if is_first else heading.line, end)


def _passage(lines: Sequence[str], kept: Sequence[int], *, is_section: bool) -> Passage:
    filled = [number for number in kept if lines[number].strip()]
    if not filled:
        return Passage(1, "", is_section)
    shown = set(filled)
    inside = (lines[number] if number in shown else "" for number in range(filled[0], filled[-1] + 1))
    return Passage(filled[0] + 1, "\n".join(inside).rstrip(), is_section)


def _silent_lines(lines: Sequence[str], headings: Sequence[_Heading], ends: Sequence[int]) -> set[int]:
    """Lines of sections about the licenses of other things, and of fenced code."""
    silent = set()
    for number, heading in enumerate(headings):
        if _SPEAKS.search(heading.title) and _OTHER_THINGS.search(heading.title) and heading.line not in silent:
            silent |= set(_section(lines, headings, range(number, ends[number])))
    is_fenced = False
    for index, line in enumerate(lines):
        is_fence = bool(_FENCE.match(line))
        if is_fenced or is_fence:
            silent.add(index)
        is_fenced ^= is_fence
    return silent


def _notices(lines: Sequence[str]) -> Iterator[Passage]:
    """Paragraphs that state the license of the package, or forbid a use of it."""
    start = 0
    for end in range(len(lines) + 1):
        if end < len(lines) and lines[end].strip():
            continue
        paragraph = "\n".join(lines[start:end])
        words = " ".join(paragraph.split()) if len(paragraph) < _LONGEST_NOTICE else ""
        forbids = any(map(_forbids, _sentences(words)))
        if words and (forbids or _NOTICE.search(words) or _LICENSE_FIELD.search(paragraph)):
            yield Passage(start + 1, paragraph, is_section=forbids)
        start = end + 1


def _forbids(sentence: str) -> bool:
    """Whether a sentence forbids a use of the package."""
    patterns = (_USE, _PROHIBITS, _OF_IT, _RIGHTS)
    return all(pattern.search(sentence) for pattern in patterns)


def _sentences(text: str) -> list[str]:
    return [" ".join(sentence.split()) for sentence in _SENTENCE_END.split(text)]


def _line_ends(match: re.Match[str]) -> str:
    return "\n" * match[0].count("\n")


_SENTENCE_END = re.compile(r"(?<=[.!?;])\s+|\s+[*\u2022]\s+")
_ASIDE = re.compile(
    r"(?:(?<=[.!?]\s)|(?<=\n\n)|\A)\W{0,4}(?:by (?:contributing|submitting|sending)|(?:any |all |your )?contribut(?:ions?|ors?)|"
    r"patches (?:are|must)|(?:all )?pull requests?|unless you (?:explicitly )?state otherwise, any contribution|"
    r"[^.!?]{0,200}?\btrade ?marks?)\b"
    r"[^.!?]{0,600}(?:[.!?](?!\s|\Z)[^.!?]{0,200}){0,8}(?:[.!?]|\Z)",
    re.IGNORECASE,
)
_OBLIGES = re.compile(
    r"\b(?:must|shall|need(?:s|ed)?|ha(?:s|ve) to|required?|requires|without|only|unless|if you want|please|contact|cannot)\b",
    re.IGNORECASE,
)
_PRICE = re.compile(
    r"\b(?:purchas\w+|buy|bought|pay|paid|payment|price|fees?|subscri(?:be|ption)\w*|commercial licen[cs]\w+|"
    r"licen[cs]e (?:from|fee)|(?:written|prior|explicit|express) (?:permission|consent)|permission (?:of|from)|"
    r"non-?commercial\w*)\b",
    re.IGNORECASE,
)
_OF_USE = re.compile(
    r"\b(?:users?|used?|uses|using|sell\w*|sold|cop(?:y|ies|ied|ying)|modif\w+|distribut\w+|not|never|only|prohibit\w*|"
    r"forbid\w*|permission)\b|" + _USE.pattern,
    re.IGNORECASE,
)
_MAX_CHARACTERS = 1_000_000
"""Of a README that are read; what is beyond states nothing."""
_LONGEST_NOTICE = 4_000
_LONGEST_HEADING = 200
_RIGHTS = re.compile(
    r"\b(?:licen[cs]|permi|legal|copyright|owner|author|rights?\b|reserv|terms|prohibit|forbid|opt(?:s|ed)?[ -]out|"
    r"used? (?:in|for|to)\b)",
    re.IGNORECASE,
)
