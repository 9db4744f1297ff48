"""Web pages of sources."""

from __future__ import annotations

import re
from urllib.parse import quote

_PYPI = re.compile(r"pkg:pypi/([^@/?#]+)@([^/?#]+)")
_GIT = re.compile(r"(?:git\+)?(https?://[^\s@]+?)(?:\.git)?@([0-9a-f]{7,64})")


def web_address(source: str) -> str | None:
    """The page of a version of a package, or of a commit; None for what has no page.

    >>> web_address("pkg:pypi/six@1.16.0")
    'https://pypi.org/project/six/1.16.0/'
    """
    if package := _PYPI.fullmatch(source):
        name, version = (quote(part, safe="%") for part in package.groups())
        return f"https://pypi.org/project/{name}/{version}/"
    if clone := _GIT.fullmatch(source):
        return f"{clone[1]}/tree/{clone[2]}"
    return None
