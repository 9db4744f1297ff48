"""Apply a plan: upload large files, then one commit, then the tag; the outcome as lines for a terminal."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from huggingface_hub import CommitInfo, CommitOperationAdd, CommitOperationDelete
from huggingface_hub.errors import HfHubHTTPError

from seedbed import __version__
from seedbed.core.errors import PublishError, printable
from seedbed.core.text import formatting
from seedbed.publishing.hub import connection
from seedbed.publishing.hub.connection import MAIN, Remote, client, has_login, one_line_errors, repo_url, status_of
from seedbed.publishing.hub.content import Content, Entry
from seedbed.publishing.hub.plan import Plan, compare, plan
from seedbed.publishing.hub.target import Target

BATCH_FILES = 256  # the client asks the Hub about as many at a time
BATCH_BYTES = 256_000_000  # the most that an interrupted run sends again

Say = Callable[[str], None]


def additions(entries: Sequence[Entry]) -> list[CommitOperationAdd]:
    """An upload operation of the client for each entry; a known hash is not computed again."""
    made = []
    for entry in entries:
        operation = CommitOperationAdd(path_in_repo=entry.path, path_or_fileobj=entry.data)
        if "sha256" in entry.__dict__:
            operation.upload_info.sha256 = bytes.fromhex(entry.sha256)
        made.append(operation)
    return made


def upload(operations: Sequence[CommitOperationAdd], target: Target, say: Say) -> None:
    """Send the content of every large file; small ones travel in the commit itself.

    Raises: HubAccessError when the Hub cannot be reached or refuses one.
    """
    batches = list(_batches(operations))
    for number, batch in enumerate(batches, 1):
        size = sum(operation.upload_info.size for operation in batch)
        say(f"upload {number} of {len(batches)}: {formatting.plural(len(batch), 'file')}, {formatting.size(size)}")
        with one_line_errors(target.repo_id):
            client().preupload_lfs_files(
                target.repo_id,
                batch,
                repo_type=target.kind,
                revision=MAIN,
                create_pr=target.pull_request,
                free_memory=False,
                gitignore_content="",  # the plan says what is published; a .gitignore there would silently drop files
            )


def _batches(operations: Sequence[CommitOperationAdd]) -> Iterator[list[CommitOperationAdd]]:
    batch: list[CommitOperationAdd] = []
    size = 0
    for operation in operations:
        if batch and (len(batch) == BATCH_FILES or size + operation.upload_info.size > BATCH_BYTES):
            yield batch
            batch, size = [], 0
        batch.append(operation)
        size += operation.upload_info.size
    if batch:
        yield batch


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
    words = [f"{formatting.plural(len(files), 'file')} {what}" for what, files in counts.items() if files]
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
            at = connection.read(target.repo_id, target.kind).tags.get(tag)
            if at != commit:
                raise PublishError(f"{target.repo_id}: tag {tag} was put elsewhere meanwhile; the commit is there.") from None


def _proposed(planned: Plan) -> int | None:
    """Number of the newest pull request when it proposes these very files."""
    target, requests = planned.target, planned.remote.pull_requests
    if not requests:
        return None
    number = max(requests)
    proposed = Remote(exists=True, files=connection.files(target.repo_id, target.kind, requests[number]))
    return number if compare(planned.content, target, proposed).is_empty else None


def _set_visibility(target: Target, *, private: bool) -> None:
    with one_line_errors(f"{target.repo_id}: visibility"):
        client().update_repo_settings(target.repo_id, private=private, repo_type=target.kind)


def _url(target: Target) -> str:
    return repo_url(target.repo_id, target.kind)


_SHOWN = 12


class _Sized(Protocol):
    @property
    def path(self) -> str: ...
    @property
    def size(self) -> int: ...


def table(planned: Plan) -> str:
    """The plan as lines for a terminal."""
    return "\n".join(_lines(planned))


def outcome(done: Published) -> str:
    """What was done, the page of it, and the line of code that loads it."""
    if done.pull_request:
        return f"pull request: {done.pull_request} ({'new' if done.is_new else 'open already'})"
    how = "published" if done.is_new else ", ".join(done.also) or "unchanged"
    tag = f", tag {done.target.tag}" if done.target.tag else ""
    none = "; no pull request was opened" if done.target.pull_request else ""
    use = "open it" if done.target.kind == "space" else "load it"
    line = f"{how}: {done.url} (commit {done.commit[:12]}{tag}{none})"
    return f"{line}\n{use}: {done.load_line}" if done.load_line else line


def _lines(planned: Plan) -> Iterator[str]:
    target, state = planned.target, planned.remote
    yield f"{target.kind} {repo_url(target.repo_id, target.kind)} ({_state(planned)})"
    groups: dict[str, Sequence[_Sized]] = {
        "added": planned.added,
        "changed": planned.changed,
        "deleted": planned.deleted,
        "unchanged": planned.unchanged,
    }
    for name, files in groups.items():
        yield f"  {name:<10}{formatting.plural(len(files), 'file'):>14}{formatting.size(_total(files)):>12}"
    marks = (("+", planned.added), ("~", planned.changed), ("-", planned.deleted))
    for mark, files in marks:
        yield from (f"  {mark} {printable(file.path)}  {formatting.size(file.size)}" for file in files[:_SHOWN])
        if len(files) > _SHOWN:
            yield f"  {mark} and {formatting.count(len(files) - _SHOWN)} more"
    for path, reason in planned.content.left_out.items():
        if not reason.startswith("hidden"):
            yield f"  left out: {printable(path)}: {reason}"
    if planned.visibility:
        yield f"  becomes {planned.visibility}"
    if planned.tags:
        yield f"  tagged {target.tag}: {(state.head or '')[:12] if planned.is_empty else 'the new commit'}"
    if planned.is_empty and not (planned.tags or planned.visibility):
        yield f"  nothing to do: the repository has these files at {(state.head or '')[:12]}"


def _state(planned: Plan) -> str:
    state = planned.remote
    if not state.exists:
        if not has_login():
            return "new, or private and not visible without a login"
        return "new, public" if planned.target.private is False else "new, private"
    return f"{'private' if state.private else 'public'}, at {(state.head or '')[:12]}"


def _total(files: Sequence[_Sized]) -> int:
    return sum(file.size for file in files)
