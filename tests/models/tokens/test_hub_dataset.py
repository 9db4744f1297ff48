"""Tokens of a dataset on a Hub, by its id: a real server, the official client, a dataset with nothing but a column of text."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from huggingface_hub import HfApi
from transformers import AutoTokenizer

from seedbed.models.tokens.manifest import TokensManifest
from tests.localhub.process import WRITER, HubProcess, running_hub
from tests.models.small_dataset import by_split, code, write_recipe
from tests.models.tokens.test_tokenize import all_ids

NAME = f"{WRITER.user}/plain"


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[HubProcess]:
    """A Hub with one dataset, in two files a split."""
    folder = tmp_path_factory.mktemp("hub")
    for split, rows in by_split(code()).items():
        for number in range(2):
            path = folder / "dataset" / "data" / f"{split}-{number:05d}-of-00002.parquet"
            path.parent.mkdir(parents=True, exist_ok=True)
            pq.write_table(pa.table({"content": [row["text"] for row in rows[number::2]]}), path)
    with running_hub(folder / "hub") as running:
        api = HfApi(endpoint=running.url, token=WRITER.token)
        api.create_repo(NAME, repo_type="dataset")
        api.upload_folder(repo_id=NAME, repo_type="dataset", folder_path=folder / "dataset")
        yield running


def tokenize(home: Path, hub: HubProcess, dataset: str) -> subprocess.CompletedProcess[str]:
    write_recipe(home, dataset)
    login = {"HF_ENDPOINT": hub.url, "HF_TOKEN": WRITER.token, "HF_HOME": str(home / "hf"), "HF_HUB_DISABLE_PROGRESS_BARS": "1"}
    command = [sys.executable, "-m", "seedbed.cli", "tokenize", "small.yaml"]
    return subprocess.run(command, cwd=home, env=os.environ | login, capture_output=True, text=True, check=False)


def test_each_row_of_a_column_of_text_is_told_alone(hub: HubProcess, tmp_path: Path) -> None:
    done = tokenize(tmp_path, hub, f"{{id: {NAME}, text_column: content}}")

    folder = tmp_path / "build" / "tokens" / "small"
    assert done.returncode == 0, done.stderr
    sha = HfApi(endpoint=hub.url, token=WRITER.token).dataset_info(NAME).sha
    assert (TokensManifest.load(folder).dataset.id, TokensManifest.load(folder).dataset.revision) == (NAME, sha)
    decoded = AutoTokenizer.from_pretrained(str(folder / "tokenizer")).decode(all_ids(folder, "validation"))
    texts = decoded.removesuffix("<|endoftext|>").split("<|endoftext|>")
    assert sorted(texts) == sorted(f"<file_sep>{row['text']}" for row in by_split(code())["validation"])


@pytest.mark.parametrize(
    ("dataset", "line"),
    [
        (f"{{id: {NAME}}}", "alice/plain: no column 'text'. Allowed in dataset.text_column: content"),
        (f"{{id: {WRITER.user}/none, text_column: content}}", "dataset.id: alice/none: "),
        (f"{{id: {NAME}, revision: nowhere, text_column: content}}", "dataset.id: alice/plain: "),
        (f"{{id: {NAME}, config: other, text_column: content}}", "dataset.id: alice/plain: "),
    ],
)
def test_what_is_not_there_is_one_line(hub: HubProcess, tmp_path: Path, dataset: str, line: str) -> None:
    done = tokenize(tmp_path, hub, dataset)

    errors = [text for text in done.stderr.splitlines() if text.startswith("seedbed: ")]
    assert (done.returncode, len(errors)) == (2, 1), done.stderr
    assert line in errors[0]
    assert "Traceback" not in done.stderr
