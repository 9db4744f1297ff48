"""What publishing would change: added, changed, deleted, unchanged. Reads the Hub, writes nothing."""

from __future__ import annotations

from dataclasses import dataclass

from seedbed.core.errors import PublishError
from seedbed.publishing.hub import connection
from seedbed.publishing.hub.connection import Remote, RemoteFile
from seedbed.publishing.hub.content import Content, Entry, is_published
from seedbed.publishing.hub.target import Target


@dataclass(frozen=True)
class Plan:
    """The difference between a folder and a repository at `remote.head`."""

    target: Target
    content: Content
    remote: Remote
    added: tuple[Entry, ...]
    changed: tuple[Entry, ...]
    deleted: tuple[RemoteFile, ...]
    unchanged: tuple[Entry, ...]

    @property
    def is_empty(self) -> bool:
        """Whether the repository has the folder's very files already."""
        return self.remote.exists and not (self.added or self.changed or self.deleted)

    @property
    def tags(self) -> bool:
        """Whether the tag is one that is not there yet."""
        return self.target.tag is not None and self.target.tag not in self.remote.tags

    @property
    def visibility(self) -> str | None:
        """`private` or `public` where an existing repository would become so; None where it stays what it is."""
        wanted = self.target.private
        if not self.remote.exists or wanted is None or wanted == self.remote.private:
            return None
        return "private" if wanted else "public"


def plan(content: Content, target: Target) -> Plan:
    """Compare a folder with its repository.

    Raises: PublishError when the tag stands elsewhere, HubAccessError when the Hub cannot be read.
    """
    state = connection.read(target.repo_id, target.kind)
    made = compare(content, target, state)
    _check_tag(made)
    return made


def compare(content: Content, target: Target, state: Remote) -> Plan:
    """The difference, given what the Hub has."""
    there = {path: file for path, file in state.files.items() if is_published(path)}
    kept = [entry for entry in content.entries.values() if entry.path in there]
    same = {entry.path for entry in kept if there[entry.path].holds(entry)}
    return Plan(
        target=target,
        content=content,
        remote=state,
        added=tuple(entry for entry in content.entries.values() if entry.path not in there),
        changed=tuple(entry for entry in kept if entry.path not in same),
        deleted=tuple(file for path, file in sorted(there.items()) if path not in content.entries),
        unchanged=tuple(entry for entry in kept if entry.path in same),
    )


def _check_tag(made: Plan) -> None:
    """A tag never moves: it may exist only at the commit that already has these files."""
    tag = made.target.tag
    if tag in made.remote.branches:
        raise PublishError(f"{made.target.repo_id}: {tag} is a branch there. Allowed: another tag; nothing was sent.")
    at = made.remote.tags.get(tag) if tag else None
    if at and not (made.is_empty and at == made.remote.head):
        raise PublishError(f"{made.target.repo_id}: tag {tag} stands at {at[:12]} already. Allowed: a new tag; nothing was sent.")
