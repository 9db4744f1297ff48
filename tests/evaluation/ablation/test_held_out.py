"""No side trains on a copy of what both are judged on."""

from __future__ import annotations

from datatrove.data import Document

from seedbed.data.filters.fingerprints import Fingerprints
from seedbed.evaluation.ablation.variants import copies
from tests.evaluation.asked import DOCUMENTS

PYTHON = [one for one in DOCUMENTS if one.language == "Python" and len(one.text) > 2500][:6]


def row(identity: str, text: str) -> dict[str, object]:
    document = Document(text=text, id=identity, metadata={"language": "Python", "path": f"{identity}.py"})
    Fingerprints().filter(document)
    return {**document.metadata, "id": identity, "text": text}


def test_exact_and_near_copies_go_and_others_stay() -> None:
    one, other, third, fourth = (document.text for document in PYTHON[:4])
    held_out = [row("equal", one), row("laid out anew", other), row("edited", third), row("new", fourth)]
    training = [
        row("a", one),
        row("b", "# a comment of its own\n" + other.replace("\n\n\n", "\n\n\n\n")),
        row("c", third + "\nextra = 1\n"),
        row("d", PYTHON[4].text),
    ]

    assert copies(held_out, training, 10) == {"equal": "exact", "laid out anew": "exact", "edited": "near"}


def test_a_copy_of_a_copy_goes_too() -> None:
    """Held-out files that equal each other are one kind: the pair with training is told of one of them only."""
    text = PYTHON[0].text

    assert copies([row("first", text), row("second", text)], [row("a", text + "\nextra = 1\n")], 10) == {
        "first": "near",
        "second": "near",
    }


def test_copies_among_held_out_files_alone_stay() -> None:
    text = PYTHON[0].text

    assert copies([row("first", text), row("second", text)], [row("a", PYTHON[1].text)], 10) == {}


def test_nothing_to_train_on_leaves_all() -> None:
    assert copies([row("first", PYTHON[0].text)], [], 10) == {}
