"""The playground over a model that runs in its own process."""

from __future__ import annotations

from pathlib import Path

import pytest

from seedbed.model import tokenizer
from seedbed.model.gguf_file import FORMATS, About, write
from tests.model.layouts import VOCABULARY
from tests.model.tiny_model import make_model
from tests.server.conftest import CONTEXT, CORPUS
from tests.spaces.process import Playground, playground

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder as conversion makes it."""
    folder = tmp_path_factory.mktemp("own")
    texts = [path.read_text(encoding="utf-8") for path in sorted(CORPUS.rglob("*")) if path.is_file()]
    tokenizer.save(tokenizer.train(texts, VOCABULARY, sum(map(len, texts))), folder / "tokenizer", CONTEXT)
    made = make_model(folder / "tiny", folder / "tokenizer", CONTEXT)
    (made / "gguf").mkdir()
    write(made, made / "gguf" / "tiny-f16.gguf", FORMATS["f16"], About("tiny", "a tiny model", "apache-2.0"))
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
