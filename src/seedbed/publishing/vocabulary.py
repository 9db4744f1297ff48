"""The words that people read instead of keys: the folder cards/, and what each reason for turning a file away means."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import yaml

from seedbed.core.errors import InputError
from seedbed.core.manifests.dataset import Manifest, Rejection


def cards_folder() -> Path:
    """Templates and words: cards/ of a checkout, or the copy inside the installed package."""
    here = Path(__file__).resolve()
    checkout = here.parents[3] / "cards"
    return checkout if (checkout / "dataset.md.jinja").is_file() else here.parents[1] / "policy" / "cards"


def read(path: Path) -> dict[str, Any]:
    """A YAML file of cards/."""
    data: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return data


def reasons() -> dict[str, str]:
    """cards/reasons.yaml: a sentence for each reason, or for the word before its colon."""
    return read(cards_folder() / "reasons.yaml")


def blocks() -> dict[str, str]:
    """cards/blocks.yaml: what passes each block."""
    return read(cards_folder() / "blocks.yaml")


def kind(reason: str, known: Mapping[str, str]) -> str:
    """The reason itself where it has words of its own, else the word before its colon: `generated:protoc` is `generated`."""
    return reason if reason in known else reason.partition(":")[0]


def explain(manifest: Manifest, known: Mapping[str, str], reason: str) -> str:
    """A reason in words, with the recipe's own limits in them; the reason itself where nobody wrote any.

    `block:rule` is looked up whole, then as `block`, whose words may name the `{rule}`.
    Raises: InputError when the words name a limit that the recipe does not have.
    """
    name, _, rule = reason.partition(":")
    sentence = known.get(kind(reason, known))
    if sentence is None:
        return name.replace("_", " ")
    limits: Any = manifest.recipe.data.get("limits") or {}
    shares = {key: f"{100 * limit:g} %" for key, limit in limits.items() if isinstance(limit, float)}
    try:
        return sentence.format_map({**limits, **shares, "rule": rule.replace("_", " ")})
    except KeyError as error:
        raise InputError(f"reasons.yaml: {name}: the recipe has no limit {error}.") from error


def unexplained(manifest: Manifest) -> list[str]:
    """Reasons of a manifest that cards/reasons.yaml has no words for."""
    known = reasons()
    return sorted({entry.reason for entry in manifest.contents.rejected if kind(entry.reason, known) not in known})


def by_kind(rejections: Iterable[Rejection], known: Mapping[str, str]) -> list[tuple[str, list[Rejection]]]:
    """Rejections by kind of reason; most files first."""
    groups: dict[str, list[Rejection]] = {}
    for entry in rejections:
        groups.setdefault(kind(entry.reason, known), []).append(entry)
    return sorted(groups.items(), key=lambda group: (-sum(entry.files for entry in group[1]), group[0]))
