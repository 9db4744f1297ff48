"""What is learned of an event: the prompt of the request path, the text, and where it ends."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from seedbed.evaluation.prompts import Document
from seedbed.finetuning.events import Accepted
from seedbed.finetuning.training_examples import ExampleSettings, prepare_examples, replay_examples
from seedbed.models.inference import open_backend
from seedbed.models.inference.backend import Backend, Sampling
from seedbed.models.lora.settings import IGNORED
from seedbed.serving.completion.completer import Completer
from seedbed.serving.completion.request import CompletionRequest
from tests.models.runs import make_tokenizer
from tests.models.tiny_model import make_model

EVENT = Accepted(
    "1", "edited", "total += value", "def sum_of(values):\n    total = 0\n    ", "\n    return total\n", "a.py", "Python"
)


@pytest.fixture(scope="module")
def backend(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Backend]:
    folder = tmp_path_factory.mktemp("prompts")
    make_tokenizer(folder / "tokenizer")
    made = open_backend(make_model(folder / "model", folder / "tokenizer", context=128), "transformers")
    yield made
    made.close()


def test_a_middle_is_asked_as_the_request_path_asks_and_ends_where_the_suffix_goes_on(backend: Backend) -> None:
    (example,) = prepare_examples(backend, [EVENT], ExampleSettings(24, 0, plain_share=0.0))

    request = CompletionRequest(EVENT.prefix, EVENT.suffix, EVENT.path, EVENT.language, sampling=Sampling(max_new_tokens=24))
    assert list(example.prompt) == Completer(backend).prompt(request)
    assert list(example.completion) == [*backend.encode(EVENT.text), 0]


def test_left_to_right_a_text_goes_on_with_the_rest_of_its_line(backend: Backend) -> None:
    (example,) = prepare_examples(backend, [EVENT], ExampleSettings(24, 0, plain_share=1.0))

    assert list(example.prompt) == backend.plain_prompt(EVENT.prefix, path=EVENT.path)
    assert backend.decode(example.completion) == "total += value\n"


def test_what_is_told_again_are_windows_of_some_files_as_long_as_the_context(backend: Backend) -> None:
    documents = [Document(str(at), "Python", f"value_{at} = {at}\n" * 200, f"{at}.py") for at in range(9)]

    examples = replay_examples(backend, documents, 4, 17)

    assert examples == replay_examples(backend, documents[::-1], 4, 17)
    assert {len(one.input_ids) for one in examples} == {backend.context_tokens}
    assert len({backend.decode(one.completion)[-12:] for one in examples}) == 4


def test_the_loss_is_taken_of_the_text_alone(backend: Backend) -> None:
    (example,) = prepare_examples(backend, [EVENT], ExampleSettings(24, 0, plain_share=0.0))

    taken = [label for label in example.labels if label != IGNORED]
    assert taken == list(example.completion)
    assert len(example.labels) == len(example.input_ids)
