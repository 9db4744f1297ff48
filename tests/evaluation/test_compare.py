"""Two runs side by side: paired, refused where they are not comparable, and never in silence."""

from __future__ import annotations

from pathlib import Path

import pytest

from seedbed.core.errors import InputError
from seedbed.core.manifests.scores import HardwareFacts
from seedbed.evaluation.compare import compare, difference_lines
from seedbed.evaluation.results import Results
from tests.evaluation.made import BITS, results, task

BEFORE = {f"{number}": float(number % 3 == 0) for number in range(60)}
AFTER = BEFORE | {f"{number}": 1.0 for number in range(20)}


def test_more_solved_problems_are_better() -> None:
    (found,) = compare(results([task("lines", BEFORE)]), results([task("lines", AFTER)])).differences

    assert found.change.value == pytest.approx(13 / 60)
    assert 0 < found.change.low < found.change.value < found.change.high
    assert found.verdict == "better"


def test_fewer_bits_are_better_and_the_same_is_equal() -> None:
    more, fewer = {"a": 2.0, "b": 3.0, "c": 2.5}, {"a": 1.5, "b": 2.6, "c": 2.2}

    def verdict(one: dict[str, float], other: dict[str, float]) -> str:
        found = compare(results([task("bits", one, BITS)]), results([task("bits", other, BITS)]))
        return found.differences[0].verdict

    assert [verdict(more, fewer), verdict(fewer, more), verdict(more, more)] == ["better", "worse", "equal"]


def test_a_difference_that_may_be_chance_is_called_unclear() -> None:
    before, after = dict.fromkeys("abcdef", 0.0) | {"a": 1.0}, dict.fromkeys("abcdef", 0.0) | {"b": 1.0, "c": 1.0}

    (found,) = compare(results([task("lines", before)]), results([task("lines", after)])).differences
    assert found.verdict == "unclear"


def test_languages_are_compared_each_by_itself() -> None:
    values = {"1": 1.0, "2": 0.0, "1go": 0.0, "2go": 0.0}
    groups = [one.before.group for one in compare(results([task("l", values)]), results([task("l", values)])).differences]

    assert groups == ["", "Go", "Python"]


@pytest.mark.parametrize(
    ("other", "said"),
    [
        ({"sha256": "9" * 64, "recipe": {"name": "lines", "sampling": {"n": 20}}}, "lines: sampling.n 1 against 20"),
        ({"problems_sha256": "9" * 64}, "lines: other problems, 60 against 60"),
        ({"problems_sha256": "9" * 64, "limit": 5}, "lines: other problems (limit none against 5)"),
    ],
)
def test_what_is_not_the_same_task_is_refused_by_name(other: dict[str, object], said: str) -> None:
    with pytest.raises(InputError) as caught:
        compare(results([task("lines", BEFORE)]), results([task("lines", AFTER, **other)]))
    assert said in str(caught.value)


def test_another_hash_is_refused_though_no_key_tells_why() -> None:
    with pytest.raises(InputError, match="lines: hash .* though every key is the same"):
        compare(results([task("lines", BEFORE)]), results([task("lines", AFTER, sha256="0" * 64)]))


def test_problems_that_are_missing_are_no_comparison() -> None:
    fewer = dict(list(AFTER.items())[1:])

    with pytest.raises(InputError, match="lines: other problems, 60 against 59"):
        compare(results([task("lines", BEFORE)]), results([task("lines", fewer)]))


def test_nothing_in_common_is_refused() -> None:
    unasked = task("lines", {}, not_run="no bubblewrap")

    with pytest.raises(InputError, match="no task in common: lines against none"):
        compare(results([task("lines", BEFORE)]), results([unasked]))


def test_what_is_left_out_is_said() -> None:
    slow = task("latency", {"a": 2.0}, BITS, kind="latency")
    one = results([task("lines", BEFORE), task("bits", {"a": 1.0}, BITS), slow])
    other = results([task("lines", AFTER), slow], hardware=HardwareFacts(name="Another", count=8), versions={"torch": "9"})

    told = compare(one, other)
    assert {found.task for found in told.differences} == {"lines"}
    assert told.notes == (
        "bits: only in the first",
        "other hardware (2 x An invented processor against 8 x Another): latency is not compared",
        "other versions: torch 2.13.0 against 9",
    )


def test_lines_name_both_figures_and_the_interval() -> None:
    lines = list(difference_lines(compare(results([task("lines", BEFORE)]), results([task("lines", AFTER)]))))

    assert lines[0].split() == ["task", "metric", "first", "second", "difference", "95", "%", "interval", "problems"]
    assert lines[1].startswith("lines  exact match  33.3 %  55.0 %")
    assert "+21.7 %" in lines[1]
    assert lines[1].endswith("60  better")


def test_results_come_back_from_their_folder_as_they_were(tmp_path: Path) -> None:
    made = results([task("lines", BEFORE), task("bits", {}, not_run="why")])

    assert made.save(tmp_path) == tmp_path / "results.json"
    assert Results.load(tmp_path) == Results.load(tmp_path / "results.json") == made
    assert [path.name for path in tmp_path.iterdir()] == ["results.json"]


@pytest.mark.parametrize(
    ("text", "said"), [(None, "cannot be read"), ("{", "the whole file: Invalid JSON"), ("{}", "model: Field required")]
)
def test_broken_results_are_one_line(tmp_path: Path, text: str | None, said: str) -> None:
    if text is not None:
        (tmp_path / "results.json").write_text(text)

    with pytest.raises(InputError, match=said) as caught:
        Results.load(tmp_path)
    assert "\n" not in str(caught.value)
