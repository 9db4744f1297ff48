"""Events read back, and what became of suggestions."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from seedbed.core.errors import InputError
from seedbed.serving.feedback import FeedbackEvent, FeedbackFile, outcomes, read_events


def event(number: object, action: str = "accepted", **more: Any) -> FeedbackEvent:
    return FeedbackEvent.model_validate({"id": f"e{number}", "consent": True, "action": action, **more})


def keep(folder: Path, *events: FeedbackEvent) -> Path:
    """What a process kept; the file."""
    kept = FeedbackFile(folder)
    before = set(kept.folder.iterdir())
    for one in events:
        kept.add(one)
    kept.close()
    (path,) = set(kept.folder.iterdir()) - before
    return path


def test_events_come_back_in_the_order_in_which_they_came(tmp_path: Path) -> None:
    first = keep(tmp_path, event(1, shown="a = 1\n"), event(2))
    keep(tmp_path, event(3, prefix="ü\u2028🤗"))
    first.rename(first.with_name("zzz.jsonl"))

    found = read_events(tmp_path)

    assert [one.id for one in found] == ["e1", "e2", "e3"]
    assert (found[0].shown, found[2].prefix) == ("a = 1\n", "ü\u2028🤗")


def test_an_id_counts_once_whatever_the_disk_it_was_kept_on(tmp_path: Path) -> None:
    keep(tmp_path, event(1, shown="first"))
    keep(tmp_path / "another", event(1, shown="again"), event(2)).rename(tmp_path / "events" / "another.jsonl")

    assert [(one.id, one.shown) for one in read_events(str(tmp_path))] == [("e1", "first"), ("e2", "")]


def test_a_line_that_is_being_written_is_not_there_yet(tmp_path: Path) -> None:
    path = keep(tmp_path, event(1), event(2))
    path.write_bytes(path.read_bytes()[:-5])

    assert [one.id for one in read_events(tmp_path)] == ["e1"]


def test_texts_that_grew_when_credentials_were_replaced_are_read(tmp_path: Path) -> None:
    keep(tmp_path, event(1, path='password = "Xk29vPq81ZtLw4Rm7Yc3"\n' * 7), event(2, shown="é🤗" * 100_000))

    first, second = read_events(tmp_path)

    assert first.path.startswith("[redacted: assignment]\n")
    assert second.shown == "é🤗" * 100_000


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ('{"id": "e1"', "line 2: Invalid JSON"),
        ('{"id": "e1", "time": 1.0, "consent": false, "action": "edited"}', "line 2: consent: Input should be True"),
        ('{"id": "e1", "time": 1.0, "consent": true, "action": "liked"}', "line 2: action: "),
        ('{"id": "e1", "time": NaN, "consent": true, "action": "edited"}', "line 2: time: "),
        ('{"id": "e1", "time": 1.0, "consent": true, "action": "edited", "user": "x"}', "line 2: user: "),
        ('{"id": "e1", "time": 1.0, "consent": true, "action": "edited", "shown": "\\ud800"}', "line 2: Invalid JSON"),
        ("[" * 100_000, "line 2: Invalid JSON"),
        ("", "line 2: Invalid JSON"),
    ],
)
def test_a_line_that_is_no_event_says_where_it_is(tmp_path: Path, line: str, told: str) -> None:
    path = keep(tmp_path, event(0))
    path.write_text(f"{path.read_text()}{line}\n")

    with pytest.raises(InputError) as error:
        read_events(tmp_path)

    assert f"events/{path.name}: {told}" in str(error.value)
    assert len(str(error.value)) < 300


def test_a_folder_that_is_none_is_told(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such folder"):
        read_events(tmp_path / "missing")
    with pytest.raises(InputError, match="no feedback"):
        read_events(tmp_path)


def test_the_last_action_on_a_suggestion_counts() -> None:
    here: dict[str, Any] = {"prefix": "def f():\n", "shown": "    return 1\n"}
    answer: dict[str, Any] = {"completion_id": "cmpl-1", "shown": "x"}

    found = outcomes(
        [
            event(1, "shown", **here),
            event(2, "accepted", **here),
            event(3, "accepted", **answer),
            event(4, "edited", final="    return 2\n", **here),
            event(5, "shown", **here),
            event(6, "rejected", completion_id="cmpl-1", shown="y"),
            event(7, "shown", shown="nobody decided"),
            event(8, "rejected", prefix="another place\n", shown="    return 1\n"),
        ]
    )

    assert [(one.action, one.text, one.event.id) for one in found] == [
        ("accepted", "x", "e3"),
        ("edited", "    return 2\n", "e4"),
        ("rejected", "", "e6"),
        ("rejected", "", "e8"),
    ]
