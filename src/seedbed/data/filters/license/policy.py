"""The license policy: an expression and a list of allowed SPDX keys give a verdict."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from hashlib import sha256
from importlib import resources

from seedbed.core.config.parsing import handbook
from seedbed.core.config.recipe import Recipe
from seedbed.core.errors import RecipeError
from seedbed.data.filters.license.evidence import Evidence
from seedbed.data.filters.license.expressions import RESERVED, conjunction, fold, is_unknown, known_licenses

DEFAULT_ALLOW: tuple[str, ...] = (
    # MIT and its variants: keep the notice, nothing more; some also forbid to advertise with the holder's name.
    "MIT", "MIT-0", "MIT-CMU", "MIT-Modern-Variant", "MIT-open-group", "MIT-testregex", "MIT-Wu", "X11",
    "X11-distribute-modifications-variant", "libtiff", "ISC", "NCSA", "curl", "ICU", "Xnet", "Linux-OpenIB", "SGI-B-2.0",
    "HPND", "HPND-sell-variant", "HPND-sell-regexpr", "NTP", "NTP-0", "xlock", "SunPro", "Python-2.0", "Python-2.0.1",
    "PSF-2.0", "LicenseRef-scancode-python-cwi",
    "CNRI-Python", "PostgreSQL", "TCL", "Unicode-DFS-2015", "Unicode-DFS-2016", "Unicode-3.0", "W3C",
    "W3C-20150513", "SMLNJ", "dtoa", "MirOS",
    # BSD without an advertising clause that is still in force. bsd-unchanged is BSD-2-Clause whose notice stays where it is.
    "0BSD", "BSD-1-Clause", "BSD-2-Clause", "BSD-2-Clause-Darwin", "BSD-2-Clause-Patent", "BSD-2-Clause-Views",
    "BSD-3-Clause", "BSD-3-Clause-Clear", "BSD-3-Clause-LBNL", "BSD-3-Clause-Modification", "BSD-3-Clause-Open-MPI",
    "BSD-3-Clause-Sun", "BSD-4-Clause-UC", "BSD-Source-Code", "LicenseRef-scancode-bsd-unchanged",
    "LicenseRef-scancode-bsd-simplified-source",
    # Apache and other texts with a patent grant and no duty to share.
    "Apache-1.1", "Apache-2.0", "BlueOak-1.0.0", "ECL-2.0", "MulanPSL-2.0", "LicenseRef-scancode-mulanpsl-2.0-en", "UPL-1.0",
    "OLDAP-2.8", "ZPL-2.1",
    # zlib and similar licenses: do not misrepresent the origin, mark what was changed.
    "Zlib", "zlib-acknowledgement", "Libpng", "libpng-2.0", "bzip2-1.0.6", "IJG", "BSL-1.0", "Info-ZIP", "Spencer-86",
    # The Free Software Foundation's notices for build files.
    "FSFAP", "FSFUL", "FSFULLR",
    # Public domain: the author gives up all rights, or lets everyone do everything.
    "Unlicense", "Unlicense-libtelnet", "Unlicense-libwhirlpool", "CC0-1.0", "CC-PDDC", "WTFPL", "Beerware", "blessing",
    "NIST-PD", "SAX-PD", "SAX-PD-2.0", "LZMA-SDK-9.22", "libselinux-1.0", "bcrypt-Solar-Designer", "NLPL", "diffmark",
    "LicenseRef-scancode-public-domain", "LicenseRef-scancode-public-domain-disclaimer", "LicenseRef-scancode-lzma-sdk-pd",
    "LicenseRef-scancode-libselinux-pd", "LicenseRef-scancode-json-pd", "LicenseRef-scancode-json-js-pd",
    "LicenseRef-scancode-aes-128-3.0", "LicenseRef-scancode-wtfpl-1.0", "LicenseRef-scancode-wthpl-1.0",
    # Patent grants beside a license, as in Go and WebM: they take nothing back, and end for a licensee who sues.
    "LicenseRef-scancode-google-patent-license-golang", "LicenseRef-scancode-google-patent-license-webm",
    "LicenseRef-scancode-google-patent-license-webrtc", "LicenseRef-scancode-google-patent-license",
    # Exceptions that only add permissions; they count where their license is on the list too.
    "LLVM-exception",
)  # fmt: skip
"""SPDX keys that let anyone use, change and pass on the code and ask at most for notices.

By key and not by category: scancode's "Permissive" also holds texts such as CC-BY-4.0 (attribution of each use) and
`LicenseRef-scancode-other-permissive` (any text of that kind, unread). Each text was read. Left out, with the reason, are
those that docs/method/licenses.md lists (Policy).
"""


@dataclass(frozen=True, slots=True)
class Policy:
    """A named allow-list. `OWN` is the name of a list that a recipe writes out itself."""

    name: str
    allow: tuple[str, ...]

    @property
    def digest(self) -> str:
        """First 12 hexadecimal digits of a SHA-256 over the keys; their order does not matter."""
        return sha256("\n".join(sorted(set(self.allow))).encode()).hexdigest()[:12]

    @property
    def id(self) -> str:
        """What a sample records: name and digest, such as `default@0123456789ab`."""
        return f"{self.name}@{self.digest}"


DEFAULT = Policy("default", DEFAULT_ALLOW)
OWN = "own"


@cache
def policies() -> dict[str, Policy]:
    """The ready-made policies by name: our own, and the ratings of the Blue Oak Council, each with the better ones.

    Source: blue_oak.json, which names its origin and version. tests/agreement/blue_oak.py prints it.
    """
    text = resources.files(__package__).joinpath("blue_oak.json").read_text("utf-8")
    made, allow = {DEFAULT.name: DEFAULT}, ()
    for rating, keys in json.loads(text)["ratings"].items():
        allow = (*allow, *keys)
        made[f"blue-oak-{rating}"] = Policy(f"blue-oak-{rating}", allow)
    return made


def policy_of(name: str | None, allow: Sequence[str]) -> Policy:
    """The policy of a recipe: the one it names, the list that it writes out, `default` without either.

    Both at once are refused, unless they are the same: a list that widens a named policy would be neither. A manifest
    writes both, so that its recipe can be built again and still means what it meant.

    Raises: RecipeError for an unknown name, and for a list that is not that of the name.
    """
    if name in {None, OWN} and allow:
        return Policy(OWN, tuple(allow))
    policy = policies().get(name or DEFAULT.name)
    if policy is None:
        raise RecipeError(f"license.policy: {name}: no such policy. Allowed: {', '.join(policies())}. See {handbook('license')}.")
    if allow and set(allow) != set(policy.allow):
        raise RecipeError(
            f"license: policy {name} and allow are two lists. Allowed: one of them; `allow` replaces a policy, "
            f"it does not add to one. See {handbook('license')}."
        )
    return policy


def in_effect(recipe: Recipe) -> Recipe:
    """The recipe with its policy by name and list, as the manifest writes it. Raises: RecipeError, as `policy_of`."""
    policy = policy_of(recipe.license.policy, recipe.license.allow)
    written = recipe.license.model_copy(update={"policy": policy.name, "allow": policy.allow})
    return recipe.model_copy(update={"license": written})


@dataclass(frozen=True, slots=True)
class LicenseVerdict:
    """Whether a sample is allowed, and if not why: `reason` is that of the filter, `detail` names key and origin."""

    expression: str | None
    is_allowed: bool
    reason: str | None = None
    detail: str | None = None


def check_allow(allow: Iterable[str]) -> tuple[str, ...]:
    """The list itself, after a check of its keys.

    Raises: RecipeError for the first key that is unknown, with the nearest known ones, or that names no license.
    """
    listed, known = tuple(allow), known_licenses()
    by_lower = {key.lower(): key for key in known}
    for key in listed:
        if key == RESERVED:
            raise RecipeError(f"license.allow: {key}: a reservation against AI training cannot be allowed.")
        if key not in known:
            near = [by_lower[name] for name in get_close_matches(key.lower(), by_lower, n=3, cutoff=0.6)]
            hint = f"Nearest: {', '.join(near)}." if near else "No key is near it."
            raise RecipeError(f"license.allow: {key}: not an SPDX license key. {hint} See {handbook('license')}.")
        if is_unknown(key):
            raise RecipeError(f"license.allow: {key}: stands for no license in particular and cannot be allowed.")
    return listed


def allowed(expression: str | None, allow: Collection[str]) -> bool:
    """Whether the allow-list permits an expression: OR = any side, AND = every side, WITH = license and exception; None = no."""
    return expression is not None and fold(expression, leaf=lambda key: key in allow, every=all, some=any)


def effective(evidences: Iterable[Evidence | None]) -> str | None:
    """Expression of all evidence together: every piece holds, so the most restrictive one decides."""
    return conjunction(evidence.expression for evidence in evidences if evidence)


def blamed(expression: str, allow: Collection[str]) -> tuple[str, ...]:
    """Keys that stand in the way: not on the list, and not in an OR of which one side is allowed. None when it is allowed.

    >>> blamed("(MIT OR GPL-3.0-only) AND LGPL-2.1-only", {"MIT"})
    ('LGPL-2.1-only',)
    """

    def every(sides: list[tuple[str, ...]]) -> tuple[str, ...]:
        return tuple(dict.fromkeys(key for side in sides for key in side))

    return fold(
        expression,
        leaf=lambda key: () if key in allow else (key,),
        every=every,
        some=lambda sides: every(sides) if all(sides) else (),
    )


def judge(evidences: Mapping[str, Evidence | None], allow: Collection[str]) -> LicenseVerdict:
    """Verdict over all evidence of a sample, by origin."""
    expression = effective(evidences.values())
    if expression is None:
        return LicenseVerdict(None, False, "no_license", "no license found in the file, above it or in a manifest")
    if allowed(expression, allow):
        return LicenseVerdict(expression, True)
    named = [
        (key, f"{key} in {origin} ({', '.join(evidence.files)})")
        for origin, evidence in evidences.items()
        if evidence and evidence.expression
        for key in blamed(evidence.expression, allow)
    ]
    reason = _reason({key for key, _ in named})
    return LicenseVerdict(expression, False, reason, "; ".join(dict.fromkeys(words for _, words in named)))


def gravest(keys: Set[str]) -> Set[str]:
    """Those of the keys in the way that give the verdict: reservations, else licenses that are not allowed, else the unknown."""
    reservations = keys & {RESERVED}
    return reservations or {key for key in keys if not is_unknown(key)} or keys


def _reason(keys: Set[str]) -> str:
    """The gravest reason that one of these keys gives."""
    if RESERVED in keys:
        return "license_reserved"
    return "license_unknown" if all(map(is_unknown, keys)) else "license_not_allowed"
