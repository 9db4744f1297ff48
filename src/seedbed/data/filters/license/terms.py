"""Sentences of a header that set terms for those who use the file: who may, what for, until when, against what.

Read beside the patterns of `conditions`. Of the 24,105 distinct sentences in headers and notices of 9,000 files of installed
packages, `TERMS` matches 13, most of them parts of license texts, and `TERMS_BESIDE_A_NOTICE` 43, where it is read only beside
a notice. Both were written with these sentences in sight, so that other packages may have more.
"""

from __future__ import annotations

import re

_WORK = r"(?:software|program(?:me)?s?|code|sources?|librar(?:y|ies)|works?|materials?|copies|repository|package|project)"
_THE_WORK = rf"(?:this|the|our|my|such) (?:\w+ )?{_WORK}"
_OWNERS = r"(?:our|my|written|prior|express|explicit|authors?|owners?|holders?|maintainers?)"
_PEOPLE = (
    r"(?:users|companies|company|organi[sz]ations?|business(?:es)?|corporations?|enterprises?|firms?|anyone|everyone|nobody|"
    r"licen[sc]ees?|recipients?|"
    r"individuals?|persons?|people|institutions?|universities|governments?|agencies|agency|military|"
    r"employers?|competitors?|customers?|members|students|teachers|pupils|researchers|scientists|hobbyists|employees)"
)
_REFUSED = r"(?:prohibited|forbidden|not (?:\w+ )?(?:allowed|permitted|granted|authori[sz]ed|licen[sc]ed))"
_ACTS = (
    r"(?:use|used|cop(?:y|ies|ied|ying)|distribut\w+|redistribut\w+|modif\w+|reproduc\w+|reuse|sale|train\w*|publish\w*|"
    r"publication|commercial)"
)
_TO_PUBLISH = r"(?:publish|release|disclose|provide|share|open|make available|contribute|send)"

_FREE = (
    r"(?:same|above|this|following|new|modified|simplified|mit|bsd|apache|isc|zlib|boost|public|open|free|permissive|"
    r"respective|their|its|your|any|each|which|what|a|no|other|another)"
)

TERMS = re.compile(
    r"\bfor the avoidance of doubt\b|\byou can redistribute it\b|\blinking \w+ is granted\b|\bgnu affero\b|"
    r"\battribution to \w+ may not be removed\b|"
    r"\bexport controlled\b|^restricted (?!to\b)\w+(?: \w+){0,4}$|\bneed to know\b|^classified(?: \w+){0,4}$|"
    r"\bfor nothing else\b|"
    r"^free for (?:\w+ ){0,2}(?:teachers|students|schools|individuals|universities|researchers|hobbyists|non\w*|"
    r"members)\b|\breserves? (?:all|any) (?:\w+ )?rights\b|"
    r"\b(?:academic|private|internal|registered|paying|licensed) users only\b|\bon the same terms\b|\bshare (?:its|the|"
    r"their|your) (?:\w+ )?source\b|"
    rf"\bunder (?:the )?(?:terms (?:and conditions )?of )?(?:the )?(?!(?:\w+ ){{0,5}}{_FREE}\b)(?:\w+ ){{1,5}}licen[sc]e\b|"
    r"\buse of (?:the )?(?:software|code|program|product) (?:\w+ ){0,2}(?:limited|restricted)\b|\b(?:limited|"
    r"restricted) (?:solely|only|exclusively) to\b|"
    r"\b(?:protected|covered) (?:by|under) (?:\w+ ){0,8}(?:patents?|copyright law|treat(?:y|ies)|laws?)\b|"
    r"\bnotice (?:\w+ ){0,6}may not be removed\b|"
    r"\bproperty (?:of|from) (?:\w+ ){1,3}(?:inc|corp|corporation|ltd|llc|gmbh)\b|\bspecial exception\b|"
    r"\bpreferred form (?:of|for|from)\b|"
    r"\brights are (?:outlined|described|stated|defined)\b|\brequires? (?:\w+ ){0,6}fees?\b|"
    r"\bstrictly private\b|^(?:\w+ ){0,6}(?:corp|inc|ltd|gmbh|llc) private\b|\bprivate (?:code|software)\b|"
    r"\bfor (?:the )?(?:\w+ )?members (?:of|only)\b|\blook (?:\w+ ){0,3}but (?:do not|don t|never)\b|\bfor (?:viewing|"
    r"looking|inspection)(?: purposes)? only\b|"
    r"\b(?:not|never|t) (?:be )?(?:sell|sold|resell|resold)\b|\b(?:no|without|not for|t make|not make) (?:\w+ )?profits?\b|"
    r"\bgive (?:\w+ ){0,3}(?:changes|improvements|modifications) back\b|\bgive back (?:\w+ )?(?:changes|improvements)\b|"
    r"\bbuy (?:the|a|it|our) (?:\w+ )?(?:full|licen[sc]e|version|copy|product)\b|\b(?:demo|trial|evaluation) (?:version|"
    r"copy) (?:of|only)\b|"
    r"\blicen[sc]ed (?:only |exclusively |solely )?to (?:\w+ ){1,6}(?:only|exclusively|solely)\b|\b(?:need|needs|with|"
    r"ask) my permission\b|"
    r"\brights restricted\b|\bterms of (?:use|service)\b|\bsame (?:licen[sc]e|terms) as (?!the (?:rest|library|package|"
    r"project|main|original|parent|software|program|code)|this|that|above)|"
    r"\byou (?:\w+ )?agree (?:not|never|that|to)\b|"
    rf"\byou (?:may|must|can|shall) (?:not|only|never|solely) (?:\w+ ){{0,3}}{_THE_WORK}\b|"
    rf"\byou may (?:\w+ ){{0,4}}{_THE_WORK} (?:\w+ ){{0,6}}(?:only|solely|exclusively|unless|except|provided|if|for)\b|"
    rf"\bonly (?:\w+ ){{0,4}}{_PEOPLE} (?:may|can|(?:are|is) (?:allowed|permitted) to) (?:use|copy|modify|distribute|"
    rf"redistribute|run|"
    r"share) "
    rf"(?:\w+ ){{0,2}}{_WORK}\b|"
    r"\b(?:must|have to|has to|needs? to|shall|(?:are|is) required to) (?:\w+ )?(?:pay|purchase|buy|obtain|acquire) "
    r"(?:\w+ ){0,4}(?:fees?|licen[sc]es?|subscriptions?|royalt\w+|permission|consent)\b|"
    r"\b(?:yearly|annual|gross|total|whose) (?:\w+ )?(?:revenues?|turnover)\b|"
    r"\bcompet(?:es?|ing|itive) (?:\w+ )?(?:with )?(?:us|our|ours|products?|services?|business|offerings?|this software)\b|"
    r"\b(?:not|never|agree|without|prohibited|forbidden) .{0,100}\b(?:hosted|managed|cloud) (?:\w+ )?services?\b|"
    rf"\b{_OWNERS} (?:s )?(?:\w+ )?(?:approval|consent|permission|authori[sz]ation)\b|"
    rf"\b(?:approval|consent) (?:of|from|by) (?:the )?(?:\w+ )?{_OWNERS}\b|"
    r"\b(?:this|the|your) licen[sc]e (?:\w+ ){0,4}(?:expires?|ends?|terminates?|revoked|withdrawn|void)\b|"
    r"\b(?:delete|destroy|return) (?:\w+ )?(?:all|any|every|your) (?:\w+ )?copies\b|"
    r"\bcopies (?:\w+ ){0,6}(?:deleted|destroyed|returned)\b|"
    rf"\brights? to use {_THE_WORK}\b|"
    rf"\b(?:must|have to|has to|shall|(?:are|is) required to) (?:also )?{_TO_PUBLISH} (?:\w+ ){{0,5}}(?:source code|sources|"
    r"changes|modifications|improvements)\b|"
    r"\b(?:use|usage|using|copying|distribution|redistribution|publication|sale|deployment|sharing) (?:\w+ ){0,8}(?:is|are) "
    rf"(?:\w+ ){{0,2}}{_REFUSED}\b|"
    r"\b(?:software|program|source code|code|work|library) (?:\w+ )?(?:may|must|can|is|are|shall|should) (?:not|never|only) "
    r"(?:\w+ )?(?:be )?(?:\w+ ){0,2}(?:used to|used for|used in|used by|shared|copied|distributed|published|disclosed|sold|"
    r"offered|passed|given)\b"
)
"""In the comment that begins a file, whatever else it says."""

TERMS_BESIDE_A_NOTICE = re.compile(
    r"\byou (?:may|must|shall|agree|can only|are not|have to|need to)\b.*\b(?:software|program|code|sources?|library|works?|"
    r"copies|versions?|products?|services?|licen[sc]\w*|fees?|permission|consent|authors?)\b|"
    rf"\b{_PEOPLE}\b.{{0,40}}\b(?:may (?!not (?:notice|be able|want|work))|must|shall|needs?|required|pay|has to|have to|"
    rf"not (?:use|copy|distribute))\b|"
    rf"\b(?:only|except|unless|without|not|never|no)\b.{{0,60}}\b{_PEOPLE} (?:may|must|shall|can|with|of|in)\b|"
    r"\b(?:licen[sc]e|permission|rights?|grant)\b.*\b(?:expires?|ends|terminat\w+|revoked?|withdrawn|until|void)\b|"
    rf"\b{_ACTS}\b.{{0,80}}\b{_REFUSED}\b|\b{_REFUSED}\b.{{0,80}}\b{_ACTS}\b|"
    rf"\b{_THE_WORK} (?:may|must|shall)\b|"
    r"\b(?:weapons?|military|warfare|surveillance|gambling)\b"
)
"""In a header that has a copyright or a license notice, and so speaks of those who have the file."""
