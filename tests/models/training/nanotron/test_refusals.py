"""Bad input is one line, before anything is trained."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from seedbed.cli import main
from seedbed.core.config.training import load_train_recipe
from seedbed.core.errors import InputError, RecipeError, TrainingError
from seedbed.core.io.files import held
from seedbed.models.tokens.manifest import TokensManifest
from seedbed.models.training import slurm
from seedbed.models.training.run import device_of, open_run
from tests.models.training.nanotron.tiny import Place, make_tokens, place


def opened(ours: Place) -> Any:
    return open_run(load_train_recipe(ours.recipe), ours.tokens, ours.out, "cpu")


def refused(ours: Place, capsys: pytest.CaptureFixture[str]) -> str:
    """The one line that the command says."""
    assert main(ours.words()) == 2
    line = capsys.readouterr().err
    assert line.count("\n") == 1
    assert not (ours.out / "checkpoints").exists() or not any((ours.out / "checkpoints").iterdir())
    return line.removeprefix("seedbed: ")


def test_an_unknown_key_names_those_that_are_known(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    ours = place(tmp_path)
    recipe = yaml.safe_load(ours.recipe.read_text())
    recipe["parallelism"]["asynchronous"] = True
    ours.recipe.write_text(yaml.safe_dump(recipe))

    line = refused(ours, capsys)

    assert line.startswith("tiny.yaml: parallelism.asynchronous: unknown key. Allowed: ")
    assert {"dp", "tp", "pp", "zero1"} <= set(re.findall(r"\w+", line))
    assert not ours.out.exists()


def test_fewer_tokens_than_one_batch(tmp_path: Path) -> None:
    ours = place(tmp_path)
    make_tokens(ours.tokens, ours.recipe, train=8 * 33 - 2)

    with pytest.raises(InputError, match=r"train: 262 tokens, one batch takes 264 \(8 x 33\)"):
        opened(ours)


def test_an_empty_validation_split(tmp_path: Path) -> None:
    ours = place(tmp_path)
    make_tokens(ours.tokens, ours.recipe, validation=0)

    with pytest.raises(InputError, match="validation: 0 tokens"):
        opened(ours)


def test_token_files_too_short_for_a_window_are_one_line(tmp_path: Path) -> None:
    ours = place(tmp_path)
    for path in (ours.tokens / "validation").glob("*.ds"):
        path.write_bytes(b"\0" * 20)

    done = ours.train()

    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert "no file of 33 tokens" in done.stderr


def test_a_folder_in_which_another_run_is_at_work(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    ours = place(tmp_path)

    with held(ours.out, option="--out", busy=""):
        line = refused(ours, capsys)

    assert line == f"{ours.out}: another run of tiny is at work there. Allowed: one at a time.\n"


def test_another_tokenizer_than_the_one_that_made_the_tokens(tmp_path: Path) -> None:
    ours = place(tmp_path)
    (ours.tokens / "tokenizer" / "tokenizer.json").write_text("{ }")

    with pytest.raises(InputError, match="not the tokenizer that made these tokens"):
        opened(ours)


def test_tokens_of_another_recipe(tmp_path: Path) -> None:
    ours = place(tmp_path)
    TokensManifest.load(ours.tokens).model_copy(update={"recipe_sha256": "f" * 64}).save(ours.tokens)

    with pytest.raises(InputError, match="tokens of another recipe"):
        opened(ours)


def test_no_tokens_at_all(tmp_path: Path) -> None:
    ours = place(tmp_path)

    with pytest.raises(InputError, match="cannot be read: No such file.*tokens.json that"):
        open_run(load_train_recipe(ours.recipe), tmp_path / "nowhere", ours.out, "cpu")


def test_a_layout_that_does_not_divide(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    ours = place(tmp_path, parallelism={"tp": 4})

    assert refused(ours, capsys).startswith("tiny: model.kv_heads: 2 does not divide by parallelism.tp 4")


def test_another_number_of_processes_than_the_layout_has(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("RANK", "0")
    monkeypatch.setenv("WORLD_SIZE", "3")

    line = refused(place(tmp_path), capsys)

    assert line == "3 processes, the recipe's dp * tp * pp is 1. Allowed: --nproc-per-node 1.\n"


def test_a_gpu_that_is_not_there() -> None:
    with pytest.raises(InputError, match="torch sees no CUDA device"):
        device_of("gpu")


@pytest.mark.parametrize("nodes", [0, -1, 3])
def test_nodes_that_the_ranks_do_not_fill(tmp_path: Path, nodes: int) -> None:
    recipe = load_train_recipe(place(tmp_path, parallelism={"dp": 4}).recipe)

    with pytest.raises(TrainingError, match="Allowed: 1, 2, 4"):
        slurm.script(recipe, nodes, ["seedbed.cli", "train"], ".")


def test_asynchronous_tensor_parallelism_is_refused(tmp_path: Path) -> None:
    from nanotron.config import get_config_from_dict

    from seedbed.models.training.nanotron.config import TrainConfig, expand

    config = expand(opened(place(tmp_path)))
    config["parallelism"]["tp_linear_async_communication"] = True

    with pytest.raises(RecipeError, match="tp_linear_async_communication: true: .* Allowed: false"):
        get_config_from_dict(config, config_class=TrainConfig)
