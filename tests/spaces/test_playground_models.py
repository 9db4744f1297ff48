"""The playground over a model that runs in its own process."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
import yaml

from seedbed import __version__
from seedbed.core.manifests import integrity
from seedbed.core.manifests.dataset import Manifest
from seedbed.models.conversion.gguf_file import FORMATS, GgufMetadata, write
from seedbed.models.tokens import tokenizer
from tests.localhub.process import running_hub
from tests.localhub.test_browser import dataset as invented_dataset
from tests.models.layouts import VOCABULARY
from tests.models.tiny_model import make_model
from tests.publishing.hub.publishing import Person
from tests.serving.http.conftest import CONTEXT, CORPUS
from tests.spaces.conftest import with_index
from tests.spaces.process import APP, Playground, playground

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder as conversion makes it."""
    folder = tmp_path_factory.mktemp("own")
    texts = [path.read_text(encoding="utf-8") for path in sorted(CORPUS.glob("*/*")) if path.is_file()]
    tokenizer.save(tokenizer.train(texts, VOCABULARY, sum(map(len, texts))), folder / "tokenizer", CONTEXT)
    made = make_model(folder / "tiny", folder / "tokenizer", CONTEXT)
    (made / "gguf").mkdir()
    write(made, made / "gguf" / "tiny-f16.gguf", FORMATS["f16"], GgufMetadata("tiny", "a tiny model", "apache-2.0"))
    return made


def test_a_gguf_file_in_this_process_fills_in_the_middle_and_what_is_kept_survives_the_end(model: Path, tmp_path: Path) -> None:
    with playground(tmp_path, SEEDBED_MODEL=str(model)) as app:
        client = app.client()
        answer = client.predict(
            prefix="def f(a):\n    return ", suffix="\n\nprint(f(1))\n", candidates=3, temperature=1.0, api_name="/complete"
        )
        told = client.predict(id="one", action="rejected", consent=True, shown="a", api_name="/feedback")
        code = app.stop()

    assert answer["is_fim"]
    assert answer["model"] == "tiny-f16.gguf"
    assert answer["candidates"]
    assert told["kept"]
    assert [event["action"] for event in app.events] == ["rejected"]
    assert code == 0


def test_two_playgrounds_do_not_share_a_folder_of_feedback(model: Path, tmp_path: Path) -> None:
    settings = {"SEEDBED_MODEL": str(model), "SEEDBED_FEEDBACK": str(tmp_path / "shared")}
    places = [tmp_path / "first", tmp_path / "second"]
    for place in places:
        place.mkdir()

    with playground(places[0], **settings), pytest.raises(AssertionError, match="another process keeps its feedback"):
        Playground(places[1], settings).start()


def test_a_released_space_runs_on_what_its_card_links(model: Path, tmp_path: Path) -> None:
    sources = {"dataset": invented_dataset(tmp_path / "invented"), "model": model, "space": tmp_path / "playground"}
    integrity.seal(with_index(Manifest.load(sources["dataset"]), sources["dataset"]), sources["dataset"])
    (model / "README.md").write_text("---\nlibrary_name: transformers\n---\n# Tiny\n")
    shutil.copytree(APP.parent, sources["space"], ignore=shutil.ignore_patterns("*.whl", "__pycache__"))
    (sources["space"] / f"seedbed-{__version__}-py3-none-any.whl").touch()
    recipe = tmp_path / "release.yaml"
    parts = {kind: {"folder": str(folder), "to": f"run-{kind}"} for kind, folder in sources.items()}
    recipe.write_text(yaml.safe_dump({"name": "run", **parts}))

    with running_hub(tmp_path / "hub") as hub:
        person = Person(hub.url, tmp_path / "home")
        done = person.release(recipe)
        assert done.returncode == 0, done.stderr
        there = person.api.snapshot_download("alice/run-space", repo_type="space", local_dir=tmp_path / "there")
        with playground(tmp_path, Path(there) / "app.py", **person.environment) as app:
            answer = app.client().predict(prefix="def f(a):\n    return ", api_name="/complete")

    assert answer["model"] == "tiny-f16.gguf"
    assert "attribution" in answer["timings_ms"]
