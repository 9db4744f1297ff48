"""A plan in words: one table, the sizes, and what is left out and why."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Protocol

from seedbed.core.errors import printable
from seedbed.core.text import numbers
from seedbed.publishing.hub.apply import Published
from seedbed.publishing.hub.connection import has_login, repo_url
from seedbed.publishing.hub.plan import Plan

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
        yield f"  {name:<10}{numbers.plural(len(files), 'file'):>14}{numbers.size(_total(files)):>12}"
    marks = (("+", planned.added), ("~", planned.changed), ("-", planned.deleted))
    for mark, files in marks:
        yield from (f"  {mark} {printable(file.path)}  {numbers.size(file.size)}" for file in files[:_SHOWN])
        if len(files) > _SHOWN:
            yield f"  {mark} and {numbers.count(len(files) - _SHOWN)} more"
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
