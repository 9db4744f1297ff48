"""Sentences in a license text or a header that no license match explains, and what they mean for a reader who must be sure.

A license file is read strictly: a sentence of its own with a word of prohibition, payment, purpose or training is a condition
that nobody has judged. A header is prose about code as well, so there a sentence must speak of what may be done with the file.
docs/method/licenses.md (Conditions) has the measured cost of both.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass
from enum import Enum

from seedbed.data.filters.license.terms import TERMS, TERMS_BESIDE_A_NOTICE
from seedbed.data.filters.license.words import Word, WordedText

STATING_WORDS = frozenset(
    "classified restricted reserves nothing inspected "
    "permissions assistants teach taught neural feeding ingested generative "
    "dsm opt optout tdmrep robots same full demo look viewing looking inspection members profits back rights private permission "
    "secret secrets proprietary confidential unpublished published nondisclosure disclosure nda distribution "
    "redistribution publication resale "
    "redistribute distribute disclose publish reproduce resell reproduced distributed redistributed disclosed "
    "published sold resold sell "
    "sublicensed transferred transmitted decompiled duplicated divulged circulated commercially copying "
    "reproduction consent copied copy "
    "permission authorization authorisation approval noncommercial commercial money profit gain personal private "
    "educational academic "
    "research evaluation teaching scientific internal hobby nonprofit student classroom unlicensed license licence "
    "licensing licences "
    "licenses licensed property agreement agreements contract contracts eula customer customers licensee licensees "
    "members subscribers "
    "subscription authorized authorised unauthorized unauthorised prohibited forbidden fee fees royalty royalties "
    "copyleft sharealike alike evil "
    "tdm llm llms ai training train trained mining dataset datasets corpus corpora tuning finetuning noai copilot "
    "copyright spdx nonfree terms reuse "
    "restricted restrictions restriction source confidentiality noncommercially disclosing reproducing distributing "
    "redistributing proprietory "
    "employees consortium consult nonprofits charitable humanitarian peaceful home study trial share shared changes "
    "modifications software program programs programme code library libraries work works materials material copies "
    "repository package project sources permitted allowed granted agree agrees agreed pay purchase buy revenue revenues "
    "turnover compete competes competing competitive hosted managed cloud subscriptions improvements rights inc corp gmbh "
    "ltd llc pty military weapons weapon".split()
)
"""Every condition in a comment has one of these words, or a license match; a test makes such sentences."""


class Place(Enum):
    """Where a text stands, which decides how strictly it is read."""

    LICENSE = "a license file"
    HEADER = "the comment that begins a file, or one that holds a license or a copyright notice"
    COMMENT = "any other comment"
    README = "a README or another document"


@dataclass(frozen=True, slots=True)
class Condition:
    """A sentence that takes back, narrows or conditions a license; `is_reservation` says that it does so for AI training."""

    text: str
    lines: tuple[int, int]
    is_reservation: bool


_USES_OF_AI = (
    r"code (?:assistants?|generators?|models?)|statistical models|models that write code|deep learning|learning algorithms?|"
    r"(?:machine|deep) learn\w+|artificial (?:general )?intelligen\w+|ai|gen ?ai|llms?|(?:language|foundation|generative|"
    r"ml|diffusion) models?|"
    r"generative (?:ai|systems?|tools?)|neural net\w*|(?:text and )?data ?mining|tdm|copilots?|chat ?gpt|(?:model|"
    r"ml)s? training|"
    r"train(?:ed|ing|s)? (?:\w+ ){0,8}(?:ai|artificial|machine|models?|llms?|neural|generative|algorithms?|networks?|systems?)|"
    r"(?:training|learning) (?:data ?sets?|data|corpus|corpora|sets?|material)|fine ?tun\w+|no ?ai|"
    r"(?:in|into|for|of|as|to|from) (?:\w+ ){0,3}(?:data ?sets?|corpus|corpora)"
)
_NEGATION = (
    r"not|no|never|nor|neither|without|don t|won t|cannot|prohibit\w*|forbid\w*|disallow\w*|refus\w+|reserv\w+|opt(?:ed|s|"
    r"ing)? ?out|exclud\w+|"
    r"except\w*|unless|only|solely|consent\w*|permission|permitted|authori[sz]\w+|unauthori[sz]\w+|restrict\w*|requires?|"
    r"required|needs?|agree\w*|"
    r"bann?(?:ed|s)?|deni\w+|deny|breach|violat\w+|infring\w+|withh\w+|off limits|illegal\w*|unlawful\w*|refrain|abstain|"
    r"object\w*|withdr\w+|"
    r"may|must|shall|license|licence|subject to"
)
_REFUSAL = (
    r"prohibited|forbidden|disallowed|excluded|reserved|restricted|off limits|unauthori[sz]ed|"
    r"(?:not|never|isn t|aren t) (?:\w+ ){0,2}(?:allowed|permitted|granted|authori[sz]ed|licen[sc]ed|welcome|ok|okay|"
    r"covered|included|wanted|desired)|"
    r"requires? (?:\w+ ){0,4}(?:permission|consent|licen[sc]e|agreement|approval|fee)"
)
_WORK = (
    r"software|program(?:me)?|code|sources?|files?|works?|projects?|repository|repo|package|material|materials|contents?|"
    r"script|product|"
    r"documentation|copies|library|module|text"
)
_OBJECT = re.compile(
    rf"\b(?:this|these|our|my|such|said|any part of this|any of this) (?:\w+ )?(?:{_WORK})\b|\bthe (?:above |"
    rf"said )?(?:software|code|source code|work|repository|program)\b|\bsource (?:code|and|or)\b|\bopt(?:ed|s)? ?out\b|"
    r"\bno ?ai\b|\badditional (?:terms?|conditions?|restrictions?)\b|\blicen[sc]\w+\b|\bterms?\b|\bcop(?:y|ies)\b"
)
_AI = re.compile(rf"\b(?:{_USES_OF_AI})\b")
_WITHHELD = re.compile(rf"\b(?:{_REFUSAL}|{_NEGATION})\b")
_RESERVATION_IN_PROSE = re.compile(
    rf"\b(?:{_USES_OF_AI})\b.{{0,100}}\b(?:{_REFUSAL})\b|\b(?:{_REFUSAL}) .{{0,100}}\b(?:{_USES_OF_AI})\b|"
    rf"\b(?:not|no|never|nor|neither|don t|cannot|without|agree|opt(?:ed|s)? ?out|refrain|abstain|object\w*|"
    rf"reserv\w+)\b.{{0,100}}\b"
    rf"(?:us(?:e|ed|es|ing)|includ\w+|part|ingest\w*|collect\w*|process\w*|feed|fed|add\w*|copied|train\w*|fine ?tun\w+|"
    rf"scrap\w+|crawl\w*|mined?|"
    rf"input|reproduc\w+|employ\w*|analy[sz]\w+|made|appear|serve|contribut\w+)\b.{{0,100}}\b(?:{_USES_OF_AI})\b|"
    rf"(?:^no|\bnot for|\bnever for|\bno use (?:of|for|in|by)) (?:\w+ ){{0,2}}(?:{_USES_OF_AI})\b|"
    rf"\breserv\w+ (?:\w+ ){{0,3}}rights? (?:\w+ ){{0,6}}(?:{_USES_OF_AI})\b"
)
_PROSE_USE = re.compile(
    r"\b(?:train\w*|teach\w*|feed(?:ing)?|fed|ingest\w*|collect\w*|develop\w*|improv\w+|tuned?|tuning|fine ?tun\w+|"
    r"corpora|corpus|data ?sets?|"
    r"us(?:e|ed|ing)|available|input|build|read by|mined?|scrap\w+|crawl\w*|part of)\b"
)
_PROSE_WITHHELD = re.compile(
    r"\b(?:not|no one|nobody|no|never|nor|neither|cannot|without|forbidden|prohibited|disallowed|excluded|left out|"
    r"opt(?:s|ed)? ?out|consent|paid|"
    r"agreement|refus\w+|reserv\w+|(?:people|humans?) only|withh\w+|objects? to)\b"
)
_PROSE_WORK = re.compile(
    r"\b(?:this|these|our|my|the|such) (?:\w+ )?(?:software|source code|code|source|file|work|project|repository|"
    r"contents?|program|material|documentation)\b|"
    r"\b(?:contents? of this|permissions? (?:above|below)|the authors?|any part of (?:it|this))\b|\b(?:with|on|from|"
    r"by) (?:it|this)$"
)
_OPT_OUT = re.compile(
    rf"\b(?:keep|stay|hands) (?:\w+ )?(?:out|off|away)(?: (?:of|from))? (?:\w+ ){{0,3}}(?:{_USES_OF_AI})\b|"
    r"\bno ?ai\b|\barticle 4\b.*\b(?:dsm|directive|2019|copyright)\b|\b2019 790\b|\btdm (?:reservation|opt|policy|rights)\b|"
    r"\b(?:dsm|digital single market) directive\b|\bopt(?:ed|s)? ?out (?:of|from|under|for)\b.*\b(?:ai|training|mining|"
    r"tdm|learning|models?)\b"
)

_TRIGGER = re.compile(
    r"\b(?:must|shall|may|cannot|should|not|no|never|nor|none|neither|without|don|only|solely|exclusively|except\w*|"
    r"unless|requir\w+|needs?|needed|oblig\w+|"
    r"condition\w*|restrict\w*|prohibit\w*|forbid\w*|disallow\w*|bann?(?:ed|s)?|den(?:y|ied|ies)|agree\w*|consent\w*|"
    r"approv\w+|permi(?:t|tt\w+|ts|ssion\w*)|"
    r"authori[sz]\w+|unauthori[sz]\w+|allow\w*|fees?|pay|paid|pays|paying|payments?|purchas\w+|buy|bought|subscri\w+|"
    r"royalt\w+|money|prices?|"
    r"commerc\w+|noncommerc\w+|profits?|nonprofit|revenues?|turnover|employees?|enterprises?|customers?|train\w*|llms?|"
    r"datasets?|crawl\w*|"
    r"scrap(?:e|ing)|mining|expir\w+|terminat\w+|ends|ended|until|delet\w+|destroy\w*|revo[ck]\w+|withdr\w+|exclud\w+|"
    r"research purposes?|for research|"
    r"education\w*|academi\w+|teach\w+|students?|schools?|personal|private\w*|internal (?:use|purposes?|business|"
    r"operations|evaluation)|evaluat\w+|trial|military|"
    r"weapons?|warfare|"
    r"surveillance|gambling|nuclear|production|hobby\w*|ethic\w*|evil|harm\w*|alike|copyleft|proprietary|confidential\w*|"
    r"trade secrets?|nondisclosure|"
    r"disclos\w+|contracts?|compet\w+|hosted|saas|sell\w*|resell\w*|sale|sold|members|licensees?|property of|unpublished|"
    r"agreements?|eula|"
    r"ha(?:ve|s) to|same terms|provided (?:that|you)|additional (?:terms?|conditions?|restrictions?)|refus\w+|reserv\w+|"
    r"ask|countr(?:y|ies)|"
    r"export\w*|sanction\w*|notif\w+|inform|report back|publish\w*)\b"
)
"""Words that make an uncovered sentence of a license file one that must be understood."""

_NEUTRAL = re.compile(
    r"\b(?:(?:in )?may (?:\d{1,2} )?(?:19|20)\d\d|non ?profit organi[sz]ation|(?:cnri|beopen com|psf) no|"
    r"subject to the following conditions?|"
    r"for both (?:academic|personal|private|research) and commercial (?:use|purposes?)(?: at (?:absolutely )?no cost)?|"
    r".*gpl compatible.*|.*compatible with the (?:gnu )?gpl.*|.*unlike the gpl.*|the others don t|"
    r"(?:all )?rights? reserved|(?:names? of .* )?(?:may|"
    r"shall) not be used in (?:advertising|publicity).*|"
    r"^reserved|can be (?:found|obtained|downloaded|viewed)|may be (?:found|obtained|"
    r"viewed) (?:at|in|from|on)|should have received|"
    r"terms and conditions|third party (?:software|programs?|components?|code|librar\w+)\b.*|"
    r"(?:contains?|includes?|bundles?|uses?) (?:\w+ ){0,6}third party .*|these separate licen[sc]e terms govern .*|"
    r"except (?:as|where|when|for|if)? ?(?:otherwise )?(?:expressly |explicitly |specifically )?(?:noted|stated|"
    r"documented|specified|indicated|mentioned|marked|listed)|"
    r"unless (?:otherwise|explicitly|expressly|specifically) (?:noted|stated|documented|specified|indicated|mentioned|"
    r"marked|licensed)|"
    r"(?:everything|all (?:\w+ ){0,3}(?:files|code|content|contents|software)) (?:\w+ )?except (?:the |for )?.*|"
    r"neither the names? of .* nor the names? of (?:\w+ ){0,3}contributors may be used to endorse or promote products derived "
    r"from this software "
    r"without specific prior written permission|"
    r"additional copyrights may follow|indicate (?:their|his|"
    r"her) copyright (?:solely )?in the commit message.*|"
    r"should indicate|if individual contributors want .*|it is important to note .*|if a contributor wants .*|"
    r"banner should be used in any source code file|is not the copyright of any.*|"
    r"you may (?:also |alternatively |instead )?(?:use|choose|select|redistribute|distribute|"
    r"copy)(?: \w+){0,6} under (?:the (?:terms of )?|either |any |one of )"
    r"(?:\w+ ){0,6}(?:licen[sc]es?|gpl|mit|bsd|apache)|under different licen[sc]e terms|which apply to that software|"
    r"restriction terms at the top|"
    r"separate directory tree.*|code of conduct|if you (?:have|find) (?:any )?(?:questions|problems|bugs)|bug reports|"
    r"not covered (?:under|by) the \w+ licen[sc]e (?:above|below)|no (?:copyright|rights) (?:is |are )?claimed|"
    r"all you need|in no particular order|"
    r"(?:but|including|and) not limited to|may not reflect|not affiliated|no longer (?:maintained|supported)|"
    r"without (?:any )?warranty|"
    r"as is|no warrant\w+|not (?:be )?(?:held )?(?:liable|responsible)|"
    r"trademarks? .*property of their respective (?:owners|holders)|"
    r"(?:file|files|code|sources?) that (?:do|does) not (?:have|contain|carry)|do(?:es)? not (?:have|contain|"
    r"include) (?:a |an )?(?:explicit |own )?(?:copyright|licen[sc]e|header))\b"
)
"""Phrases in license files that condition nothing, collected on the license files of installed packages."""

_FIELD = (
    r"(?:non ?)?commercial\w*|personal|private|educational|academic|research|evaluation|teaching|study|trial|scientific|"
    r"hobby|home|"
    r"non ?profit|in ?house|student|classroom|charitable|humanitarian|peaceful"
)
_HEADER = re.compile(
    r"\btrade secrets?\b|\bproprietary (?:and confidential|to|information|software|source|code|material\w*|rights|"
    r"property|licen[sc]e|notice|program|product|work)\b|"
    r"\b(?:is|are|remains?) (?:the )?(?:\w+ )?proprietary$|\bconfidential(?:$| (?:and|information|property|material\w*|"
    r"subject|proprietary|do|not|source|all|internal|c|copyright))|"
    r"\b(?:inc|corp|corporation|ltd|llc|gmbh|company|strictly|highly) (?:\w+ )?confidential\b|\bunpublished\b|"
    r"\bnot published\b|\bnon ?disclosure\b|\bnda\b|"
    r"\bnot for (?:public |general )?(?:distribution|release|redistribution|publication|resale|sale|reuse)\b|"
    r"\bdo not (?:copy|redistribute|distribute|share|disclose|publish|forward|pass on|reproduce|sell|resell|reuse|"
    r"circulate|leak)"
    r"(?: (?:or|and) (?:\w+ )?(?:copy|redistribute|distribute|share|disclose|publish|forward|reproduce|sell|use|reuse|"
    r"modify))*(?:$| (?:this|these|without|any|outside|to)\b)|"
    r"\b(?:may|must|shall|can|should|is|are) ?not (?:to )?be (?:\w+ ){0,5}(?:copied|reproduced|distributed|redistributed|"
    r"disclosed|published|sold|resold|"
    r"licen[sc]ed|sublicen[sc]ed|transferred|transmitted|decompiled|reverse|duplicated|divulged|circulated|shown|"
    r"passed on|commercially)\b|"
    r"\bno (?:part|portion)s? of .{0,80}\b(?:may|can|shall|must)\b|\bno (?:copy|copying|use|distribution|redistribution|"
    r"reproduction|right|rights|licen[sc]e|"
    r"permission)s? (?:of|is|are|may|can|shall|to|without|or|and|under|for)\b|"
    r"\bwithout (?:the |any |our |my |his |her |their )?(?:prior |express\w* |written |explicit\w* |specific |company |"
    r"author s |owner s )+(?:\w+ ){0,3}(?:consent|permission|authori[sz]ation|approval|licen[sc]e|agreement)\b|"
    r"\b(?:non ?commercial\w*|not for commercial|(?:for )?commercial (?:use|usage|purposes?|licen[sc]e|exploitation|"
    r"products?|distribution|gain)|"
    r"commercially (?:licen[sc]ed|exploit\w*)|licen[sc]ed commercially|(?:make|making|earn|earning) money|for profit|"
    r"monetary gain|financial gain)\b|"
    rf"\b(?:free|licen[sc]ed|permitted|allowed|granted|available|provided|intended|restricted|limited|used?|usage|only|"
    rf"solely|exclusively) (?:only |solely |exclusively )?(?:for|to|in|"
    rf"within) (?:\w+ ){{0,2}}(?:{_FIELD}) (?:\w+ ){{0,3}}(?:use|uses|users?|purposes?|projects?|institutions?|"
    rf"organi[sz]ations?|work)\b|"
    rf"\bfor (?:{_FIELD})(?: (?:and|or|and or) (?:\w+)){{0,6}} (?:use|purposes?|reasons) only\b|\b(?:for |"
    rf"in )?(?:{_FIELD}) (?:use|purposes?) only\b|\b(?:evaluation|personal|private|research|academic|"
    rf"educational) use only\b|(?:^|^for )(?:evaluation|personal|private|research|academic|educational) only\b|"
    rf"\b(?:only|solely|exclusively) (?:be )?(?:used )?(?:for|in) (?:\w+ )?(?:{_FIELD})\b|\bprivate projects\b|"
    r"\bnot (?:be )?(?:covered|licen[sc]ed|released|governed|offered) (?:by|under|for)\b|\bnot available under\b|\bnot (?:free|"
    r"open) (?:software|source)\b|\bunlicen[sc]ed\b|\bclosed source\b|\bnot licen[sc]ed\b|"
    r"\b(?:is|are|remains?) (?:the )?(?:sole |exclusive |confidential |intellectual |valuable )*property of\b|"
    r"\b(?:subject to|under|per|according to|governed by|pursuant to|in accordance with|as set forth in|by) (?:the |a |"
    r"an |your |our |its |their |that |this )?(?:\w+ ){0,5}(?:agreements?|contracts?|eula)\b|"
    r"\b(?:provided|supplied|delivered|released|available|restricted|limited|distributed|shipped|disclosed|licen[sc]ed|"
    r"used) (?:only |exclusively |solely )?(?:to|by) (?:\w+ ){0,3}(?:customers?|licen[sc]ees?|members|employees|"
    r"subscribers|students|consortium)\b|"
    r"\b(?:only|except|unless) (?:by |to |for |under )?(?:\w+ ){0,2}(?:customers|licen[sc]ees?|members|employees|"
    r"subscribers)\b|\bwith(?:out)? a (?:valid |paid |separate )?(?:subscription|contract|licen[sc]e key)\b|"
    r"\bnot authori[sz]ed (?:to|for)\b|\bunauthori[sz]ed (?:use|copying|reproduction|distribution|disclosure|duplication|"
    r"modification|copies|redistribution)\b|\bstrictly (?:prohibited|forbidden)\b|"
    r"\b(?:use|copying|distribution|redistribution|reproduction|modification|disclosure|duplication|transmission|sale|"
    r"resale|reuse|copy|redistribute)(?: (?:or|and|and or) \w+){0,6} (?:\w+ ){0,8}(?:is|are) (?:\w+ ){0,2}(?:prohibited|"
    r"forbidden|restricted|not (?:\w+ )?(?:allowed|permitted|granted|authori[sz]ed))\b|"
    r"\b(?:requires?|needs?|must (?:buy|purchase|obtain|pay|acquire|have)|have to (?:buy|purchase|obtain|pay)|buy|"
    r"purchase|obtain|acquire) (?:\w+ ){0,6}(?:(?:commercial|paid|separate|valid|written|another|additional|"
    r"proper) (?:\w+ )?(?:licen[sc]e|agreement)|licen[sc]e (?:fee|from)|subscription|contract|written permission)\b|"
    r"\blicen[sc]e fees?\b|\broyalt(?:y|ies)\b|\bshare ?alike\b|\bcopyleft\b|\bshare (?:your |any |all |the |"
    r"their )?(?:changes|modifications|improvements)\b|"
    r"\b(?:changes|modifications|derivatives?|derivative works?|improvements|adaptations|it|them|work|works|"
    r"versions) (?:\w+ ){0,4}(?:must|have to|has to|shall) (?:also |all )?be (?:\w+ ){0,3}(?:released|published|"
    r"made available|licen[sc]ed|distributed|shared|contributed)\b|"
    r"\b(?:must|shall|only|derivatives?|derivative works?|modifications|changes)\b.*\bunder the same (?:terms|"
    r"licen[sc]e)\b|\bused for good\b|\bnot evil\b|"
    r"\b(?:software|program|code|source|file|files|work|material) (?:may|can|must|shall) (?:only )?be (?:used|copied|"
    r"distributed|modified) (?:only |solely |exclusively )?by\b|\bmay only be (?:used|copied|distributed|modified) (?:for|"
    r"by|under|with)\b|"
    r"\byou (?:may|can|must|shall|are) ?not (?:\w+ ){0,5}(?:copy|distribute|redistribute|sell|publish|disclose|"
    r"sublicen[sc]e|reproduce|decompile|reverse|rent|lease|commercially)\b|"
    r"\bas long as (?:you|it|they) (?:do|does|are|is) not\b|\bprovided (?:that )?you (?:do not|don t|never)\b|"
    r"\bunless you (?:have|hold|own|buy|obtain|are an?)\b|"
    r"\b(?:ask|contact|write to|mail|email|e mail) (?:the |me|us|author|owner|copyright|\w+ ){0,4}(?:for (?:permission|"
    r"a (?:\w+ )?licen[sc]e|anything else|other (?:licen[sc]es|uses|terms)|licensing|any other)|before (?:you )?(?:us|"
    r"copy|distribut|redistribut)\w*)\b|"
    r"\bmay not (?:be )?(?:use|used) (?:this|for|by|in any|except|unless|without|outside)\b(?! .*\b(?:function|method|"
    r"class|api)\b)"
)
_NEGATED = re.compile(
    r"\b(?:not|never|no longer|isn t|aren t|excluding|except|excepted from|nor|neither|outside|instead of|"
    r"other than) (?:\w+ ){0,2}#+ #+"
)
"""A word that takes back the license match which follows it."""

_LEGAL_BLOCK = re.compile(
    r"copyright|\(c\)|©|licen[sc]|rights reserved|confidential|proprietary|\b(?:inc|corp|gmbh|ltd|llc|s\.a|pty)\b\.?",
    re.IGNORECASE,
)
_IN_LEGAL_BLOCK = re.compile(
    r"\binternal use\b|\bfor internal\b|\bpass on to\b|\bthird parties\b|\bfor customers\b|\bcustomers? only\b|"
    r"\b(?:software|code|file|program|source|work|it) (?:\w+ )?(?:may|must|shall|can) not be used\b|\bdo not use (?:this|"
    r"the) (?:file|code|software|program|source|work)\b|\bdo not use (?:it |this )?(?:without|unless|commercially|"
    r"for commercial)\b|"
    r"\bmay not use\b|\bnot (?:be )?(?:used|modified)\b.*\b(?:without|except|unless)\b.*\b(?:permission|consent|"
    r"licen[sc]e|agreement|approval)\b|"
    r"\bneed a (?:contract|licen[sc]e)\b|\b(?:not|no|without|requires?|needs?|only)\b.{0,60}\bproduction use\b|"
    r"\bproduction use (?:needs?|requires?)\b|\badditional (?:terms?|conditions?|restrictions?)\b|"
    r"\bonly be used (?:by|for|under|with the)\b|\bpermission (?:of|from|by)\b|\b(?:prior|written|express) (?:consent|"
    r"approval|permission)\b|\bconfidential\w*\b|\bproprietary\b|"
    r"\b(?:use|using|cop(?:y|ies|ying)|distribut\w+|redistribut\w+|modif\w+|reproduc\w+|software|licen[sc]\w+|"
    r"source code)\b.*\b(?:restricted|prohibited|forbidden|not (?:permitted|allowed))\b|"
    r"\b(?:restricted|prohibited|forbidden|not (?:permitted|allowed))\b.*\b(?:use|cop(?:y|ies|ying)|distribut\w+|"
    r"redistribut\w+|modif\w+|reproduc\w+)\b|"
    r"\bcommercial (?:use|usage|users|purposes?|licen[sc]e|entit\w+)\b"
)
_COMMENT = re.compile(
    r"\btrade secrets?\b|\bproprietary and confidential\b|\bconfidential and proprietary\b|\bunpublished (?:proprietary|"
    r"work|source)\b|"
    r"\b(?:this|the) (?:software|source code|source|file|code|program) (?:\w+ )?(?:may|must|"
    r"shall) not be (?:\w+ ){0,4}(?:copied|reproduced|distributed|redistributed|disclosed|sold)\b|"
    r"\bnon ?commercial(?:ly)?\b|\b(?:unauthori[sz]ed) (?:copying|reproduction|distribution|duplication)\b"
)
_HEADER_NEUTRAL = re.compile(
    r"\bconfidential clients?\b|\btrademarks? .*property of\b|\bwithout (?:any )?warrant\w+\b|\bproprietary (?:format|"
    r"protocol|extension|codec|driver|api)s?\b|"
    r"\bnot be (?:held )?(?:liable|responsible)\b|\broyalty free\b|\bno royalt\w+\b|"
    r"\byou may obtain a copy of the licen[sc]e at .*|"
    r"\byou should have received a copy .*"
)


def conditions(text: WordedText, covered: Set[int], place: Place) -> Iterator[Condition]:
    """Conditions in a text, from the top.

    Args: covered: start characters of the words that a license match explains.
    """
    is_legal = bool(_LEGAL_BLOCK.search(text.text))
    for sentence in text.sentences():
        words = text.words[sentence.first : sentence.last]
        is_read = place is Place.LICENSE or is_legal or _may_condition(words, covered)
        if is_read and any(word.start not in covered for word in words):
            full, opened = _joined([(word.text, word.start in covered) for word in words])
            kind = _kind(full, opened, place, is_legal=is_legal)
            if kind is not None:
                yield Condition(sentence.text, sentence.lines, is_reservation=kind)


def _may_condition(words: Sequence[Word], covered: Set[int]) -> bool:
    """Whether a sentence of a comment has a word of the law, or a license match: the patterns cost more than this."""
    return not STATING_WORDS.isdisjoint(word.text for word in words) or any(word.start in covered for word in words)


def _joined(words: list[tuple[str, bool]]) -> tuple[str, str]:
    """The words in one string, and the same string with the covered ones as marks of equal length."""
    return " ".join(word for word, _ in words), " ".join("#" * len(word) if is_covered else word for word, is_covered in words)


def _kind(full: str, opened: str, place: Place, *, is_legal: bool) -> bool | None:
    """Whether the sentence is a reservation, or None if it is no condition."""
    if _reserves(full, opened, place):
        return True
    telling = _without(_NEUTRAL, full, opened)
    if _NEGATED.search(telling):
        return False
    if place is Place.LICENSE:
        return False if _TRIGGER.search(telling) else None
    patterns = {Place.COMMENT: (_COMMENT,), Place.README: (_HEADER,)}.get(
        place, (_HEADER, TERMS, _IN_LEGAL_BLOCK, TERMS_BESIDE_A_NOTICE) if is_legal else (_HEADER, TERMS)
    )
    rest = _without(_HEADER_NEUTRAL, full, opened)
    return False if any(_is_open(match.span(), rest) for pattern in patterns for match in pattern.finditer(full)) else None


def _reserves(full: str, opened: str, place: Place) -> bool:
    if any(_is_open(match.span(), opened) for match in _OPT_OUT.finditer(full)):
        return True
    if not _AI.search(full):
        return False
    if place is Place.LICENSE:
        return _is_any_open(full, opened)
    if all(pattern.search(full) for pattern in (_PROSE_USE, _PROSE_WITHHELD, _PROSE_WORK)) and _is_any_open(full, opened):
        return True
    if not any(_is_open(match.span(), opened) for match in _RESERVATION_IN_PROSE.finditer(full)):
        return False
    return bool(_OBJECT.search(full)) or len(full.split()) <= 8


def _is_any_open(full: str, opened: str) -> bool:
    """Whether a use for AI and a word that withholds it stand in a sentence, with words that nothing explains between them."""
    spans = [[match.span() for match in pattern.finditer(full)] for pattern in (_AI, _WITHHELD)]
    starts, ends = zip(*(span for each in spans for span in each), strict=True)
    return all(spans) and _is_open((min(starts), max(ends)), opened)


def _is_open(span: tuple[int, int], opened: str) -> bool:
    """Whether at least two of the words, or the only one, are explained by nothing."""
    words = opened[slice(*span)].split()
    return sum(not word.startswith("#") for word in words) >= min(2, len(words))


def _without(pattern: re.Pattern[str], full: str, opened: str) -> str:
    """The open words without those of these phrases."""
    for match in pattern.finditer(full):
        opened = opened[: match.start()] + "#" * (match.end() - match.start()) + opened[match.end() :]
    return opened
