"""Names of licenses that scancode's rules leave out or count as a mere clue: "AGPLv3", "License: Commercial".

A name says that the file has to do with a license; what exactly is not known. So a name alone never allows anything: it is an
unknown license, unless a match explains it or it is one of the short names of a license that everybody may use.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Set
from dataclasses import dataclass

from seedbed.data.filters.license.words import WORD, WordedText

_RESTRICTED = re.compile(
    r"(?<![\w/.@-])(?:"
    r"(?:GNU )?[AL]?GPL(?:[ -]?(?:v\.? ?|version )?[123](?:\.\d)?(?:\.0)?(?:\+|-only|-or-later| only| or later)?)?|GFDL|FDL|"
    r"(?:GNU )?(?:Affero |Lesser |Library )?General Public Licen[cs]e|"
    r"EUPL|CDDL|CeCILL(?:-[ABC])?|CECILL|SSPL|BUSL|Business Source Licen[cs]e|Elastic Licen[cs]e|ELv2|ELv1|"
    r"Sustainable Use Licen[cs]e|"
    r"(?:Open|Responsible AI )?RAIL(?:-[MSDA]+|\+\+)?(?: Licen[cs]e)?|OpenRAIL(?:-?\w+)?|Commons Clause|PolyForm|"
    r"Prosperity Public Licen[cs]e|"
    r"Parity Public Licen[cs]e|Hippocratic Licen[cs]e|Confluent Community|Redis Source Available|RSAL(?:v2)?|FSL-1\.\d|"
    r"Functional Source Licen[cs]e|"
    r"Fair Source|Fair Core Licen[cs]e|Server Side Public|Timescale Licen[cs]e|Cockroach Community|MariaDB BSL|BSL ?1\.1|"
    r"Odoo Proprietary Licen[cs]e|OPL-1|OEEL-1|Sleepycat|QPL|Q Public Licen[cs]e|APSL|OSL[ -]?[123]\.\d|"
    r"Open Software Licen[cs]e|"
    r"(?:CC[ -]|Creative Commons )?BY[ -](?:NC|ND|SA)(?:-(?:SA|ND))?|CC[ -](?:NC|ND|SA)\b|Attribution-(?:NonCommercial|"
    r"ShareAlike|NoDeriv\w*)|"
    r"NonCommercial-\w+|"
    r"MPL(?:[ -]?v?[12](?:\.\d)?)?|Mozilla Public Licen[cs]e|EPL(?:[ -]?v?[12](?:\.0)?)?|Eclipse Public Licen[cs]e|"
    r"CPL(?:[ -]1\.0)|Common Public Licen[cs]e|"
    r"IPL-1\.0|IBM Public Licen[cs]e|MS-(?:PL|RL|LPL)|Microsoft (?:Public|Reciprocal|Reference) (?:Source )?Licen[cs]e|"
    r"RPL-1\.\d|NPOSL|NPL-1\.\d|"
    r"Netscape Public Licen[cs]e|LPPL|ODbL|OFL|Artistic Licen[cs]e|AFPL|Aladdin Free Public Licen[cs]e|SISSL|"
    r"Sun (?:Industry|Public) (?:Standards )?(?:Source )?Licen[cs]e|"
    r"JRL|Java Research Licen[cs]e|SCSL|Sun Community Source|Oracle Binary Code Licen[cs]e|OTN Licen[cs]e|"
    r"(?:Computational|Open) Use of Data Agreement|Community Data Licen[cs]e|CDLA-Sharing|"
    r"Llama \d(?:\.\d)? (?:Community )?Licen[cs]e|Gemma (?:Terms|Licen[cs]e)|"
    r"CUDA (?:Toolkit )?EULA|NVIDIA (?:Source Code|Software|Proprietary|Open Model) Licen[cs]e|"
    r"Intel Simplified Software Licen[cs]e|"
    r"Amazon Software Licen[cs]e|Apple Sample Code|Qt Commercial|Unreal Engine EULA|Unity Companion Licen[cs]e|"
    r"Unity Asset Store|"
    r"WTFNMFPL|Anti-?996|ACSL|Anti-Capitalist Software|CNPL|Cooperative Non-Violent|NPL\b|Peer Production Licen[cs]e|"
    r"Copyfree-no|"
    r"GPL-compatible-not|UPSTREAM-PROPRIETARY|EULA|End[- ]User Licen[cs]e Agreement|NON-AI[ -]\w+|\w+ NON-AI Licen[cs]e|"
    r"JSON Licen[cs]e|Perl (?:5 )?licen[cs]e|licen[cs]e as Perl|Ruby(?:'s)? licen[cs]e|PHP Licen[cs]e|Frameworx|Watcom|"
    r"Vim licen[cs]e|"
    r"[Ss]hareware|[Ff]reeware|[Cc]areware|[Dd]onationware|[Nn]agware|[Cc]opyleft|[Nn]on-?free\b|"
    r"[Ss]ource[- ]available (?:licen[cs]e|software|code)|"
    r"[Cc]losed[- ]source (?:licen[cs]e|software|code)"
    r")(?![\w/@]|-(?!licen|style)|\.\w)"
)
_TAG = re.compile(
    r"(?:^|[\s(@*#/;.,\"'])(?:@?(?i:licen[cs]e|licen[cs]ing|spdx-licen[cs]e-identifier)(?i:[ -]?(?:type|name|info|id|"
    r"identifier))?[ \t]{0,3}[:=]|@(?i:licen[cs]e)\b)"
    r"[ \t]{0,4}([^\n]{0,200})|"
    r"(?:许可证|许可协议|授权协议|授权许可|协议|版权协议|許可證|授權條款|ライセンス|라이선스|[Лл]ицензи[яи]|[Ll]izenz|[Ll]icencia|[Ll]icenza|[Ll]icença|"
    r"[Ll]icencja|[Ll]icentie|[Ll]isans)"
    r"[ \t]{0,3}[:：=][ \t]{0,4}([^\n]{0,200})",
    re.MULTILINE,
)
_OPEN_NAMES = re.compile(
    r"(?:the |a |an |new |modified |revised |simplified |standard )*(?:mit(?:[ -]?0)?|expat|x11|isc|"
    r"0?bsd(?:[ -]?[0123])?(?:[ -]?clause)?(?:[ -]new|[ -]simplified)?|[23][ -]clause bsd|"
    r"apache(?:[ -]?(?:software )?(?:licen[cs]e)?,?[ -]?(?:v|version)?\.? ?(?:2(?:\.0)?)?)?|al2|asl ?2(?:\.0)?|zlib|"
    r"libpng|boost|bsl[- ]1\.0|cc0(?:[ -]1\.0)?|unlicense|"
    r"public[ -]domain|psf|python|postgresql|wtfpl|mulan ?psl ?v?2|upl|blue ?oak|ncsa|curl|unicode)(?:[ -](?:style|like|type))?"
    r"(?: ?(?:licen[cs]e[ds]?|licen[cs]ing|\(mit\)|\(bsd\)))?[.,;)\"' ]*",
    re.IGNORECASE,
)
_POINTS = re.compile(
    r"\b(?:LICEN[CS]ES?|COPYING|COPYRIGHT|NOTICE|README|AUTHORS)\b|\blicen[cs]e(?:\.\w+| file| text| section)|\.(?:txt|md|"
    r"rst|html?)\b|"
    r"\b(?:below|above|following|(?:bottom|end|top|head) of|header)\b"
)
_PROGRAM = re.compile(r"[\w@/.-]+(?: [\w.-]+){0,3} v?\d+\.\d+")
_NO_PROGRAM = re.compile(r"licen[cs]|commercial|proprietary|internal|private|confidential|eula|terms|free|public", re.IGNORECASE)
"""`@license AngularJS v1.8.2` names the program whose license follows."""

_TYPE = re.compile(r"(?:Optional\[)?(?:str|string|bool|int|list|dict|bytes|object)\b")
_URL = re.compile(r"<?(?:https?://|www\.)", re.IGNORECASE)
_MAX_TAG_WORDS = 10


@dataclass(frozen=True, slots=True)
class Name:
    """A license named in a text that nothing explains: the words, and their line counted from 1."""

    text: str
    line: int


def restricted_names(text: WordedText, covered: Set[int]) -> Iterator[Name]:
    """Names of licenses that are not for everybody, where no license match explains them.

    >>> [name.text for name in restricted_names(WordedText("# (c) A. Person, LGPL"), set())]
    ['LGPL']
    """
    for match in _RESTRICTED.finditer(text.text):
        if text.is_open(match.start(), match.end(), covered):
            yield Name(match[0], text.line(match.start()))


def tags(text: WordedText, covered: Set[int]) -> Iterator[Name]:
    """Values of `License: ...` tags that no license match explains and that name no license which everybody may use.

    >>> [name.text for name in tags(WordedText("# License: ELv2"), set())]
    ['ELv2']
    """
    for match in _TAG.finditer(text.text):
        group = 1 if match[1] is not None else 2
        value = match[group].strip()
        first = WORD.search(text.text, match.start(group), match.end(group))
        tag = WORD.search(text.text, match.start(), match.start(group))
        is_read = tag is not None and tag.start() in covered  # "under an MIT license: URL" is a statement, not a tag
        if first and not is_read and first.start() not in covered and not _is_settled(value):
            yield Name(value, text.line(match.start(group)))


def _is_settled(value: str) -> bool:
    """The value names a license for everybody, or points elsewhere, or is not a name but prose."""
    if _OPEN_NAMES.fullmatch(value) or (_PROGRAM.match(value) and not _NO_PROGRAM.search(value)):
        return True
    if _URL.match(value):
        return False
    if _TYPE.match(value):
        return True
    return bool(_POINTS.search(value)) or len(value.split()) > _MAX_TAG_WORDS
