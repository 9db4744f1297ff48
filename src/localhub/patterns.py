"""The patterns of .gitignore and .gitattributes, as far as they decide about uploads.

Source: git's documentation, gitignore(5) and gitattributes(5). One file at the root applies to the whole repository.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

_LFS_ENDINGS = (
    "7z arrow avro bin bin.* bz2 ckpt ftz gz h5 joblib lz4 mlmodel model msgpack npy npz onnx ot parquet pb pickle pkl pt pth "
    "rar safetensors tar tar.* tflite tgz wasm xz zip zst pcm sam raw aac flac mp3 ogg wav bmp gif png tiff jpg jpeg webp mp4 "
    "webm"
)
DEFAULT_ATTRIBUTES = "".join(f"*.{ending} filter=lfs diff=lfs merge=lfs -text\n" for ending in _LFS_ENDINGS.split())
"""The .gitattributes of a new repository."""

# `**` means any folders only as a whole part of a path, or behind a prefix without wildcards; in any other place it is a `*`.
_PREFIX = re.compile(r"[^*?\[\\]*")
_TOKEN = re.compile(r"(?:(?<=/)|^)\*\*+/(?!$)|/\*\*+$|^\*\*+$|\*|\?|\[[!^]?\]?[^\]]*\]|\\.|.")
_REGEX = {"**/": "(?:.*/)?", "/**": "/.*", "**": ".*", "*": "[^/]*", "?": "[^/]"}


def goes_by_lfs(attributes: str, path: str) -> bool:
    """Whether a .gitattributes sends a path to LFS; the last matching line decides.

    >>> goes_by_lfs("*.bin filter=lfs\\nsmall/*.bin -filter\\n", "small/a.bin")
    False
    """
    verdict = False
    for pattern, lfs in _attribute_lines(attributes):
        if pattern.fullmatch(path):
            verdict = lfs
    return verdict


def is_ignored(gitignore: str, path: str) -> bool:
    """Whether a .gitignore leaves out a path: the path itself, or a folder above it.

    >>> is_ignored("*.log\\n!keep.log\\nbuild/", "build/a.txt"), is_ignored("*.log\\n!keep.log", "x/keep.log")
    (True, False)
    """
    rules = _ignore_lines(gitignore)
    parts = path.split("/")
    for depth in range(1, len(parts) + 1):
        part, folder = "/".join(parts[:depth]), depth < len(parts)
        verdict = False
        for pattern, ignores, folders_only in rules:
            if (folder or not folders_only) and pattern.fullmatch(part):
                verdict = ignores
        if verdict:
            return True
    return False


@lru_cache(maxsize=64)
def _attribute_lines(text: str) -> list[tuple[re.Pattern[str], bool]]:
    """Pattern, and whether it sends to LFS, of each line with a filter."""
    rules = []
    for line in _lines(text):
        pattern, *attributes = line.split()
        filters = [word for word in attributes if word.lstrip("-!").split("=")[0] == "filter"]
        if filters:
            rules.append((_compiled(pattern), filters[-1] == "filter=lfs"))
    return rules


@lru_cache(maxsize=64)
def _ignore_lines(text: str) -> list[tuple[re.Pattern[str], bool, bool]]:
    """Pattern, whether it ignores, whether it is for folders only."""
    rules = []
    for line in _lines(text):
        pattern = line.removeprefix("!").rstrip()
        rules.append((_compiled(pattern.removesuffix("/")), not line.startswith("!"), pattern.endswith("/")))
    return rules


def _lines(text: str) -> Iterator[str]:
    return (line.strip() for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#"))


def _compiled(pattern: str) -> re.Pattern[str]:
    """A pattern with a slash is relative to the root; one without matches a name in any folder."""
    anchored = "/" in pattern
    pattern = pattern.removeprefix("/")
    prefix = _PREFIX.match(pattern)[0] if anchored else ""  # type: ignore[index]  # it matches the empty text too
    body = re.escape(prefix) + "".join(map(_regex, _TOKEN.findall(pattern[len(prefix) :])))
    try:
        return re.compile(body if anchored else f"(?:.*/)?{body}", re.DOTALL)
    except re.error:  # a class such as [z-a] matches nothing in git
        return re.compile(r"(?!)")


def _regex(token: str) -> str:
    if token.startswith("[") and len(token) > 1:
        negated = token[1] in "!^"
        return f"(?!/)[{'^' if negated else ''}{token[1 + negated : -1]}]"
    return _REGEX.get(re.sub(r"\*\*+", "**", token)) or re.escape(token[-1])
