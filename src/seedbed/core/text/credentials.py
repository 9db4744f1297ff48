"""Credentials in source: a scanner with many hundred provider rules, and one rule of our own for assigned secrets.

Policy. A key in a test, a fixture or a document counts like any other: it may be live, models repeat what they saw, and the
scanner of a hosting service flags it too. Placeholders ("EXAMPLE", "xxxx", "changeme"), keyboard runs and words pass.

Nothing is sent over a network: the scanner does not validate. Of a finding only the rule and the line are kept.
"""

from __future__ import annotations

import functools
import re
from collections import Counter
from dataclasses import dataclass
from math import log2
from threading import Lock
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kingfisher_sdk import Scanner


@dataclass(frozen=True, slots=True)
class Secret:
    """Where a credential stands: the rule that names it and its line, from 1. Never the credential itself."""

    rule: str
    line: int


PRIVATE_KEY_START: Final = re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY")
"""First line of a private key. The scanner finds a key by its end, which a text that is cut off may not have."""

# The name left of the assignment must say what it holds; the value is judged by `_is_random`.
_ASSIGNMENT: Final = re.compile(r"""[:=]\s{0,3}(?:[bBrRuU]?["'`])([A-Za-z0-9+/=_.~-]{16,200})["'`]""")
_SECRET_NAME: Final = re.compile(
    r"""(?:secret|passw(?:or)?d|pwd|token|api_?key|apikey|access_?key|private_?key|auth_?key|credential|client_?key)"""
    r"""\w{0,20}["'\]]{0,2}(?:\s{0,3}:\s{0,3}[\w.&'<>\[\]]{1,30})?\s{0,20}$""",
    re.IGNORECASE,
)
_NAME_WINDOW_CHARACTERS: Final = 80
_PLACEHOLDER: Final = re.compile(
    r"example|sample|dummy|fake|mock|test|change.?me|placeholder|redacted|your|insert|replace|secret|passw|foo|bar"
    r"|(.)\1{4}|0123456|1234567|abcdef|qwerty|deadbeef|lorem",
    re.IGNORECASE,
)
_WORDS: Final = re.compile(r"[a-z]{5,}|[A-Z]{5,}|[A-Z][a-z]{4,}")
_MIN_ENTROPY_BITS: Final = 3.6
_MIN_SCANNER_ENTROPY_BITS: Final = 3.0
_MAX_WORD_SHARE: Final = 0.5
# The scanner's own confidence is lowest for passwords in URLs, which tests are full of.
_URL_RULE: Final = "generic_credential_uri"


def find_secrets(text: str) -> Iterator[Secret]:
    """Find credentials in a text: first those of the scanner, then values assigned to a name such as `password`.

    Args: text: decoded source.
    Yields: rule and line of each, in the order of the text within either kind.
    """
    if not text:
        return
    yield from _scanned(text)
    yield from _assigned(text)


def entropy_bits(value: str) -> float:
    """Shannon entropy of the characters of a value, in bits per character.

    >>> entropy_bits("aabb")
    1.0
    """
    return sum(-n / len(value) * log2(n / len(value)) for n in Counter(value).values())


def _scanned(text: str) -> Iterator[Secret]:
    scanner = _scanner()
    findings = scanner.scan(text.encode("utf-8", "replace"))
    scanner.reset_dedup()
    for finding in sorted(findings, key=lambda finding: (finding.location["line"], finding.rule_id)):
        rule = finding.rule_id.partition(".")[2].replace("-", "_").replace(".", "_")
        if finding.visible and _is_credible(rule, finding.secret):
            yield Secret(rule, int(finding.location["line"]))


def _is_credible(rule: str, value: str) -> bool:
    if rule == "private_key":
        return True
    if _PLACEHOLDER.search(value):
        return False
    return rule != _URL_RULE or entropy_bits(value) >= _MIN_SCANNER_ENTROPY_BITS


def _assigned(text: str) -> Iterator[Secret]:
    for value in _ASSIGNMENT.finditer(text):
        name = text[max(0, value.start() - _NAME_WINDOW_CHARACTERS) : value.start()]
        if _SECRET_NAME.search(name) and _is_random(value[1]):
            yield Secret("assignment", text.count("\n", 0, value.start(1)) + 1)


def _is_random(value: str) -> bool:
    """Whether a value looks random: letters and digits, high entropy, few words."""
    if not (re.search(r"\d", value) and re.search(r"[A-Za-z]", value)) or _PLACEHOLDER.search(value):
        return False
    words = sum(map(len, _WORDS.findall(value)))
    return entropy_bits(value) >= _MIN_ENTROPY_BITS and words < _MAX_WORD_SHARE * len(value)


def preload() -> None:
    """Compile the scanner's rules, so that forked workers share them: 5 CPU seconds the first time, 0.3 from its cache."""
    _scanner()


_loading: Final = Lock()


def _scanner() -> Scanner:
    """The scanner of this process; a thread that asks while another one loads it waits."""
    with _loading:
        return _loaded()


@functools.cache
def _loaded() -> Scanner:
    from kingfisher_sdk import Rules, Scanner

    return Scanner(Rules(), base64=False)
