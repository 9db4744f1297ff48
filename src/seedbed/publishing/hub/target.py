"""The kind of a folder and its target: type, repository, visibility, tag; checked before any request to the Hub."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, cast, get_args

from huggingface_hub.errors import HFValidationError
from huggingface_hub.utils import validate_repo_id  # type: ignore[attr-defined]  # not in its list of exports

from seedbed.core.errors import PublishError
from seedbed.core.manifests.dataset import Manifest
from seedbed.publishing.hub.content import CARD, Content, metadata

Kind = Literal["dataset", "model", "space"]
KINDS: tuple[str, ...] = get_args(Kind)
_OF_A_MODEL = {"library_name", "pipeline_tag", "base_model", "model-index"}
_OF_A_DATASET = {"configs", "dataset_info", "task_categories", "size_categories"}
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


def kind_of(content: Content, given: str | None) -> Kind:
    """The type that was given, else the one that the folder shows.

    Raises: PublishError when it shows none, or more than one.
    """
    signs = sorted(set(_signs(content)))
    if given not in (None, "dataset") and signs == ["dataset"] and has_manifest(content):
        raise PublishError(
            f"--type {given}: {content.folder.name} is a dataset folder (it has a {Manifest.file_name}); leave --type out."
        )
    if given is not None:
        return cast("Kind", given)
    if len(signs) != 1:
        seen = f"signs of {' and '.join(signs)}" if signs else "no sign of its type"
        raise PublishError(f"{content.folder.name}: {seen}. Allowed: --type {'|'.join(KINDS)}.")
    return cast("Kind", signs[0])


def has_manifest(content: Content) -> bool:
    """Whether the folder has a manifest of ours, which has to hold then; one that cannot be read counts."""
    if Manifest.file_name not in content.entries:
        return False
    try:
        data = json.loads(content.text(Manifest.file_name))
    except (ValueError, RecursionError):
        return True
    return isinstance(data, dict) and bool({"seedbed", "stages"} & data.keys())


def _signs(content: Content) -> Iterator[str]:
    data = metadata(content) if CARD in content.entries else {}
    if has_manifest(content) or data.keys() & _OF_A_DATASET:
        yield "dataset"
    if "sdk" in data:
        yield "space"
    weights = any(path.endswith(".safetensors") for path in content.entries)
    if ("config.json" in content.entries and weights) or data.keys() & _OF_A_MODEL:
        yield "model"
