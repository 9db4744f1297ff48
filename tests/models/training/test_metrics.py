"""metrics.jsonl, and what is read from it."""

from __future__ import annotations

import math
import subprocess
from pathlib import Path

import pytest

from seedbed.core.config.training import load_train_recipe
from seedbed.models.tokens.manifest import DatasetFacts, TokensManifest
from seedbed.models.training import metrics, slurm
from seedbed.models.training.metrics import TrainingBar, bits_per_byte
from seedbed.models.training.plan import duration, plan, plan_lines
from seedbed.publishing.plots.loss import draw_loss, running_mean

RECIPES = Path(__file__).parents[3] / "recipes" / "train"
STEP = {"step": 1, "loss": 5.0, "lr": 0.1, "grad_norm": 1.0, "tokens_per_s": 100.0, "seconds": 2.0}
VALIDATION = {"step": 0, "validation_loss": 6.0, "bits_per_byte": 3.0}


def test_rows_come_back_as_they_were_written(tmp_path: Path) -> None:
    for row in (VALIDATION, STEP):
        metrics.append(tmp_path / "m", row)

    assert metrics.read(tmp_path / "m") == [VALIDATION, STEP]


def test_a_last_line_that_was_cut_short_is_no_row(tmp_path: Path) -> None:
    metrics.append(tmp_path / "m", STEP)
    with (tmp_path / "m").open("a") as stream:
        stream.write('{"step": 2, "lo')

    assert metrics.read(tmp_path / "m") == [STEP]


def test_rows_after_the_step_are_forgotten(tmp_path: Path) -> None:
    for step in range(4):
        metrics.append(tmp_path / "m", {**STEP, "step": step})

    metrics.cut(tmp_path / "m", 1)

    assert [row["step"] for row in metrics.read(tmp_path / "m")] == [0, 1]


def test_of_two_validations_of_a_step_the_later_counts() -> None:
    rows = [VALIDATION, STEP, {**VALIDATION, "validation_loss": 5.0}]

    assert metrics.validations(rows) == [{**VALIDATION, "validation_loss": 5.0}]


def test_speed_is_that_of_the_middle_step() -> None:
    rows = [VALIDATION, *({**STEP, "tokens_per_s": value} for value in (1.0, 90.0, 100.0))]

    assert metrics.speed(rows) == 90.0


def test_bits_per_byte_is_the_loss_over_the_bytes() -> None:
    tokens = TokensManifest(
        key="",
        dataset=DatasetFacts(),
        recipe_sha256="",
        vocabulary_size=256,
        token_bytes=2,
        tokens={"validation": 100},
        bytes={"validation": 400},
        languages={},
        tokenizer_sha256="",
        versions={},
    )

    assert bits_per_byte(math.log(256), tokens) == pytest.approx(2.0)


def test_the_bar_says_loss_speed_and_time_left_where_there_is_no_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    bar = TrainingBar("tiny", 10, plain_seconds=0)

    bar.show(VALIDATION)
    bar.show({**STEP, "step": 5})
    bar.close()

    assert capsys.readouterr().err.splitlines() == [
        "tiny: step 0: validation loss 6.0000, 3.000 bits per byte",
        "tiny: step 5 of 10: loss 5.000, 100 tokens/s, 2 s left",
    ]


def test_the_picture_of_the_loss_is_a_picture(tmp_path: Path) -> None:
    draw_loss([VALIDATION, STEP, {**STEP, "step": 2}], 100, tmp_path / "loss.png")

    assert (tmp_path / "loss.png").read_bytes().startswith(b"\x89PNG")
    assert [path.name for path in tmp_path.iterdir()] == ["loss.png"]


def test_no_step_no_picture(tmp_path: Path) -> None:
    draw_loss([VALIDATION], 100, tmp_path / "loss.png")

    assert list(tmp_path.iterdir()) == []


def test_the_running_mean_looks_back() -> None:
    assert list(running_mean([1, 3, 5, 7], 2)) == [1, 2, 4, 6]


def test_the_plan_in_words_adds_up() -> None:
    text = "\n".join(plan_lines(plan(load_train_recipe(RECIPES / "seed-coder-8b.yaml"))))

    assert "parameters   8,196,722,688" in text
    assert "ranks        128: dp 32, tp 4, pp 1, ZeRO-1; each H100 SXM at bfloat16" in text


@pytest.mark.parametrize(
    ("hours", "words"), [(0.001, "1 minute"), (0.5, "30 minutes"), (86, "86 hours"), (150, "150 hours (6 days)")]
)
def test_times_in_words(hours: float, words: str) -> None:
    assert duration(hours) == words


def test_a_batch_script_is_a_script_with_a_rank_a_card(tmp_path: Path) -> None:
    recipe = load_train_recipe(RECIPES / "1b.yaml")

    text = slurm.script(recipe, 4, ["seedbed.cli", "train", "recipes/train/1b.yaml", "--resume"], "build")

    (tmp_path / "job").write_text(text)
    assert subprocess.run(["bash", "-n", str(tmp_path / "job")], check=False).returncode == 0
    assert "#SBATCH --nodes=4\n" in text
    assert "#SBATCH --gpus-per-node=8\n" in text
    assert "--nproc-per-node 8" in text
    assert "-m seedbed.cli train recipes/train/1b.yaml --resume\n" in text
