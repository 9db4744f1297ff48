"""Which scancode judged: the version of the package, a digest of its rules, and the page of each rule."""

from __future__ import annotations

from functools import cache
from hashlib import sha256
from importlib.metadata import distribution, entry_points, version

_PACKAGE = "scancode-toolkit"
_INDEX = "licensedcode/data/cache/license_index/index_cache,"
_PLUGINS = "scancode_additional_license_location"
"""Entry points of packages that add licenses and rules to the index."""

_PAGES = "https://github.com/aboutcode-org/scancode-toolkit/blob/v{version}/src/licensedcode/data/{folder}/{rule}"
_SPDX = "https://spdx.org/licenses/{key}.html"


@cache
def scancode_version() -> str:
    """Version of the installed scancode-toolkit."""
    return version(_PACKAGE)


@cache
def index_digest() -> str:
    """First 16 hexadecimal digits of a SHA-256 over what the license index is made of.

    That is: the hash of the prebuilt index, as the package's own list of files records it, or of every rule and license where
    it ships none, and name and version of every package that adds rules. It costs milliseconds and loads no index.
    """
    record = distribution(_PACKAGE).read_text("RECORD") or ""
    start = record.find(_INDEX)
    lines = [record[start : record.find("\n", start)].strip()] if start >= 0 else sorted(record.splitlines())
    plugins = sorted(f"{point.name} {point.dist.version if point.dist else ''}" for point in entry_points(group=_PLUGINS))
    return sha256("\n".join([scancode_version(), *lines, *plugins]).encode()).hexdigest()[:16]


def rule_url(rule: str, expression: str) -> str:
    """Page of a rule in the version that is installed, SPDX's page for its own keys, empty where there is none.

    >>> rule_url("", "MIT")
    'https://spdx.org/licenses/MIT.html'
    >>> rule_url("field:license", "MIT OR Apache-2.0")
    ''
    """
    for suffix, folder in ((".RULE", "rules"), (".LICENSE", "licenses")):
        if rule.endswith(suffix):
            return _PAGES.format(version=scancode_version(), folder=folder, rule=rule)
    is_key = expression.replace(".", "").replace("-", "").replace("+", "").isalnum()
    return _SPDX.format(key=expression) if is_key and not expression.startswith("LicenseRef-") else ""
