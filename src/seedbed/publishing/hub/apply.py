"""Apply a plan: create the repository, upload, make ONE commit on top of the planned one, tag."""

from __future__ import annotations

import json
from dataclasses import dataclass

from huggingface_hub import CommitInfo, CommitOperationDelete
from huggingface_hub.errors import HfHubHTTPError

from seedbed import __version__
from seedbed.core.errors import PublishError
from seedbed.core.text import numbers
from seedbed.publishing.hub import remote
from seedbed.publishing.hub.connection import client, one_line_errors, repo_url, status_of
from seedbed.publishing.hub.content import Content
from seedbed.publishing.hub.plan import Plan, compare, plan
from seedbed.publishing.hub.remote import MAIN, Remote
from seedbed.publishing.hub.target import Target
from seedbed.publishing.hub.upload import Say, additions, upload

ATTEMPTS = 5  # a repository that changes under five plans in a row is one that another client keeps writing to
_CONFLICT, _STALE_PARENT = 409, 412


@dataclass(frozen=True)
class Published:
    """Result of publishing: the newest commit, whether it is new, its page and how to load it."""

    target: Target
    url: str
    commit: str
    is_new: bool
    pull_request: str | None = None
    also: tuple[str, ...] = ()  # what changed beside the files: "tagged v1", "now public"
    model_class: str | None = None

    @property
    def load_line(self) -> str | None:
        """The line that uses what was published; None for a model that no class is known for."""
        revision = f', revision="{self.target.tag}"' if self.target.tag else ""
        repo_id = self.target.repo_id
        if self.target.kind == "dataset":
            return f'datasets.load_dataset("{repo_id}"{revision})'
        if self.target.kind == "model":
            return f'transformers.{self.model_class}.from_pretrained("{repo_id}"{revision})' if self.model_class else None
        return self.url


def apply(planned: Plan, say: Say) -> Published:
    """Make the repository what the folder is.

    Everything large is sent before the one commit, so the repository has the old or the new state at any time. When
    another commit is made meanwhile, the plan is made again from there.
    Raises: PublishError, HubAccessError. A second run continues where this one stopped.
    """
    target = planned.target
    if not planned.remote.exists:
        _create(target)
        planned = plan(planned.content, target)
    if planned.visibility == "private":
        _set_visibility(target, private=True)
    for _ in range(ATTEMPTS):
        if planned.is_empty:
            return _finish(planned, planned.remote.head or "", None)
        if target.pull_request and (number := _proposed(planned)):
            _show(planned)
            page = f"{_url(target)}/discussions/{number}"
            return Published(target, _url(target), planned.remote.pull_requests[number], is_new=False, pull_request=page)
        if made := _commit(planned, say):
            return _finish(planned, made.oid, made)
        say(f"{target.repo_id}: another commit was made meanwhile; planning again from there")
        planned = plan(planned.content, target)
    raise PublishError(f"{target.repo_id}: changed {ATTEMPTS} times while publishing. Allowed: run the same command again.")


def _create(target: Target) -> None:
    with one_line_errors(target.repo_id):
        client().create_repo(
            target.repo_id,
            repo_type=target.kind,
            private=target.private is not False,
            space_sdk=target.sdk,
            exist_ok=True,
        )


def _commit(planned: Plan, say: Say) -> CommitInfo | None:
    """Make the commit. Returns: None when the repository has changed since it was planned."""
    target = planned.target
    adding = additions([*planned.added, *planned.changed])
    upload(adding, target, say)
    deleting = [CommitOperationDelete(file.path, is_folder=False) for file in planned.deleted]
    with one_line_errors(target.repo_id):
        try:
            return client().create_commit(
                target.repo_id,
                [*adding, *deleting],
                commit_message=message(planned),
                commit_description=f"Published by Seedbed {__version__}.",
                repo_type=target.kind,
                revision=MAIN,
                create_pr=target.pull_request,
                parent_commit=planned.remote.head,
            )
        except HfHubHTTPError as error:
            if status_of(error) == _STALE_PARENT:
                return None
            raise


def message(planned: Plan) -> str:
    """Title of the commit.

    It counts what changes: "Publish starter: 3 files added, 1 file changed".
    """
    counts = {"added": planned.added, "changed": planned.changed, "deleted": planned.deleted}
    words = [f"{numbers.plural(len(files), 'file')} {what}" for what, files in counts.items() if files]
    return f"Publish {planned.content.folder.resolve().name}: {', '.join(words)}"


def _finish(planned: Plan, commit: str, made: CommitInfo | None) -> Published:
    """Tag the commit, then make it public."""
    target = planned.target
    if target.tag:
        _tag(target, commit)
    _show(planned)
    tagged = (f"tagged {target.tag}",) if planned.tags else ()
    shown = (f"now {planned.visibility}",) if planned.visibility else ()
    pull_request = made.pr_url if made else None
    loader = _model_class(planned.content)
    return Published(target, _url(target), commit, made is not None, pull_request, (*tagged, *shown), loader)


def _model_class(content: Content) -> str | None:
    """Class of transformers that loads a model: the one its configuration names; None without a configuration."""
    if "config.json" not in content.entries:
        return None
    try:
        config = json.loads(content.text("config.json"))
    except (ValueError, RecursionError):
        return None
    names = config.get("architectures") if isinstance(config, dict) else None
    name = names[0] if isinstance(names, list) and names else None
    return name if isinstance(name, str) and name.isidentifier() else "AutoModel"


def _show(planned: Plan) -> None:
    if planned.visibility == "public":
        _set_visibility(planned.target, private=False)


def _tag(target: Target, commit: str) -> None:
    tag = target.tag or ""
    with one_line_errors(f"{target.repo_id}: tag {tag}"):
        try:
            client().create_tag(target.repo_id, tag=tag, revision=commit, repo_type=target.kind)
        except HfHubHTTPError as error:
            if status_of(error) != _CONFLICT:
                raise
            at = remote.read(target.repo_id, target.kind).tags.get(tag)
            if at != commit:
                raise PublishError(f"{target.repo_id}: tag {tag} was put elsewhere meanwhile; the commit is there.") from None


def _proposed(planned: Plan) -> int | None:
    """Number of the newest pull request when it proposes these very files."""
    target, requests = planned.target, planned.remote.pull_requests
    if not requests:
        return None
    number = max(requests)
    proposed = Remote(exists=True, files=remote.files(target.repo_id, target.kind, requests[number]))
    return number if compare(planned.content, target, proposed).is_empty else None


def _set_visibility(target: Target, *, private: bool) -> None:
    with one_line_errors(f"{target.repo_id}: visibility"):
        client().update_repo_settings(target.repo_id, private=private, repo_type=target.kind)


def _url(target: Target) -> str:
    return repo_url(target.repo_id, target.kind)
