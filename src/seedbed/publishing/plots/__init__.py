"""Pictures of a card, drawn from a manifest alone: the same facts give the same bytes.

A module here with a function `of_dataset` (or `of_scores`) yields pictures of a dataset's manifest (or of a model's scores);
nothing else lists it. The cards show what was drawn, section by section.
"""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from typing import Final

from matplotlib import style as matplotlib_style

from seedbed.core.manifests.base import Picture
from seedbed.core.manifests.dataset import Manifest
from seedbed.core.manifests.scores import ScoreSheet
from seedbed.publishing.plots.style import STYLE, Drawing, save

ASSETS: Final = "assets"
"""Folder of the pictures, in the folder of a dataset or a model."""


def draw(facts: Manifest | ScoreSheet, folder: Path) -> tuple[Picture, ...]:
    """Write the pictures of a dataset or of a model's scores as PNG into `assets/` of `folder`.

    Returns: what was drawn; what has nothing to show is left out.
    """
    (folder / ASSETS).mkdir(parents=True, exist_ok=True)
    pictures = []
    with matplotlib_style.context(STYLE, after_reset=True):
        for drawing in _drawings(facts):
            path = f"{ASSETS}/{drawing.name}.png"
            save(drawing.figure, folder / path)
            pictures.append(Picture(path=path, section=drawing.section, alt=drawing.alt))
    return tuple(pictures)


def _drawings(facts: Manifest | ScoreSheet) -> Iterator[Drawing]:
    function = "of_dataset" if isinstance(facts, Manifest) else "of_scores"
    for info in iter_modules(__path__):
        module = import_module(f"{__name__}.{info.name}")
        yield from getattr(module, function)(facts) if hasattr(module, function) else ()
