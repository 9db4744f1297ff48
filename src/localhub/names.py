"""Checks of names: repository ids, paths in a repository, branches and tags.

A checked name cannot leave its folder, hide a control character or be read as something else.
"""

from __future__ import annotations

import re
from typing import Literal, get_args

from localhub.errors import bad_request

RepoType = Literal["model", "dataset", "space"]
REPO_TYPES: tuple[RepoType, ...] = get_args(RepoType)

RESERVED = frozenset({"_login", "_logout", "_static", "api", "collections", "datasets", "models", "spaces"})
"""First words of the Hub's own addresses; no account may have them."""

_WORD = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9._-]{0,94}[A-Za-z0-9_])?")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_NOT_IN_A_REF = re.compile(r"[\x00-\x20\x7f~^:?*\[\\]|\.\.|@\{|//")
_MAX_PATH_BYTES = 1024
_MAX_PART_BYTES = 255
_MAX_PARTS = 100


def checked_name(name: object) -> str:
    """An owner's or a repository's name. Raises: HubError 400."""
    if not isinstance(name, str) or not _WORD.fullmatch(name) or "--" in name or ".." in name or name.endswith(".git"):
        raise bad_request(
            "A name has 1 to 96 of A-Z a-z 0-9 - _ . without -- or .., does not begin or end with - or ., or end with .git"
        )
    return name


def checked_owner(name: object) -> str:
    """A user's or an organisation's name. Raises: HubError 400, also for a reserved one."""
    if checked_name(name).lower() in RESERVED:
        raise bad_request(f"The name is one of the Hub's own: {', '.join(sorted(RESERVED))}")
    return str(name)


def checked_type(word: object) -> RepoType:
    """`model`, `dataset` or `space`; None is a model. Raises: HubError 400."""
    for repo_type in REPO_TYPES:
        if word in (repo_type, f"{repo_type}s"):
            return repo_type
    if word is None:
        return "model"
    raise bad_request(f"Unknown repository type. Allowed: {', '.join(REPO_TYPES)}")


def checked_path(path: object) -> str:
    """A file's path in a repository. Raises: HubError 400 for one that git or a file system would read as something else."""
    if not isinstance(path, str) or not path:
        raise bad_request("A path is a text that is not empty")
    parts = path.split("/")
    if any(part in ("", ".", "..") or part.lower() == ".git" for part in parts) or "\\" in path or _CONTROL.search(path):
        raise bad_request("A path has no empty part, no '.', '..' or '.git', no backslash and no control character")
    if len(parts) > _MAX_PARTS:
        raise bad_request(f"A path has at most {_MAX_PARTS} parts")
    if any(len(part) > _MAX_PART_BYTES for part in map(_encoded, parts)) or len(_encoded(path)) > _MAX_PATH_BYTES:
        raise bad_request(f"A path has at most {_MAX_PATH_BYTES} bytes, and each part of it {_MAX_PART_BYTES}")
    return path


def checked_ref(name: object) -> str:
    """A branch's or a tag's short name, by git's own rules. Raises: HubError 400."""
    if not isinstance(name, str) or not name or len(name) > _MAX_PART_BYTES or _NOT_IN_A_REF.search(name):
        raise bad_request("Not a name that git takes for a branch or a tag")
    if name.startswith(("/", "-", "refs/")) or name.endswith(("/", ".")) or name == "@":
        raise bad_request("Not a name that git takes for a branch or a tag")
    if any(part.startswith(".") or part.endswith(".lock") for part in name.split("/")):
        raise bad_request("Not a name that git takes for a branch or a tag")
    return name


def _encoded(text: str) -> bytes:
    try:
        return text.encode()
    except UnicodeEncodeError as error:
        raise bad_request("A path is text that UTF-8 can encode") from error
