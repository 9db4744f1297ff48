"""The folder of a report: report.json, report.md, plot.png."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Final

from seedbed.core.manifests.ablation import FILE_NAME, PLOT, Ablation
from seedbed.publishing.cards import render
from seedbed.publishing.plots.ablation import draw_ablation

PAGE: Final = "report.md"


def write_report(report: Ablation, folder: Path) -> None:
    """Write all three; report.json comes last and says that the others are there."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / FILE_NAME).unlink(missing_ok=True)
    draw_ablation(report, folder / PLOT)
    (folder / PAGE).write_text(render.ablation_page(report, PLOT), encoding="utf-8")
    draft = folder / f".{FILE_NAME}.draft"
    draft.write_text(dumps(report), encoding="utf-8")
    draft.replace(folder / FILE_NAME)


def dumps(report: Ablation) -> str:
    """A report as text: the same for the same report, and as many digits as a figure can use."""
    return json.dumps(_rounded(report.model_dump(mode="json")), indent=1, ensure_ascii=False) + "\n"


def _rounded(value: object) -> object:
    if isinstance(value, float):
        return round(value, 6)
    if isinstance(value, dict):
        return {key: _rounded(one) for key, one in value.items()}
    return [_rounded(one) for one in value] if isinstance(value, list | tuple) else value
