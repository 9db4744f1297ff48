"""`seedbed serve` with a dataset on a Hub and a project: what a model is told, and where its text was seen before."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from huggingface_hub import HfApi

from tests.data.attribution.conftest import IDIOM, row
from tests.data.attribution.datasets import write_indexed
from tests.localhub.process import WRITER, running_hub
from tests.serving.http.process import Serving, serving
from tests.serving.http.upstream import Upstream

NAME = f"{WRITER.user}/indexed"
PREFIX = "from loader import load_table\n\nrows = load_table(\n\n"


@pytest.fixture(scope="module")
def around(elsewhere: Upstream, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    """A server whose model is elsewhere, whose dataset is on a Hub, and whose project is a folder."""
    folder = tmp_path_factory.mktemp("around")
    write_indexed(folder / "indexed", [row(IDIOM, "run.py", "Python")])
    (folder / "project").mkdir()
    (folder / "project" / "loader.py").write_text("def load_table(name, limit):\n    return []\n", encoding="utf-8")
    with running_hub(folder / "hub") as hub, pytest.MonkeyPatch.context() as patch:
        api = HfApi(endpoint=hub.url, token=WRITER.token)
        api.create_repo(NAME, repo_type="dataset")
        api.upload_folder(
            repo_id=NAME, repo_type="dataset", folder_path=folder / "indexed", allow_patterns=["manifest.json", "attribution/*"]
        )
        for name, value in {"HF_ENDPOINT": hub.url, "HF_TOKEN": WRITER.token, "HF_HOME": str(folder / "hf")}.items():
            patch.setenv(name, value)
        options = ("--dataset", NAME, "--project", str(folder / "project"), "--package", "pyyaml", "--rate", "0")
        with serving(folder / "server", elsewhere.url, *options) as running:
            yield running


@pytest.mark.parametrize("path", ["/v1/completions", "/infill"])
def test_an_answer_says_where_it_was_seen_before(around: Serving, upstream: Upstream, path: str) -> None:
    upstream.texts = [IDIOM]
    body = {"prompt": f"{PREFIX}# {path}\n", "path": "main.py"}

    with around.http() as client:
        told = client.post(path, json=body).json()

    about = told["choices"][0]["seedbed"] if "choices" in told else told["seedbed"]
    (match,) = about["matches"]
    assert match["summary"] == f"{match['tokens']} tokens match own@1.2 run.py, Apache-2.0"
    assert match["url"].startswith("swh:1:cnt:")
    assert match["tokens"] >= 32


@pytest.mark.parametrize("about", [{"path": "main.py"}, {"language": "Python"}])
def test_infill_that_tells_what_the_code_is_is_checked_as_such(
    around: Serving, upstream: Upstream, about: dict[str, str]
) -> None:
    upstream.texts = ["os.system(command)\n"]

    with around.http() as client:
        told = client.post("/infill", json={"input_prefix": f"import os\n# {about}\n", **about}).json()["seedbed"]

    assert "call:os.system" in [one["rule"] for one in told["findings"]]
    assert "parses in place" in told["reasons"]


def test_other_files_that_an_editor_sends_stand_before_the_text(around: Serving, upstream: Upstream) -> None:
    body = {
        "input_prefix": "rows = near(",
        "input_suffix": ")\n",
        "input_extra": [{"filename": "near.py", "text": "def near(a):\n    return a\n", "time": [1, 2]}, {"text": "  \n"}],
    }

    with around.http() as client:
        client.post("/infill", json=body).raise_for_status()

    (asked,) = upstream.asked
    assert asked["prompt"] == "// near.py:\n// def near(a):\n//     return a\nrows = near("


def test_signatures_of_project_and_packages_stand_before_the_text(around: Serving, upstream: Upstream) -> None:
    prefix = f"import yaml\n{PREFIX}data = yaml.safe_load("

    around.openai().completions.create(model="any", prompt=prefix, extra_body={"path": "main.py"})

    (asked,) = upstream.asked
    assert asked["prompt"].endswith(prefix)
    assert "# loader.py: def load_table(name, limit):\n" in asked["prompt"]
    assert "# yaml/__init__.py: def safe_load(stream):" in asked["prompt"]
