"""`seedbed convert`: from a run to a folder that loads, explains itself and can be published; or one line and no folder."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file
from transformers import AutoModelForCausalLM, AutoTokenizer, GenerationConfig, LlamaForCausalLM

from seedbed.cli import main
from seedbed.core.manifests.model import ModelManifest
from seedbed.publishing.cards import model_card
from seedbed.publishing.hub import content
from seedbed.publishing.hub.target import kind_of
from tests.localhub.process import HubProcess, running_hub
from tests.models.layouts import LAYOUTS
from tests.models.runs import SOURCES, STEP, TinyRun, encode, make_run, stamp
from tests.publishing.hub.publishing import Person

MakeRun = Callable[[str], TinyRun]


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[HubProcess]:
    with running_hub(tmp_path_factory.mktemp("model-hub") / "hub") as process:
        yield process


@pytest.fixture
def person(hub: HubProcess, tmp_path: Path) -> Person:
    return Person(hub.url, tmp_path / "home")


def test_the_folder_loads_with_the_auto_classes(converted: TinyRun) -> None:
    model = AutoModelForCausalLM.from_pretrained(converted.model)
    tokenizer = AutoTokenizer.from_pretrained(converted.model)

    text = SOURCES[0].read_text(encoding="utf-8")
    assert isinstance(model, LlamaForCausalLM)
    assert len(tokenizer) == model.config.vocab_size
    assert tokenizer.decode(tokenizer(text).input_ids) == text


def test_generation_is_configured(converted: TinyRun) -> None:
    config = GenerationConfig.from_pretrained(converted.model)
    next_file = AutoTokenizer.from_pretrained(converted.model).convert_tokens_to_ids("<file_sep>")

    assert (config.do_sample, config.temperature, config.top_k, config.max_new_tokens) == (True, 0.2, 50, 64)
    assert (config.bos_token_id, config.eos_token_id, config.pad_token_id) == (0, [0, next_file], 1)


def test_the_folder_holds_what_the_hub_will_have(converted: TinyRun) -> None:
    files = {path.relative_to(converted.model).as_posix() for path in converted.model.rglob("*") if path.is_file()}

    assert files == {
        *("README.md", "NOTICE.md", "model.json", "config.json", "generation_config.json", "model.safetensors"),
        *("tokenizer.json", "tokenizer_config.json"),
        *(f"gguf/tiny-{form}.gguf" for form in ("f16", "Q8_0", "Q4_0")),
    }
    assert [path.name for path in converted.model.parent.iterdir()] == ["tiny"]


def test_the_manifest_says_what_was_measured(converted: TinyRun) -> None:
    facts = ModelManifest.load(converted.model)

    assert facts.parameters_total == sum(
        weight.numel() for weight in LlamaForCausalLM.from_pretrained(converted.model).parameters()
    )
    assert facts.conversion.largest <= 1e-5
    assert facts.training.steps == STEP
    assert facts.gguf is not None
    assert [file.format for file in facts.gguf.files] == ["f16", "Q8_0", "Q4_0"]
    assert facts.gguf.files[0].greedy_equal == facts.gguf.files[0].greedy_tokens >= 4 * 24


def test_the_card_is_made_from_the_manifest_alone(converted: TinyRun) -> None:
    assert (converted.model / "README.md").read_text() == model_card.model_card(ModelManifest.load(converted.model))


def test_the_code_on_the_card_runs(
    converted: TinyRun, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(converted.build.parent)
    blocks = re.findall(r"```python\n(.*?)```", (converted.model / "README.md").read_text(), re.DOTALL)
    torch.manual_seed(1)
    names: dict[str, object] = {}

    for block in blocks:
        exec(block, names)

    assert len(blocks) == 2
    printed = capsys.readouterr().out
    assert printed.startswith("def read_lines(path):\n")
    assert f"{names['before']}{names['middle']}{names['after']}" in printed


def test_the_prompt_on_the_card_is_what_was_trained(converted: TinyRun) -> None:
    tokenizer = AutoTokenizer.from_pretrained(converted.model)

    ids = tokenizer("<fim_prefix>a = <fim_suffix>\n<fim_middle>").input_ids

    assert [ids[0], ids[-1]] == [2, 4]
    assert ids == [2, *encode(converted.model, "a = "), 3, *encode(converted.model, "\n"), 4]


def test_the_folder_is_a_model_to_the_publisher(converted: TinyRun) -> None:
    assert kind_of(content.read(converted.model), None) == "model"


def test_a_published_model_loads_by_its_name(converted: TinyRun, person: Person) -> None:
    person.published(converted.model, "alice/tiny", "--public")

    script = """
import torch
from transformers import AutoModelForCausalLM, AutoTokenizer
tokenizer = AutoTokenizer.from_pretrained("alice/tiny")
model = AutoModelForCausalLM.from_pretrained("alice/tiny")
outputs = model.generate(**tokenizer("import os", return_tensors="pt"), max_new_tokens=4, min_new_tokens=4)
print(outputs.shape[1] - len(tokenizer("import os").input_ids))
"""
    done = person.python("-c", script)
    assert done.stdout.strip() == "4", done.stderr
    readme = person.api.hf_hub_download("alice/tiny", "README.md", local_dir=person.home / "card")
    assert 'from_pretrained("alice/tiny")' in Path(readme).read_text()


def test_a_release_links_the_model_to_its_dataset(converted: TinyRun, person: Person, sealed: Path, tmp_path: Path) -> None:
    recipe = tmp_path / "release.yaml"
    recipe.write_text(
        f"name: linked\ndataset: {{folder: {sealed}, to: alice/linked-data}}\n"
        f"model: {{folder: {converted.model}, to: alice/linked-model}}\n"
    )

    done = person.release(recipe)

    assert done.returncode == 0, done.stderr
    info = person.api.dataset_info("alice/linked-data")
    text = Path(person.api.hf_hub_download("alice/linked-model", "README.md", local_dir=tmp_path / "card")).read_text()
    assert text.count("<!-- seedbed:links -->") == 1
    assert f"[alice/linked-data](/datasets/alice/linked-data), revision [`{str(info.sha)[:12]}`]" in text
    assert "alice/linked-data" in (person.api.model_info("alice/linked-model").card_data or {})["datasets"]


@pytest.fixture(scope="module")
def sealed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from tests.publishing.hub.folders import invented_dataset

    return invented_dataset(tmp_path_factory.mktemp("linked") / "invented")


def test_converting_again_replaces_the_model(tiny_run: MakeRun) -> None:
    tiny = tiny_run("tp1")
    first = tiny.convert("--no-gguf")
    (tiny.model / "old.txt").write_text("from before")

    again = tiny.convert("--no-gguf")

    assert (first.returncode, again.returncode) == (0, 0)
    assert "Retrying" not in again.stderr, "a Hub that is away is asked once"
    assert not (tiny.model / "old.txt").exists()
    assert ModelManifest.load(tiny.model).gguf is None


def no_run(tiny: TinyRun) -> None:
    shutil.rmtree(tiny.run)


def no_run_file(tiny: TinyRun) -> None:
    (tiny.run / "run.json").unlink()


def another_recipe(tiny: TinyRun) -> None:
    tiny.recipe.write_text(tiny.recipe.read_text().replace("seed: 17", "seed: 18"))


def other_tokens(tiny: TinyRun) -> None:
    path = tiny.tokens / "tokens.json"
    path.write_text(path.read_text().replace('"Python"', '"Rust"'))


def changed_shard(tiny: TinyRun) -> None:
    path = next(tiny.checkpoint.rglob("model_weight_pp-rank-0-of-1_tp-rank-0-of-1.safetensors"))
    path.write_bytes(path.read_bytes()[:-7] + b"changed")


def _restamp(tiny: TinyRun, change: Callable[[Path], None]) -> None:
    """Change a checkpoint before it is marked: what a trainer that went wrong would have left."""
    copy = tiny.build / "copy"
    shutil.copytree(tiny.checkpoint, copy)
    (copy / "seedbed.json").unlink()
    change(copy)
    shutil.rmtree(tiny.checkpoint)
    stamp(tiny, copy)


def not_a_number(tiny: TinyRun) -> None:
    def spoil(checkpoint: Path) -> None:
        path = next((checkpoint / "model").rglob("final_layer_norm/pp_block/*.safetensors"))
        data = load_file(path)
        data["data"][0] = float("nan")
        save_file(data, path)

    _restamp(tiny, spoil)


def missing_shard(tiny: TinyRun) -> None:
    _restamp(tiny, lambda checkpoint: next((checkpoint / "model").rglob("down_proj/*.safetensors")).unlink())


def other_tokenizer(tiny: TinyRun) -> None:
    path = tiny.tokens / "tokenizer" / "tokenizer.json"
    data = json.loads(path.read_text())
    data["added_tokens"].append({**data["added_tokens"][0], "id": 512, "content": "<one_more>"})
    path.write_text(json.dumps(data))


def foreign_folder(tiny: TinyRun) -> None:
    tiny.model.mkdir(parents=True)
    (tiny.model / "thesis.tex").write_text("years of work")


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (no_run, "no checkpoint there. Allowed: a run of"),
        (no_run_file, "run.json is missing"),
        (another_recipe, "a checkpoint of another recipe"),
        (other_tokens, "not the tokens that"),
        (changed_shard, "is changed"),
        (not_a_number, "1 of 64 values are NaN or infinite"),
        (missing_shard, "is not there"),
        (other_tokenizer, "513 tokens, the model has 512"),
        (foreign_folder, "holds files that no conversion wrote"),
    ],
    ids=lambda value: value.__name__ if callable(value) else "",
)
def test_bad_input_is_one_line_and_writes_nothing(
    tiny_run: MakeRun,
    spoil: Callable[[TinyRun], None],
    message: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    tiny = tiny_run("tp1")
    spoil(tiny)
    before = files(tiny.build)
    monkeypatch.chdir(tiny.build.parent)

    code = main(["convert", str(tiny.recipe)])

    (line,) = [line for line in capsys.readouterr().err.splitlines() if line.startswith("seedbed:")]
    assert code == 2
    assert message in line
    assert files(tiny.build) == before


def files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def test_a_checkpoint_of_another_shape_is_refused(checkpoints: Path, small_tokenizer: Path, tmp_path: Path) -> None:
    tiny = make_run(tmp_path, checkpoints / "tp1-tied-gqa", LAYOUTS["tp1"], small_tokenizer)

    done = tiny.convert()  # in a process of its own, as people do

    assert (done.returncode, done.stdout) == (2, "")
    assert "Traceback" not in done.stderr
    assert re.search(r"num_key_value_heads 2, the recipe tiny says 4", done.stderr)


def test_int4_without_its_packages_or_a_gpu_is_one_line(
    tiny_run: MakeRun, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    tiny = tiny_run("tp1")
    monkeypatch.chdir(tiny.build.parent)

    assert main(["quantize", str(tiny.recipe)]) == 2

    assert re.fullmatch(
        r"seedbed: int4: (\w+ is not installed|torch sees no CUDA device)\. Allowed: .*\n", capsys.readouterr().err
    )
