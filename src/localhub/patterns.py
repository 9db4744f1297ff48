"""The patterns of .gitignore and .gitattributes, as far as they decide about uploads.

Source: git's documentation, gitignore(5) and gitattributes(5). One file at the root speaks for the whole repository.
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
"""The .gitattributes that a new repository begins with."""


def goes_by_lfs(attributes: str, path: str) -> bool:
    """Whether a .gitattributes sends a path to LFS; the last line that matches decides.

    >>> goes_by_lfs("*.bin filter=lfs\\nsmall/*.bin -filter\\n", "small/a.bin")
    False
    """
    verdict = False
    for pattern, filters in _attribute_lines(attributes):
        if pattern.fullmatch(path):
            verdict = filters
    return verdict


def is_ignored(gitignore: str, path: str) -> bool:
    """Whether a .gitignore leaves a path out: the path itself, or a folder above it.

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
    """Pattern, and whether it sends to LFS, of the lines that speak of filters."""
    found = []
    for words in _lines(text):
        pattern, *attributes = words.split()
        filters = [word for word in attributes if word.lstrip("-!").split("=")[0] == "filter"]
        if filters:
            found.append((_compiled(pattern), filters[-1] == "filter=lfs"))
    return found


@lru_cache(maxsize=64)
def _ignore_lines(text: str) -> list[tuple[re.Pattern[str], bool, bool]]:
    """Pattern, whether it ignores, whether it is for folders only."""
    found = []
    for line in _lines(text):
        ignores = not line.startswith("!")
        pattern = line.removeprefix("!").rstrip()
        found.append((_compiled(pattern.rstrip("/")), ignores, pattern.endswith("/")))
    return found


def _lines(text: str) -> Iterator[str]:
    return (line.strip() for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#"))


def _compiled(pattern: str) -> re.Pattern[str]:
    """A pattern with a slash counts from the root; one without matches a name in any folder."""
    anchored = "/" in pattern
    body = "".join(map(_translated, re.findall(r"\*\*/|/\*\*$|\*\*|\*|\?|\[[!^]?\]?[^\]]*\]|\\.|.", pattern.lstrip("/"))))
    try:
        return re.compile(body if anchored else f"(?:.*/)?{body}")
    except re.error:  # a class such as [z-a] matches nothing in git
        return re.compile(r"(?!)")


def _translated(token: str) -> str:
    fixed = {"**/": "(?:.*/)?", "/**": "/.*", "**": ".*", "*": "[^/]*", "?": "[^/]"}
    if token in fixed:
        return fixed[token]
    if token.startswith("[") and len(token) > 1:
        negated = token[1] in "!^"
        return f"(?!/)[{'^' if negated else ''}{token[1 + negated : -1]}]"
    return re.escape(token[-1])
