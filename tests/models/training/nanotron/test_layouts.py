"""Whatever the layout, it is the same model on the same data."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.models.training.nanotron.tiny import Place, place

LAYOUTS = {
    "dp2": {"dp": 2},
    "tp2": {"tp": 2},
    "pp2": {"pp": 2},
    "zero1": {"dp": 2, "zero1": True},
}


@pytest.mark.parametrize(
    "layout", [pytest.param(layout, id=name, marks=[pytest.mark.slow] * (name == "dp2")) for name, layout in LAYOUTS.items()]
)
def test_every_layout_has_the_losses_of_one_process(whole: Place, tmp_path: Path, layout: dict[str, Any]) -> None:
    ours = place(tmp_path, parallelism=layout)

    done = ours.train()

    assert done.returncode == 0, done.stderr
    assert ours.losses() == pytest.approx(whole.losses(), abs=1e-5)
    assert ours.validations() == pytest.approx(whole.validations(), abs=1e-5)
    assert len(ours.losses()) == 6


def test_training_teaches_the_rule(whole: Place) -> None:
    losses = whole.losses()

    assert losses[-1] < losses[0] - 0.3
