"""Links between the parts of a release: the same card however often they are written."""

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from seedbed.publishing.cards import model_card
from seedbed.publishing.hub.links import linked

MODEL = "---\nlicense: apache-2.0\ntags:\n- code\n---\n\n# A model\n\nWords.\n"
IDS = {"datasets": ["alice/corpus"]}


def front(text: str) -> dict[str, object]:
    data: dict[str, object] = yaml.safe_load(text.split("---\n")[1])
    return data


def test_links_stand_in_the_metadata_and_in_words() -> None:
    text = linked(MODEL, "model", IDS, "Trained on it.")

    assert front(text) == {"license": "apache-2.0", "tags": ["code"], "datasets": ["alice/corpus"]}
    assert text.endswith("# A model\n\nWords.\n\n<!-- seedbed:links -->\nTrained on it.\n<!-- /seedbed:links -->\n")


def test_links_replace_the_block_where_it_stands() -> None:
    before = MODEL.replace("Words.", "<!-- seedbed:links -->\nold\n<!-- /seedbed:links -->\n\nWords.")

    text = linked(before, "model", IDS, r"new \1")

    assert "old" not in text
    assert text.index(r"new \1") < text.index("Words.")


def test_links_of_others_stay() -> None:
    text = linked(MODEL.replace("tags:", "datasets: bob/other\ntags:"), "model", IDS, "x")

    assert front(text)["datasets"] == ["bob/other", "alice/corpus"]


@given(st.text(alphabet="abc -#*\n<>", max_size=60))
def test_links_written_twice_are_links_written_once(body: str) -> None:
    once = linked(MODEL + body, "model", IDS, "words")

    assert linked(once, "model", IDS, "words") == once


@pytest.mark.parametrize(("kind", "words"), [("model", "Trained on the dataset"), ("space", "The data: the dataset")])
def test_the_words_name_repository_and_commit(kind: str, words: str) -> None:
    dataset = {"repo_id": "alice/corpus", "revision": "a" * 40}
    model = {"repo_id": "alice/grown", "revision": "b" * 40} if kind == "space" else None

    block = model_card.links_block({"kind": kind, "dataset": dataset, "model": model})

    assert block.strip().startswith(f"{words} [alice/corpus](/datasets/alice/corpus), revision [`{'a' * 12}`]")
    assert f"/datasets/alice/corpus/tree/{'a' * 40}" in block
    assert (f"(/alice/grown/tree/{'b' * 40})" in block) is (kind == "space")
