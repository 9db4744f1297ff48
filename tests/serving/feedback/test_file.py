"""Feedback on the disk: once, whole, without credentials."""

from __future__ import annotations

import json
import os
import resource
import signal
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from seedbed.core.errors import InputError
from seedbed.serving.feedback.event import FeedbackEvent, redacted, without_secrets
from seedbed.serving.feedback.file import FeedbackFile

KEY = 'aws_secret_access_key = "wJalrXUtnFEMI7K2MDENGbPxRfiCYzzQ9wLmKeY8"'
PRIVATE = "-----BEGIN RSA PRIVATE KEY-----\nMIIEpAIBAAKCAQEA1c7+9z5Pad7OejecsQ0bu3aumVmJ8zvZOkRLSMUSFhXf4ZQ7\nabc\n-----END RSA PRIVATE KEY-----\n"


def event(number: object, **more: Any) -> FeedbackEvent:
    return FeedbackEvent(id=f"e{number}", consent=True, action="accepted", **more)


def text(folder: Path) -> str:
    """All that the files of a folder hold, the oldest first."""
    paths = sorted((folder / "events").iterdir(), key=lambda path: path.stat().st_mtime_ns)
    return "".join(path.read_bytes().decode() for path in paths)


def lines(folder: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text(folder).split("\n")[:-1]]


@contextmanager
def largest_file(size: int) -> Iterator[None]:
    """Bytes that a file may have inside the block."""
    old = resource.getrlimit(resource.RLIMIT_FSIZE)
    ignored = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, old[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, old)
        signal.signal(signal.SIGXFSZ, ignored)


def test_an_event_sent_twice_counts_once_also_after_a_restart(tmp_path: Path) -> None:
    first = FeedbackFile(tmp_path)
    assert first.add(event(1, shown="a\u2028b🤗"))
    assert not first.add(event(1, shown="another"))
    first.close()

    again = FeedbackFile(tmp_path)

    assert not again.add(event(1))
    assert again.add(event(2))
    assert [(one["id"], one["shown"]) for one in lines(tmp_path)] == [
        ("e1", "a\u2028b🤗"),
        ("e2", ""),
    ]
    again.close()


def test_many_at_once_are_each_there_once(tmp_path: Path) -> None:
    kept = FeedbackFile(tmp_path)

    with ThreadPoolExecutor(8) as pool:
        new = list(pool.map(lambda number: kept.add(event(number % 40)), range(120)))

    assert sum(new) == 40
    assert sorted(one["id"] for one in lines(tmp_path)) == sorted(f"e{number}" for number in range(40))
    kept.close()


def test_a_folder_that_is_let_go_while_many_write_keeps_what_was_acknowledged(tmp_path: Path) -> None:
    kept = FeedbackFile(tmp_path)
    told: list[int] = []

    def send(number: int) -> None:
        try:
            kept.add(event(number))
        except OSError:
            return
        told.append(number)
        if number == 5:
            kept.close()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(send, range(200)))
    FeedbackFile(tmp_path).close()  # would cut off a part of a line

    assert 5 in told
    assert sorted(one["id"] for one in lines(tmp_path)) == sorted(f"e{number}" for number in told)
    assert len(list(kept.folder.iterdir())) == 1


def test_many_that_do_not_fit_are_all_told_so(tmp_path: Path) -> None:
    kept = FeedbackFile(tmp_path)
    kept.add(event("first"))
    before = text(tmp_path)
    with largest_file(len(before) + 10), ThreadPoolExecutor(8) as pool:
        waiting = [pool.submit(kept.add, event(number % 20)) for number in range(40)]
        assert all(isinstance(one.exception(), OSError) for one in waiting)

    assert text(tmp_path) == before
    assert kept.add(event(7))
    kept.close()


def test_a_line_that_was_not_finished_is_cut_off(tmp_path: Path) -> None:
    kept = FeedbackFile(tmp_path)
    kept.add(event(1))
    kept.close()
    (path,) = (tmp_path / "events").iterdir()
    with path.open("a") as stream:
        stream.write('{"id": "e2", "cons')

    again = FeedbackFile(tmp_path)

    assert again.add(event(2))
    assert [one["id"] for one in lines(tmp_path)] == ["e1", "e2"]
    again.close()


def test_a_file_that_is_none_is_refused_and_left_alone(tmp_path: Path) -> None:
    (tmp_path / "events").mkdir()
    path = tmp_path / "events" / "mine.jsonl"
    path.write_text("a,b\n1,2\n")

    with pytest.raises(InputError, match=r"mine\.jsonl: line 1 is no event"):
        FeedbackFile(tmp_path)
    assert path.read_text() == "a,b\n1,2\n"


def test_one_process_at_a_time(tmp_path: Path) -> None:
    first = FeedbackFile(tmp_path)

    with pytest.raises(InputError, match="another process keeps its feedback there"):
        FeedbackFile(tmp_path)
    first.close()
    FeedbackFile(tmp_path).close()


def test_what_does_not_fit_leaves_nothing_behind(tmp_path: Path) -> None:
    kept = FeedbackFile(tmp_path)
    kept.add(event(1))
    before = text(tmp_path)
    with largest_file(len(before) + 1000), pytest.raises(OSError, match=os.strerror(27)):
        kept.add(event(2, shown="x" * 5000))

    assert text(tmp_path) == before
    assert kept.add(event(2, shown="x" * 5000))
    assert [one["id"] for one in lines(tmp_path)] == ["e1", "e2"]
    kept.close()


def test_nothing_is_kept_in_a_folder_that_is_let_go(tmp_path: Path) -> None:
    kept = FeedbackFile(tmp_path)
    kept.close()

    with pytest.raises(OSError, match="closed"):
        kept.add(event(1))
    assert not list(kept.folder.iterdir())


def test_a_file_that_is_long_is_followed_by_another(tmp_path: Path) -> None:
    kept = FeedbackFile(tmp_path)
    for number in range(12):
        kept.add(event(number, shown="🤗é" * 100_000, final="\x00" * 100_000))
    kept.close()

    assert [extent.events for extent in kept.extents().values()] == [7, 5]
    assert [path.stat().st_size for path in sorted(kept.folder.iterdir())] == [
        extent.size for _, extent in sorted(kept.extents().items())
    ]


def test_a_clock_that_is_set_back_does_not_turn_events_around(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = FeedbackFile(tmp_path)
    for number, now in enumerate((2000.0, 1000.0, 3000.0)):
        monkeypatch.setattr(time, "time", lambda now=now: now)
        kept.add(event(number))
    kept.close()

    assert [(one["id"], one["time"]) for one in lines(tmp_path)] == [("e0", 2000.0), ("e1", 2000.0), ("e2", 3000.0)]


@pytest.mark.parametrize("made", ["events", "lock/"])
def test_a_place_that_cannot_be_written_is_told_in_one_line(tmp_path: Path, made: str) -> None:
    if made.endswith("/"):
        (tmp_path / made).mkdir()
    else:
        (tmp_path / made).write_text("a file")

    with pytest.raises(InputError, match="Allowed: a writable --feedback folder"):
        FeedbackFile(tmp_path)


def test_credentials_are_not_kept(tmp_path: Path) -> None:
    kept = FeedbackFile(tmp_path)
    kept.add(
        event(1, prefix=f"a = 1\n{KEY[:40]}", shown=f"{KEY[40:]}\nb = 2\n", final=f"{PRIVATE}rest\n", suffix=f"{KEY}\n{KEY}\nend")
    )
    kept.close()

    (line,) = lines(tmp_path)

    assert line["prefix"] == "a = 1\n[redacted: private_key]"  # which begins on that line, where it was edited
    assert line["shown"].endswith("\nb = 2\n")
    assert line["final"].endswith("\nrest\n")
    assert line["suffix"] == "[redacted: assignment]\n[redacted: assignment]\nend"
    assert not any(part in text(tmp_path) for part in ("wJalrXUt", "zzQ9wLmKeY8", "MIIEpA"))


@pytest.mark.parametrize("number", [9, 25, 33, 41, 45])
def test_a_credential_that_only_the_edited_text_shows_is_not_kept(number: int) -> None:
    head, tail = KEY[:number], KEY[number:]

    kept = without_secrets(event(1, prefix=f"a = 1\n{head}", shown='"\n', final=tail[:9], suffix=f"{tail[9:]}\nb = 2\n"))

    assert not any(part in kept.model_dump_json() for part in ("wJalrXUt", "MDENGbPx", "zzQ9wLmK"))
    assert kept.prefix.startswith("a = 1\n")
    assert kept.suffix.endswith("\nb = 2\n")


def test_credentials_before_and_behind_are_both_taken_out() -> None:
    around = {"prefix": f"{KEY}\nx = '", "suffix": f"'\n{KEY}\n"}

    kept = without_secrets(event(1, shown="a", final='"\npassword = "Xk29vPq81ZtLw4Rm7Yc3"\n', **around))

    assert "wJalrXUt" not in kept.model_dump_json()
    assert "Xk29vPq81ZtLw4Rm7Yc3" not in kept.model_dump_json()


@pytest.mark.parametrize("parts", [[], [""], ["", "", ""], ["plain", "\n", "text"], ["a = 'changeme-placeholder-123456'"]])
def test_what_is_no_credential_stays_as_it_is(parts: list[str]) -> None:
    assert redacted(parts) == parts


def test_a_private_key_without_an_end_takes_the_rest_along() -> None:
    head = PRIVATE.partition("abc")[0]

    cut = redacted([f"x\n{head}", f"{'QUJD' * 16}\n"])

    assert not any(part in "".join(cut) for part in ("MIIE", "QUJD"))
