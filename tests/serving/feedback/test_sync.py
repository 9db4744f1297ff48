"""Feedback on its way to a private dataset, over outages, restarts and answers that are lost."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from huggingface_hub import HfApi, close_session

from seedbed.core.errors import HubAwayError, InputError, PublishError
from seedbed.serving.feedback import FeedbackEvent, FeedbackFile, KeptEvent, open_feedback, read_events
from seedbed.serving.feedback.remote import COLUMNS
from seedbed.serving.feedback.sync import FeedbackSync
from tests.localhub.process import OTHER, READER, WRITER, HubProcess, running_hub
from tests.publishing.hub.wire import Address
from tests.serving.feedback.conftest import Point

SECONDS = 30
MINUTES = 1000.0  # pushes are asked for, never waited for


def event(number: object, **more: Any) -> FeedbackEvent:
    return FeedbackEvent(id=f"e{number}", consent=True, action="accepted", **more)


@contextmanager
def syncing(folder: Path, repo_id: str) -> Iterator[FeedbackSync]:
    """As `open_feedback` opens it; left as a killed process leaves it, with no chance to send the last."""
    file = FeedbackFile(folder)
    sync = FeedbackSync(file, repo_id, MINUTES)
    try:
        sync.start()
        yield sync
    finally:
        sync.close(0)


def kept(api: HfApi, repo_id: str) -> list[str]:
    """Ids as they stand on the Hub, doubled ones twice."""
    names = sorted(name for name in api.list_repo_files(repo_id, repo_type="dataset") if name.startswith("events/"))
    texts = [Path(api.hf_hub_download(repo_id, name, repo_type="dataset")).read_text() for name in names]
    return sorted(json.loads(line)["id"] for text in texts for line in text.split("\n")[:-1])


def commits(api: HfApi, repo_id: str) -> int:
    return len(api.list_repo_commits(repo_id, repo_type="dataset"))


def test_events_arrive_in_a_private_dataset_and_once_over_a_restart(api: HfApi, tmp_path: Path) -> None:
    with syncing(tmp_path, "alice/twice") as sync:
        sync.add(event(1))
        sync.add(event(2))
        waited = sync.waiting()
        sync.push()
        left = sync.waiting()
        sync.add(event(3))  # and is killed before the next push
    assert (waited, left) == (2, 0)
    assert api.repo_info("alice/twice", repo_type="dataset").private
    assert kept(api, "alice/twice") == ["e1", "e2"]

    with syncing(tmp_path, "alice/twice") as sync:
        assert not sync.add(event(1))
        sync.push()
        sync.add(event(4))
        sync.push()
        before = commits(api, "alice/twice")
        sync.push()

    assert commits(api, "alice/twice") == before
    assert kept(api, "alice/twice") == ["e1", "e2", "e3", "e4"]
    assert [one.id for one in read_events("alice/twice")] == ["e1", "e2", "e3", "e4"]


def test_what_is_appended_within_one_tick_of_the_clock_is_sent(api: HfApi, tmp_path: Path) -> None:
    with syncing(tmp_path, "alice/tick") as sync:
        sync.add(event(1))
        sync.push()
        (path,) = (tmp_path / "events").iterdir()
        before = path.stat()
        sync.add(event(2))
        os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
        sync.push()

    assert kept(api, "alice/tick") == ["e1", "e2"]


def test_an_empty_disk_overwrites_nothing_and_knows_what_is_there(api: HfApi, tmp_path: Path) -> None:
    with syncing(tmp_path / "first", "alice/empty") as sync:
        sync.add(event(1))
        sync.push()

    with syncing(tmp_path / "second", "alice/empty") as sync:
        assert not sync.add(event(1))  # sent again by a client that got no answer
        assert sync.add(event(2))
        sync.push()

    assert kept(api, "alice/empty") == ["e1", "e2"]


def test_a_disk_that_was_set_back_takes_nothing_away(api: HfApi, tmp_path: Path) -> None:
    with syncing(tmp_path, "alice/back") as sync:
        sync.add(event(1))
        (path,) = (tmp_path / "events").iterdir()
        old = path.read_bytes()
        sync.add(event(2))
        sync.push()
    path.write_bytes(old)

    with syncing(tmp_path, "alice/back") as sync:
        sync.add(event(3))
        sync.push()

    assert kept(api, "alice/back") == ["e1", "e2", "e3"]


def test_an_answer_that_is_lost_doubles_nothing(hub: HubProcess, point: Point, tmp_path: Path) -> None:
    address = Address(hub.port)
    api = point(address.url, WRITER.token)
    with syncing(tmp_path, "alice/answer") as sync:
        sync.add(event(1))
        sync.push()
        close_session()  # its connections are on the wire that is cut now
        wire = address.lay(hold_reply=lambda data, _: b"/commit/main" in data)
        threading.Thread(target=lambda: wire.held.wait(SECONDS) and address.lay(), daemon=True).start()  # cut when it answers
        sync.add(event(2))
        with pytest.raises(HubAwayError):
            sync.push()
        assert (sync.waiting(), kept(api, "alice/answer")) == (1, ["e1", "e2"])
        before = commits(api, "alice/answer")
        sync.push()
        assert (sync.waiting(), commits(api, "alice/answer")) == (0, before)

    assert kept(api, "alice/answer") == ["e1", "e2"]
    address.close()


def test_a_hub_that_is_away_is_found_later(point: Point, tmp_path: Path) -> None:
    with running_hub(tmp_path / "hub") as hub:
        api = point(hub.url, WRITER.token)
        port = hub.port
        hub.kill()
        with syncing(tmp_path / "disk", "alice/away") as sync:
            assert sync.add(event(1))
            with pytest.raises(HubAwayError, match="cannot be reached"):
                sync.push()
            assert sync.waiting() == 1
            hub.start(port)
            sync.connect()
            sync.push()
            sync.add(event(2))
            hub.kill()
            with pytest.raises(HubAwayError):
                sync.push()
            hub.start(port)
            sync.push()

        assert kept(api, "alice/away") == ["e1", "e2"]


def test_what_people_put_beside_the_events_harms_nobody(api: HfApi, tmp_path: Path) -> None:
    with syncing(tmp_path / "first", "alice/beside") as sync:
        sync.add(event(1))
        sync.push()
    for path, data in {"events/notes.txt": b"x", "events/old/a.jsonl": b"{}\n", "events/b.jsonl": b"no event\n"}.items():
        api.upload_file(path_or_fileobj=data, path_in_repo=path, repo_id="alice/beside", repo_type="dataset")

    with syncing(tmp_path / "second", "alice/beside") as sync:
        assert not sync.add(event(1))

    with pytest.raises(InputError, match=r"events/b\.jsonl: line 1: Invalid JSON"):
        read_events("alice/beside")


def test_a_hub_that_is_away_is_not_read_from_what_was_downloaded_before(point: Point, tmp_path: Path) -> None:
    with running_hub(tmp_path / "hub") as hub:
        point(hub.url, WRITER.token)
        open_feedback(tmp_path / "disk", "alice/read").close()
        assert read_events("alice/read") == []
        with pytest.raises(InputError, match="alice/reed: no such folder, and no dataset"):
            read_events("alice/reed")

    with pytest.raises(HubAwayError, match="cannot be reached"):
        read_events("alice/read")


def test_the_card_explains_every_column() -> None:
    assert set(COLUMNS) == set(KeptEvent.model_fields)
    documented = (Path(__file__).parents[3] / "docs" / "how-to" / "feedback.md").read_text()
    assert all(f"`{name}`" in documented for name in COLUMNS)


def test_a_hub_that_cannot_do_it_now_keeps_nobody_from_starting(point: Point, tmp_path: Path) -> None:
    with ThreadingHTTPServer(("127.0.0.1", 0), _Maintained) as there:
        threading.Thread(target=there.serve_forever, args=(0.01,), daemon=True).start()
        point(f"http://127.0.0.1:{there.server_address[1]}", WRITER.token)
        with syncing(tmp_path, "alice/maintained") as sync:
            assert sync.add(event(1))
            assert sync.waiting() == 1
        there.shutdown()


class _Maintained(BaseHTTPRequestHandler):
    def do_HEAD(self) -> None:
        self.send_error(503)

    do_GET = do_HEAD

    def log_message(self, *_: object) -> None:
        """Quiet."""


def test_closing_sends_the_last(api: HfApi, tmp_path: Path) -> None:
    sink = open_feedback(tmp_path, "alice/last", minutes=MINUTES)
    sink.add(event(1))
    sink.close()

    assert kept(api, "alice/last") == ["e1"]
    FeedbackFile(tmp_path).close()


@pytest.mark.parametrize(
    ("token", "repo_id", "told"),
    [
        ("", "alice/none", "no login"),
        (READER.token, "alice/none", "may only read"),
        (OTHER.token, "alice/none", "may not write there"),
        ("hf_unknown_token", "alice/none", "does not accept this login"),
        (WRITER.token, "alice/public", "alice/public: it is public, so no feedback is sent there"),
        (WRITER.token, "no-owner", "^feedback to no-owner: no owner"),
    ],
)
def test_where_nothing_may_be_sent_is_told_at_once(
    api: HfApi, hub: HubProcess, point: Point, tmp_path: Path, token: str, repo_id: str, told: str
) -> None:
    api.create_repo("alice/public", repo_type="dataset", private=False, exist_ok=True)
    point(hub.url, token)

    with pytest.raises(PublishError, match=told) as error:
        open_feedback(tmp_path, repo_id)

    assert not token or token not in str(error.value)
    FeedbackFile(tmp_path).close()  # not in use any more


def test_a_dataset_that_becomes_public_gets_nothing_more(api: HfApi, tmp_path: Path) -> None:
    with syncing(tmp_path, "alice/opened") as sync:
        sync.add(event(1))
        sync.push()
        api.update_repo_settings("alice/opened", repo_type="dataset", visibility="public")
        sync.add(event(2))
        with pytest.raises(PublishError, match="is public"):
            sync.push()
        assert sync.waiting() == 1

    assert kept(api, "alice/opened") == ["e1"]


@pytest.mark.parametrize("minutes", [0, -1, float("nan"), float("inf")])
def test_a_time_between_uploads_that_is_none_is_told(tmp_path: Path, minutes: float) -> None:
    with pytest.raises(InputError, match="--feedback-every"):
        open_feedback(tmp_path, "alice/x", minutes=minutes)
