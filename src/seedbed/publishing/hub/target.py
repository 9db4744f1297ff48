"""Where a folder goes: repository, type, visibility, tag; checked before the Hub is asked anything."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal, get_args

from huggingface_hub.errors import HFValidationError
from huggingface_hub.utils import validate_repo_id  # type: ignore[attr-defined]  # not in its list of exports

from seedbed.core.errors import PublishError

Kind = Literal["dataset", "model", "space"]
KINDS: tuple[str, ...] = get_args(Kind)
_TAG = re.compile(r"(?!.*(?:\.\.|//|/\.|\.lock(?:/|$)))[A-Za-z0-9](?:[A-Za-z0-9_./-]*[A-Za-z0-9_-])?")
_TAG_LETTERS = 200  # a file of that name, and of that name with `.lock` behind it, fits into every file system
_NOT_A_TAG = re.compile(r"refs(?:/.*)?|HEAD|main|[0-9a-f]{40}", re.IGNORECASE)  # means something else to the Hub or to git


@dataclass(frozen=True)
class Target:
    """What to publish to. `private` None: private when new, else as it is. `sdk` is a Space's."""

    repo_id: str
    kind: Kind
    private: bool | None = None
    pull_request: bool = False
    tag: str | None = None
    sdk: str | None = None

    def __post_init__(self) -> None:
        check_repo_id(self.repo_id)
        if self.tag is not None:
            check_tag(self.tag)
        if self.tag is not None and self.pull_request:
            raise PublishError("--tag with --pr: a tag names a commit of the main branch. Allowed: one of the two.")


def check_tag(tag: str) -> None:
    """Raises: PublishError for what `git check-ref-format` refuses, and for names that mean a branch, a ref or a commit."""
    if not _TAG.fullmatch(tag) or len(tag) > _TAG_LETTERS:
        raise PublishError(
            f"--tag {tag[:_TAG_LETTERS]}: not a name of a tag. Allowed: letters, digits, `.`, `_`, `-`, such as v1.2.0, "
            f"at most {_TAG_LETTERS}."
        )
    if _NOT_A_TAG.fullmatch(tag):
        raise PublishError(f"--tag {tag}: the name of a branch, a ref or a commit. Allowed: one of its own, such as v1.2.0.")


def check_repo_id(repo_id: str, said_as: str = "--to") -> None:
    """Raises: PublishError, which begins with `said_as`, when it is not `owner/name` in the Hub's alphabet."""
    try:
        validate_repo_id(repo_id)
    except HFValidationError as error:
        raise PublishError(f"{said_as} {repo_id}: not a repository: {error}") from None
    if repo_id.count("/") != 1:
        raise PublishError(f"{said_as} {repo_id}: no owner. Allowed: OWNER/NAME.")
    if repo_id.startswith("OWNER/"):
        raise PublishError(f"{said_as} {repo_id}: OWNER is a placeholder. Allowed: your account's or organization's name.")
