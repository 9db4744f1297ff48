"""The pictures of a dataset card, drawn from its manifest alone: the same facts give the same bytes.

`style` has colours and type; `bars` draws funnel, languages and licenses; `histograms` draws complexity and lengths;
`copies` draws duplicates, `ablation` what an ablation found.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from matplotlib import style as matplotlib_style
from matplotlib.figure import Figure

from seedbed.core.manifests.dataset import Manifest
from seedbed.publishing.plots.ablation import draw_ablation
from seedbed.publishing.plots.bars import funnel, languages, licenses
from seedbed.publishing.plots.duplicates import duplicates
from seedbed.publishing.plots.histograms import complexity, lengths
from seedbed.publishing.plots.style import STYLE, save

__all__ = ["PICTURES", "draw"]

PICTURES: Mapping[str, Callable[[Manifest], Figure | None]] = {
    "funnel": funnel,
    "languages": languages,
    "licenses": licenses,
    "complexity": complexity,
    "lengths": lengths,
    "duplicates": duplicates,
}
"""Every picture by the name of its file; each gives None when it has nothing to show."""


def draw(manifest: Manifest, folder: Path) -> list[Path]:
    """Write the pictures as PNG into `folder`, and return their paths; what has nothing to show is left out."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for name, picture in PICTURES.items():
        with matplotlib_style.context(STYLE, after_reset=True):
            if figure := picture(manifest):
                written.append(folder / f"{name}.png")
                save(figure, written[-1])
    for report in manifest.ablations:
        written.append(folder / f"ablation-{report.name}.png")
        draw_ablation(report, written[-1])
    return written
