"""Folders -> the Hub. A release is a dataset, a model and a Space that name each other, in this order."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path

from seedbed.core.errors import InputError
from seedbed.core.io.progress import say
from seedbed.publishing.hub import connection, content
from seedbed.publishing.hub.apply import apply, outcome, table
from seedbed.publishing.hub.content import CARD
from seedbed.publishing.hub.plan import Plan, plan
from seedbed.publishing.hub.release import Part, Release, addressed, checked_plan, collect, linked, target_of
from seedbed.publishing.hub.target import Kind, kind_of

_NOT_MADE_YET = "0" * 40  # stands for a commit in a plan, until the part before is published


def publish(
    folder: Path, repo_id: str, *, kind: Kind | None, private: bool | None, pull_request: bool, tag: str | None, dry_run: bool
) -> None:
    """Plan, and unless it is a dry run, do it."""
    connection.reach()
    if not dry_run:
        connection.need_writer()
    source = content.read(folder)
    target = target_of(source, repo_id, kind_of(source, kind), private=private, pull_request=pull_request, tag=tag)
    if connection.has_login() and not target.pull_request:
        connection.check_owner(target.repo_id)
    planned = checked_plan(addressed(source, target), target)
    _print(table(planned))
    if not dry_run:
        _print(outcome(apply(planned, say)))


def release(recipe: Release, *, dry_run: bool) -> None:
    """Plan every part before anything is sent, then publish one after the other, then collect them.

    A failure leaves the parts before it published; the next run finds them unchanged and goes on.
    """
    parts = _existing(recipe)
    connection.reach()
    if not dry_run:
        connection.need_writer()
    names = {kind: part.repo_id for kind, part in parts.items()}
    if connection.has_login():
        for repo_id in names.values():
            connection.check_owner(repo_id)
    private = None if recipe.visibility is None else recipe.visibility == "private"
    commits: dict[Kind, str] = {}
    planned: dict[Kind, Plan] = {}
    for kind, part in parts.items():
        source = content.read(Path(part.folder))
        target = target_of(source, names[kind], kind, private=private, tag=recipe.tag)
        models = (names["model"],) if "model" in names else ()
        planned[kind] = checked_plan(linked(addressed(source, target, models), kind, names, commits), target)
        commits[kind] = (planned[kind].remote.head or _NOT_MADE_YET) if planned[kind].is_empty else _NOT_MADE_YET
        _print(table(planned[kind]))
    if not dry_run:
        _publish(recipe, planned, names)


def _publish(recipe: Release, planned: Mapping[Kind, Plan], names: Mapping[Kind, str]) -> None:
    """Do what is planned; each part's card gets the commits of the parts before it."""
    commits: dict[Kind, str] = {}
    for kind, first in planned.items():
        current = linked(first.content, kind, names, commits)
        changed = current.text(CARD) != first.content.text(CARD)
        done = apply(plan(current, first.target) if changed else first, say)
        commits[kind] = done.commit
        _print(outcome(done))
    if recipe.collection:
        private = all(connection.read(names[kind], kind).private for kind in planned)
        _print(f"collection: {collect(recipe.collection, dict(names), private=private)}")


def _existing(recipe: Release) -> dict[Kind, Part]:
    """Parts whose folder is there. The dataset has to be; a model and a playground may come later."""
    parts = {}
    for kind, part in recipe.parts.items():
        if Path(part.folder).is_dir():
            parts[kind] = part
        elif kind == "dataset":
            raise InputError(f"{part.folder}: no such folder. Allowed: a built dataset; `make dataset` builds the starter.")
        else:
            say(f"{kind}: {part.folder} is not there yet: left out")
    return parts


def _print(lines: str) -> None:
    sys.stdout.write(f"{lines}\n")
    sys.stdout.flush()
