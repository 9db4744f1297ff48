"""A hub that is killed (SIGKILL) in the middle of its work comes back with the old state or the new one."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from huggingface_hub import CommitOperationAdd, HfApi

from tests.localhub.process import HubProcess, running_hub, wait_for

REPO = "alice/killed"
FILES = 200

COMMIT_GENERATION = f"""
import os
from huggingface_hub import CommitOperationAdd, HfApi
generation = os.environ["GENERATION"]
files = [CommitOperationAdd(f"{{n:03}}.txt", f"{{n}} of generation {{generation}}".encode()) for n in range({FILES})]
files.append(CommitOperationAdd("large.bin", (generation.encode() + b"\\0") * 500_000))
HfApi().create_commit("{REPO}", files, commit_message=f"generation {{generation}}")
print("committed")
"""


def commit_in_another_process(hub: HubProcess, generation: int) -> subprocess.Popen[str]:
    environment = os.environ | {"HF_ENDPOINT": hub.url, "GENERATION": str(generation)}
    return subprocess.Popen(
        [sys.executable, "-c", COMMIT_GENERATION], env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )


def generations(api: HfApi, cache: Path) -> set[str]:
    """Which generations the files of main come from: one, unless the state is a mixture."""
    folder = Path(api.snapshot_download(REPO, cache_dir=cache))
    texts = {path.read_text().split()[-1] for path in folder.glob("*.txt")}
    assert len(list(folder.glob("*.txt"))) == FILES
    return texts | {(folder / "large.bin").read_bytes()[:1].decode()}


def blobs(root: Path) -> int:
    return sum(1 for _ in (root / "blobs").glob("??/*"))


def written(root: Path) -> int:
    """Bytes that the database has written down since it was last tidied."""
    log = root / "hub.sqlite3-wal"
    return log.stat().st_size if log.exists() else 0


def wait_until_more(measure: Callable[[Path], int], root: Path, by: int, client: subprocess.Popen[str]) -> None:
    """Return as soon as there is more by so much than now, or the client is done."""
    before = measure(root)
    wait_for(lambda: measure(root) >= before + by or client.poll() is not None, 60, f"{measure.__name__} to grow by {by}")


Step = tuple[Callable[[Path], int], int]
MOMENTS: dict[str, list[Step]] = {
    "half of the files arrived": [(blobs, FILES // 2)],
    "all files arrived": [(blobs, FILES + 1)],
    "the database wrote": [(blobs, FILES + 1), (written, 1)],
}


@pytest.mark.parametrize("moment", MOMENTS)
def test_a_hub_killed_in_mid_commit_has_the_old_state_or_the_new(own_root: Path, tmp_path: Path, moment: str) -> None:
    with running_hub(own_root) as hub:
        api = HfApi(endpoint=hub.url)
        api.create_repo(REPO)
        assert commit_in_another_process(hub, 1).communicate()[0] == "committed\n"
        client = commit_in_another_process(hub, 2)
        for measure, by in MOMENTS[moment]:
            wait_until_more(measure, own_root, by, client)

        kill_both_and_start_again(hub, client)

        titles = [commit.title for commit in api.list_repo_commits(REPO)]
        newest = titles[0].split()[-1]
        assert generations(api, tmp_path / "cache") == {newest}
        assert titles == [f"generation {number}" for number in range(int(newest), 0, -1)] + ["initial commit"]


def kill_both_and_start_again(hub: HubProcess, client: subprocess.Popen[str]) -> None:
    """The hub first, so that the client sees it go; then the client, which would try again for long."""
    hub.kill()
    client.kill()
    client.communicate()
    hub.start(hub.port)


def test_a_client_goes_on_after_the_hub_was_killed(own_root: Path, tmp_path: Path) -> None:
    with running_hub(own_root) as hub:
        api = HfApi(endpoint=hub.url)
        api.create_repo(REPO)
        assert commit_in_another_process(hub, 1).communicate()[0] == "committed\n"
        interrupted = commit_in_another_process(hub, 2)
        wait_until_more(blobs, own_root, FILES // 2, interrupted)
        kill_both_and_start_again(hub, interrupted)

        said = commit_in_another_process(hub, 3).communicate()[0]

        assert said == "committed\n"
        assert generations(api, tmp_path / "cache") == {"3"}


def test_what_was_answered_is_there_after_a_kill(own_root: Path) -> None:
    with running_hub(own_root) as hub:
        api = HfApi(endpoint=hub.url)
        api.create_repo(REPO)
        oid = api.create_commit(REPO, [CommitOperationAdd("a.txt", b"kept")], commit_message="kept").oid

        hub.kill()
        hub.start(hub.port)

        assert api.model_info(REPO).sha == oid


def test_a_hub_that_is_told_to_stop_ends_well_and_keeps_everything(own_root: Path) -> None:
    with running_hub(own_root) as hub:
        api = HfApi(endpoint=hub.url)
        api.create_repo(REPO)
        oid = api.create_commit(REPO, [CommitOperationAdd("a.txt", b"kept")], commit_message="kept").oid

        code = hub.stop()
        hub.start(hub.port)

        assert code == 0
        assert api.model_info(REPO).sha == oid
