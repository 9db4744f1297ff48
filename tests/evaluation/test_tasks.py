"""Every kind of task tells right from wrong: a model that knows the answers gets them all, one that is wrong none."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seedbed.evaluation.prompts import middle_prompt, prefix_prompt
from seedbed.evaluation.results import Record
from seedbed.evaluation.tasks import Task, load_task
from seedbed.evaluation.tasks.bits_per_byte import BitsPerByte, nats_of, windows
from seedbed.evaluation.tasks.infilling import Infilling
from seedbed.evaluation.tasks.next_line import NextLine
from seedbed.evaluation.tasks.syntax import Syntax
from tests.evaluation.asked import DOCUMENTS, TASKS, Oracle, write_tasks


@pytest.fixture
def task(tmp_path: Path, request: pytest.FixtureRequest) -> Task:
    write_tasks(tmp_path, request.param)
    return load_task(tmp_path / f"{request.param}.yaml")


def means(records: list[Record]) -> dict[str, float]:
    return {name: sum(one.values[name] for one in records) / len(records) for name in records[0].values}


@pytest.mark.parametrize(
    ("task", "right", "wrong"),
    [
        ("lines", {"exact_match": 1.0, "edit_similarity": 1.0}, {"exact_match": 0.0}),
        ("middles", {"exact_match": 1.0, "edit_similarity": 1.0, "parses": 1.0}, {"exact_match": 0.0, "parses": 0.0}),
        ("parsing", {"parses": 1.0}, {"parses": 0.0}),
    ],
    indirect=["task"],
)
def test_who_knows_gets_all_and_who_does_not_none(task: Task, right: dict[str, float], wrong: dict[str, float]) -> None:
    asking = task.prepare(lambda: DOCUMENTS)
    assert isinstance(asking, Infilling | NextLine | Syntax)
    fim = isinstance(asking, Infilling)

    known = means(asking.ask(Oracle().told(asking.problems, fim=fim), 0, asking.count))
    missed = means(asking.ask(Oracle().told(asking.problems, fim=fim, wrong=")]} = = (((\n)\n)\n"), 0, asking.count))
    assert known == right
    assert {name: missed[name] for name in wrong} == wrong


@pytest.mark.parametrize("task", TASKS, indirect=True)
def test_a_record_tells_its_question_and_its_samples(task: Task) -> None:
    asking = task.prepare(lambda: DOCUMENTS)
    oracle = Oracle()
    if not isinstance(asking, BitsPerByte):
        oracle.told(asking.problems, fim=isinstance(asking, Infilling))  # type: ignore[attr-defined]
        for one in asking.problems:  # type: ignore[attr-defined]
            oracle.answers["".join(map(chr, oracle.plain_prompt(one.prefix[-16:])))] = one.truth

    records = asking.ask(oracle, 0, asking.count)
    assert len(records) == asking.count >= 2
    assert len({record.id for record in records}) == len(records)
    for record in records:
        assert record.values.keys() == {metric.name for metric in asking.metrics}
        assert len(record.samples) == (
            0 if task.kind == "bits-per-byte" else (getattr(task, "sampling", None) and task.sampling.n) or 1
        )


@given(st.integers(1, 300), st.integers(1, 40))
def test_windows_tell_each_token_once_with_half_a_context_before_it(length: int, context: int) -> None:
    counted = 0
    for start, stop in windows(length, context):
        assert 0 < stop - start <= context
        assert start <= counted < stop
        assert counted == 0 or counted - start >= context // 2 or context == 1
        counted = stop
    assert counted == length


class Marked(Oracle):
    """A model whose prompts begin with a mark."""

    def plain_prompt(self, prefix: str, *, path: str = "") -> list[int]:
        return [0, *self.encode(prefix)]


def test_bits_count_every_token_of_the_text_and_none_before_it() -> None:
    for context in (3, 8, 1000):
        assert nats_of(Marked(context_tokens=context), "a = b + c\n") == 10


def test_the_bytes_of_a_language_are_an_upper_limit(tmp_path: Path) -> None:
    write_tasks(tmp_path, "bits")
    asking = load_task(tmp_path / "bits.yaml").prepare(lambda: DOCUMENTS)
    assert isinstance(asking, BitsPerByte)

    for language in ("Python", "Go"):
        mine = [one for one in asking.documents if one.language == language]
        assert len(mine) == 1 or sum(one.size_bytes for one in mine) <= 1500
        assert mine


@settings(max_examples=50)
@given(st.text(max_size=200), st.text(max_size=200), st.integers(8, 80), st.integers(1, 100))
def test_prompts_always_leave_room_and_keep_what_is_nearest(prefix: str, suffix: str, context: int, new_tokens: int) -> None:
    oracle = Oracle(context_tokens=context)
    room = context - min(new_tokens, context // 2)

    plain, middle = prefix_prompt(oracle, prefix, new_tokens), middle_prompt(oracle, prefix, suffix, new_tokens)
    assert max(len(plain), len(middle)) <= max(room, 3)
    told = "".join(map(chr, plain))
    assert prefix.endswith(told)
    assert len(told) == len(prefix) or room - len(plain) <= 1 + room // 8
