"""An index is opened by its dataset, and only the one that the dataset's manifest tells of."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from seedbed.core.errors import AttributionError, InputError, ManifestError
from seedbed.data.attribution.index import open_index
from tests.data.attribution.conftest import IDIOM, row
from tests.data.attribution.datasets import write_indexed


@pytest.fixture(scope="module")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_indexed(tmp_path_factory.mktemp("indexed") / "small", [row(IDIOM, "run.py", "Python")])


def test_the_index_of_a_dataset_folder_is_opened(dataset: Path) -> None:
    assert open_index(dataset).head["files"] == 1


def test_an_index_of_another_run_is_refused(dataset: Path, tmp_path: Path) -> None:
    other = write_indexed(tmp_path / "other", [row(IDIOM, "run.py", "Python"), row("x = 1\n", "x.py", "Python")])
    shutil.copy(dataset / "manifest.json", other / "manifest.json")

    with pytest.raises(AttributionError, match=r"attribution: not the index that manifest\.json describes"):
        open_index(other)


def test_what_is_no_dataset_with_an_index_is_one_line(dataset: Path, tmp_path: Path) -> None:
    (tmp_path / "plain").mkdir()
    (tmp_path / "bare").mkdir()
    shutil.copytree(dataset / "attribution", tmp_path / "bare" / "attribution")

    with pytest.raises(InputError, match=r"plain: has no index for attribution\. Allowed: "):
        open_index(tmp_path / "plain")
    with pytest.raises(InputError, match=r"nowhere: no such dataset\. Allowed: a dataset folder, or an id"):
        open_index("nowhere")
    with pytest.raises(ManifestError, match=r"manifest\.json: cannot be read"):
        open_index(tmp_path / "bare")
