"""Reasons that took files out, as sentences: the filters of a manifest declare them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from seedbed.core.manifests.contents import Rejection
from seedbed.core.manifests.dataset import Manifest


def sentences(manifest: Manifest) -> dict[str, str]:
    """A sentence for each reason, or for the word before its colon, as the filters of the manifest declare them."""
    return {reason: sentence for stage in manifest.stages for block in stage.blocks for reason, sentence in block.words.items()}


def kind(reason: str, known: Mapping[str, str]) -> str:
    """The reason itself where it has a sentence of its own, else the word before its colon: `generated:protoc` is `generated`."""
    return reason if reason in known else reason.partition(":")[0]


def explain(known: Mapping[str, str], reason: str) -> str:
    """A reason as a sentence; the word before its colon where no filter declares one."""
    return known.get(kind(reason, known)) or reason.partition(":")[0].replace("_", " ")


def unexplained(manifest: Manifest) -> list[str]:
    """Reasons of a manifest that its filters declare no sentence for."""
    known = sentences(manifest)
    return sorted({entry.reason for entry in manifest.contents.rejected if kind(entry.reason, known) not in known})


def by_kind(rejections: Iterable[Rejection], known: Mapping[str, str]) -> list[tuple[str, list[Rejection]]]:
    """Rejections by kind of reason; most files first."""
    groups: dict[str, list[Rejection]] = {}
    for entry in rejections:
        groups.setdefault(kind(entry.reason, known), []).append(entry)
    return sorted(groups.items(), key=lambda group: (-sum(entry.files for entry in group[1]), group[0]))
