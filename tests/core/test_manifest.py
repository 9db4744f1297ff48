"""The manifest: strict, sealed, without leaks, the same bytes for the same facts."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from seedbed.core.errors import ManifestError
from seedbed.core.io.files import file_sha256
from seedbed.core.manifests import integrity
from seedbed.core.manifests.contents import Block, Stage, leaks
from seedbed.core.manifests.dataset import Manifest
from seedbed.core.manifests.scores import read_measurement
from tests.invented_dataset import make_manifest, write_dataset


@pytest.fixture(scope="module")
def facts(tmp_path_factory: pytest.TempPathFactory) -> Manifest:
    folder = tmp_path_factory.mktemp("facts")
    write_dataset(folder)
    return make_manifest(folder)


@pytest.fixture
def sealed(tmp_path: Path, facts: Manifest) -> Path:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "a.parquet").write_bytes(b"a")
    (tmp_path / "README.md").write_bytes(b"b")
    integrity.seal(facts.model_copy(update={"notices": None}), tmp_path)
    return tmp_path


def test_what_is_saved_loads_back(facts: Manifest, tmp_path: Path) -> None:
    rounded = facts.model_copy(update={"timing": {"ingest": 1.5}})

    rounded.save(tmp_path / "manifest.json")

    assert Manifest.load(tmp_path) == rounded


def test_saving_what_was_loaded_gives_the_same_bytes(sealed: Path) -> None:
    before = (sealed / "manifest.json").read_bytes()

    Manifest.load(sealed).save(sealed)

    assert (sealed / "manifest.json").read_bytes() == before


def test_saving_leaves_no_other_file(sealed: Path) -> None:
    assert sorted(path.name for path in sealed.iterdir()) == ["README.md", "data", "manifest.json"]


def test_an_unknown_key_is_an_error(sealed: Path) -> None:
    path = sealed / "manifest.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"surprise": 1}))

    with pytest.raises(ManifestError, match="surprise"):
        Manifest.load(path)


@pytest.mark.parametrize("text", ["", "[]", '{"name": 3}', "\udcff"])
def test_what_is_no_manifest_is_one_clear_line(tmp_path: Path, text: str) -> None:
    (tmp_path / "manifest.json").write_bytes(text.encode("utf-8", "surrogateescape"))

    with pytest.raises(ManifestError) as raised:
        Manifest.load(tmp_path)

    assert "\n" not in str(raised.value)


def test_a_sealed_folder_verifies(sealed: Path) -> None:
    verified = integrity.verify(sealed)

    assert [file.path for file in verified.files] == ["README.md", "data/a.parquet"]


def _add(folder: Path) -> None:
    (folder / "data" / "extra.parquet").write_bytes(b"c")


def _remove(folder: Path) -> None:
    (folder / "README.md").unlink()


def _change(folder: Path) -> None:
    (folder / "data" / "a.parquet").write_bytes(b"z")


def _lengthen(folder: Path) -> None:
    (folder / "data" / "a.parquet").write_bytes(b"aa")


@pytest.mark.parametrize(
    ("damage", "said"),
    [(_add, "extra.parquet: not in the manifest"), (_remove, "README.md: missing"), (_change, "changed"), (_lengthen, "changed")],
)
def test_a_changed_folder_does_not_verify(sealed: Path, damage: object, said: str) -> None:
    damage(sealed)  # type: ignore[operator]

    with pytest.raises(ManifestError, match=said):
        integrity.verify(sealed)


def _stage(*blocks: Block) -> tuple[Stage, ...]:
    return (Stage(name="clean", blocks=blocks),)


def _block(files_in: int, files_out: int, explained: int) -> Block:
    reasons = {"why": explained} if explained else {}
    return Block(name="b", meaning="", files_in=files_in, files_out=files_out, bytes_in=0, bytes_out=0, reasons=reasons)


@pytest.mark.parametrize(
    ("stages", "published", "count"),
    [
        (_stage(_block(9, 7, 2), _block(7, 7, 0)), 7, 0),
        (_stage(_block(9, 7, 1)), 7, 1),  # two gone, one explained
        (_stage(_block(9, 7, 2), _block(6, 6, 0)), 6, 1),  # one lost between two blocks
        (_stage(_block(9, 7, 2)), 8, 1),  # one more published than came through
        ((), 5, 0),
    ],
)
def test_every_file_that_goes_is_explained(stages: tuple[Stage, ...], published: int, count: int) -> None:
    assert len(list(leaks(stages, published))) == count


def test_a_leaking_manifest_is_not_written(facts: Manifest, tmp_path: Path) -> None:
    leaking = facts.model_copy(update={"stages": _stage(_block(9, 7, 1))})

    with pytest.raises(ManifestError, match="needs a reason"):
        leaking.save(tmp_path / "manifest.json")

    assert not list(tmp_path.iterdir())


def test_a_measurement_names_its_file_and_hash(tmp_path: Path) -> None:
    figure = {"what": "recall", "value": 0.5, "unit": "share", "why": "further keys are left aside"}
    data = {"title": "t", "about": "license", "command": "c", "machine": "m", "date": "d", "figures": [figure], "cases": []}
    path = tmp_path / "x.json"
    path.write_text(json.dumps(data))

    read = read_measurement(path, "docs/evidence/x.json")

    assert (read.path, read.sha256, read.figures[0].value) == ("docs/evidence/x.json", file_sha256(path), 0.5)


@pytest.mark.parametrize("text", ["", "[]", '{"title": "t"}'])
def test_what_is_no_measurement_is_an_error(tmp_path: Path, text: str) -> None:
    path = tmp_path / "x.json"
    path.write_text(text)

    with pytest.raises(ManifestError, match=r"docs/evidence/x\.json"):
        read_measurement(path, "docs/evidence/x.json")
