"""Folders -> the Hub. A release is a dataset, a model and a Space that name each other, in this order."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path

from seedbed.core.errors import InputError
from seedbed.core.io.progress import say
from seedbed.core.manifests.dataset import Manifest
from seedbed.core.manifests.model import ModelManifest
from seedbed.publishing.cards import render, retarget
from seedbed.publishing.hub import connection, content, links, remote, report, validate
from seedbed.publishing.hub.apply import apply
from seedbed.publishing.hub.card_file import metadata
from seedbed.publishing.hub.content import CARD, Content
from seedbed.publishing.hub.kinds import has_manifest, kind_of
from seedbed.publishing.hub.plan import Plan, plan
from seedbed.publishing.hub.release import Part, Release, collect
from seedbed.publishing.hub.target import Kind, Target

_NOT_MADE_YET = "0" * 40  # stands for a commit in a plan, until the part before is published


def publish(
    folder: Path, repo_id: str, *, kind: Kind | None, private: bool | None, pull_request: bool, tag: str | None, dry_run: bool
) -> None:
    """Plan, and unless it is a dry run, do it."""
    connection.reach()
    if not dry_run:
        connection.need_writer()
    found = content.read(folder)
    target = _target(found, repo_id, kind_of(found, kind), private=private, pull_request=pull_request, tag=tag)
    if connection.has_login() and not target.pull_request:
        connection.check_owner(target.repo_id)
    planned = _checked(_addressed(found, target, ()), target)
    _print(report.table(planned))
    if not dry_run:
        _print(report.outcome(apply(planned, say)))


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
        found = content.read(Path(part.folder))
        target = _target(found, names[kind], kind, private=private, tag=recipe.tag)
        models = (names["model"],) if "model" in names else ()
        planned[kind] = _checked(_linked(_addressed(found, target, models), kind, names, commits), target)
        commits[kind] = (planned[kind].remote.head or _NOT_MADE_YET) if planned[kind].is_empty else _NOT_MADE_YET
        _print(report.table(planned[kind]))
    if not dry_run:
        _publish(recipe, planned, names)


def _publish(recipe: Release, planned: Mapping[Kind, Plan], names: Mapping[Kind, str]) -> None:
    """Do what is planned; each part's card gets the commits of the parts before it."""
    commits: dict[Kind, str] = {}
    for kind, first in planned.items():
        found = _linked(first.content, kind, names, commits)
        changed = found.text(CARD) != first.content.text(CARD)
        done = apply(plan(found, first.target) if changed else first, say)
        commits[kind] = done.commit
        _print(report.outcome(done))
    if recipe.collection:
        private = all(remote.read(names[kind], kind).private for kind in planned)
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


def _target(
    found: Content, repo_id: str, kind: Kind, *, private: bool | None, tag: str | None, pull_request: bool = False
) -> Target:
    sdk = metadata(found).get("sdk") if kind == "space" else None
    return Target(repo_id, kind, private=private, pull_request=pull_request, tag=tag, sdk=sdk)


def _addressed(found: Content, target: Target, models: tuple[str, ...]) -> Content:
    """A dataset or model whose card and manifest name the repository; a dataset's the models known to be trained on it too."""
    if target.kind == "model" and ModelManifest.file_name in found.entries:
        return found.with_pages(retarget.model_pages(found.folder, target.repo_id))
    if target.kind != "dataset" or not has_manifest(found):
        return found
    known = retarget.models_of(remote.text(target.repo_id, target.kind, Manifest.file_name))
    return found.with_pages(retarget.pages(found.folder, target.repo_id, tuple(dict.fromkeys((*known, *models)))))


def _linked(found: Content, kind: Kind, names: Mapping[Kind, str], commits: Mapping[Kind, str]) -> Content:
    """A model's or a Space's content with the parts before it on its card."""
    parts = {part: {"repo_id": names[part], "revision": commit} for part, commit in commits.items()}
    if kind == "dataset" or not parts:
        return found
    ids = {f"{part}s": [link["repo_id"]] for part, link in parts.items()}
    if kind == "space" and "model" in parts:
        ids["preload_from_hub"] = ids["models"]  # in the Space's image, so that a start needs no download
    words = render.links_block({"kind": kind, "dataset": parts.get("dataset"), "model": parts.get("model")})
    return found.with_pages({CARD: links.linked(found.text(CARD), kind, ids, words).encode()})


def _checked(found: Content, target: Target) -> Plan:
    """The plan of a folder that is fit to be published."""
    validate.validate(found, target.kind)
    planned = plan(found, target)
    validate.ask_the_hub(found, target.kind)
    return planned


def _print(lines: str) -> None:
    sys.stdout.write(f"{lines}\n")
    sys.stdout.flush()
