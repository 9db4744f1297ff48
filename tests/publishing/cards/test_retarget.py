"""A dataset as one repository will have it: pages and manifest that name it, everything else untouched."""

import shutil
from pathlib import Path

import pytest

from seedbed.core.errors import ManifestError
from seedbed.core.manifests import integrity
from seedbed.core.manifests.dataset import Manifest
from seedbed.publishing.cards import update
from tests.publishing.hub.folders import invented_dataset


@pytest.fixture(scope="module")
def sealed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return invented_dataset(tmp_path_factory.mktemp("edition") / "invented")


def with_pages(folder: Path, pages: dict[str, bytes], to: Path) -> Path:
    shutil.copytree(folder, to)
    for name, data in pages.items():
        (to / name).write_bytes(data)
    return to


def test_an_edition_matches_its_own_manifest(sealed: Path, tmp_path: Path) -> None:
    copy = with_pages(sealed, update.pages(sealed, "alice/corpus", ("alice/grown",)), tmp_path / "copy")

    facts = integrity.verify(copy)

    assert (facts.repository, facts.models) == ("alice/corpus", ("alice/grown",))
    assert 'load_dataset("alice/corpus")' in (copy / "README.md").read_text()
    assert "- [alice/grown](/alice/grown)" in (copy / "README.md").read_text()


def test_an_edition_is_the_same_every_time_and_of_an_edition_too(sealed: Path, tmp_path: Path) -> None:
    first = update.pages(sealed, "alice/corpus", ())
    copy = with_pages(sealed, first, tmp_path / "copy")

    assert update.pages(sealed, "alice/corpus", ()) == first
    assert update.pages(copy, "alice/corpus", ()) == first


def test_only_repository_models_and_pages_change_in_the_manifest(sealed: Path, tmp_path: Path) -> None:
    copy = with_pages(sealed, update.pages(sealed, "alice/corpus", ("alice/grown",)), tmp_path / "copy")

    changed = Manifest.load(copy).model_copy(update={"repository": "OWNER/invented", "models": ()})

    before = Manifest.load(sealed)
    assert changed.model_copy(update={"files": before.files}) == before
    assert {file.path for file in set(changed.files) - set(before.files)} == {"README.md"}


def test_a_folder_that_does_not_match_its_manifest_has_no_edition(sealed: Path, tmp_path: Path) -> None:
    copy = with_pages(sealed, {"LICENSE.md": b"other"}, tmp_path / "copy")

    with pytest.raises(ManifestError, match="LICENSE.md: changed"):
        update.pages(copy, "alice/corpus", ())


@pytest.mark.parametrize(
    ("published", "models"),
    [(None, ()), ("", ()), ("{", ()), ("[]", ()), ('{"models": "x"}', ()), ('{"models": ["a/b"]}', ("a/b",))],
)
def test_models_of_a_published_manifest(published: str | None, models: tuple[str, ...]) -> None:
    assert update.models_of(published) == models
