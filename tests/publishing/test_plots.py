"""Plots: the same facts give the same bytes, whatever matplotlib was set to before."""

from __future__ import annotations

from pathlib import Path

import matplotlib as mpl
import pytest
from PIL import Image

from seedbed.core.manifests.contents import Duplicates
from seedbed.core.manifests.dataset import Manifest
from seedbed.publishing import plots
from seedbed.publishing.plots.style import drawable

FACTS = Path(__file__).parents[1] / "corpus" / "manifest" / "invented.json"
ABLATIONS = ["ablation-all.png", "ablation-near_dedup.png"]
NAMES = [*ABLATIONS, "complexity.png", "duplicates.png", "funnel.png", "languages.png", "lengths.png", "licenses.png"]


@pytest.fixture(scope="module")
def facts() -> Manifest:
    return Manifest.load(FACTS)


@pytest.fixture(scope="module")
def drawn(facts: Manifest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("plots")
    plots.draw(facts, folder)
    return folder / "assets"


def test_all_pictures_are_drawn(drawn: Path) -> None:
    assert sorted(path.name for path in drawn.iterdir()) == NAMES


def test_the_same_facts_give_the_same_bytes(facts: Manifest, drawn: Path, tmp_path: Path) -> None:
    with mpl.rc_context({"font.size": 20, "axes.facecolor": "black"}):
        again = plots.draw(facts, tmp_path)

    for picture in again:
        path = tmp_path / picture.path
        assert path.read_bytes() == (drawn / path.name).read_bytes(), path.name


@pytest.mark.parametrize("name", NAMES)
def test_a_picture_says_nothing_of_the_machine(drawn: Path, name: str) -> None:
    with Image.open(drawn / name) as picture:
        assert set(picture.info) <= {"dpi"}


@pytest.mark.parametrize("name", NAMES)
def test_a_picture_is_opaque_and_as_wide_as_a_page(drawn: Path, name: str) -> None:
    with Image.open(drawn / name) as picture:
        assert picture.convert("RGBA").getextrema()[3] == (255, 255)
        assert picture.width == 1360


def test_what_has_nothing_to_show_is_left_out(facts: Manifest, tmp_path: Path) -> None:
    none = Duplicates()
    contents = facts.contents.model_copy(update={"duplicates": none})
    without = facts.model_copy(update={"stages": (), "ablations": (), "contents": contents})

    written = plots.draw(without, tmp_path)

    assert sorted(Path(picture.path).name for picture in written) == sorted(
        set(NAMES) - {*ABLATIONS, "funnel.png", "duplicates.png"}
    )


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("name", ["$x^{$", "\U0001f511 Secrets", "a" * 300, "\u6f22\u5b57", "_x_", "\\frac"])
def test_any_name_can_be_drawn(facts: Manifest, tmp_path: Path, name: str) -> None:
    block = facts.stages[0].blocks[0].model_copy(update={"name": name, "reasons": {name: 285}})
    license_entry = facts.contents.licenses[0].model_copy(update={"expression": name})
    stage = facts.stages[0].model_copy(update={"blocks": (block,)})
    contents = facts.contents.model_copy(update={"licenses": (license_entry,)})

    plots.draw(facts.model_copy(update={"stages": (stage,), "contents": contents}), tmp_path)

    assert (tmp_path / "assets" / "funnel.png").is_file()


def test_a_name_keeps_its_letters_and_loses_its_picture() -> None:
    assert drawable("\U0001f4cf too_large") == "too large"
