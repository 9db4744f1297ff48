"""Where a folder goes: repository, type, visibility, tag; checked before the Hub is asked anything."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal, get_args

from huggingface_hub.errors import HFValidationError
from huggingface_hub.utils import validate_repo_id  # type: ignore[attr-defined]  # not in its list of exports

from seedbed.errors import PublishError

Kind = Literal["dataset", "model", "space"]
KINDS: tuple[str, ...] = get_args(Kind)
_TAG = re.compile(r"(?!.*(?:\.\.|//|@\{|\.lock$))[A-Za-z0-9](?:[\w./-]*[\w-])?")


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
        if self.tag is not None and not _TAG.fullmatch(self.tag):
            raise PublishError(f"--tag {self.tag}: not a name of a tag. Allowed: letters, digits, `.`, `_`, `-`, such as v1.2.0.")
        if self.tag is not None and self.pull_request:
            raise PublishError("--tag with --pr: a tag names a commit of the main branch. Allowed: one of the two.")


def check_repo_id(repo_id: str) -> None:
    """Raises: PublishError when it is not `owner/name` in the Hub's alphabet."""
    try:
        validate_repo_id(repo_id)
    except HFValidationError as error:
        raise PublishError(f"--to {repo_id}: not a repository: {error}") from None
    if repo_id.count("/") != 1:
        raise PublishError(f"--to {repo_id}: no owner. Allowed: OWNER/NAME.")
    if repo_id.startswith("OWNER/"):
        raise PublishError(f"--to {repo_id}: OWNER is a placeholder. Allowed: your account's or organization's name.")
