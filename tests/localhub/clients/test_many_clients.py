"""Clients that commit at the same time."""

import subprocess
import sys
from pathlib import Path

from huggingface_hub import CommitScheduler, HfApi

CLIENTS = 8
COMMITS = 4

COMMIT_SOME = """
import sys
from huggingface_hub import HfApi
repo, client, commits = sys.argv[1], sys.argv[2], int(sys.argv[3])
sys.stdin.readline()
for number in range(commits):
    for suffix in ("txt", "bin"):
        content = f"client {client} commit {number}\\0".encode()
        HfApi().upload_file(path_or_fileobj=content, path_in_repo=f"{client}/{number}.{suffix}", repo_id=repo)
"""

COMMIT_ON_PARENT = """
import sys
from huggingface_hub import HfApi
from huggingface_hub.errors import HfHubHTTPError
repo, client, commits = sys.argv[1], sys.argv[2], int(sys.argv[3])
api = HfApi()
sys.stdin.readline()
for number in range(commits):
    while True:
        head = api.model_info(repo).sha
        before = open(api.hf_hub_download(repo, "log.txt", revision=head)).read()
        content = f"{before}client {client} line {number}\\n".encode()
        try:
            api.upload_file(path_or_fileobj=content, path_in_repo="log.txt", repo_id=repo, parent_commit=head)
            break
        except HfHubHTTPError as error:
            assert error.response.status_code == 412, error
"""


def run_at_once(code: str, repo: str, clients: int, commits: int) -> None:
    """Start all clients, let them go together once they are loaded, wait for the last."""
    started = [
        subprocess.Popen(
            [sys.executable, "-c", code, repo, str(client), str(commits)],
            stdin=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for client in range(clients)
    ]
    for process in started:
        assert process.stdin
        process.stdin.write("go\n")
        process.stdin.flush()
    errors = [process.communicate(timeout=120)[1] for process in started]
    assert [process.returncode for process in started] == [0] * clients, "\n".join(errors)


def test_nothing_is_lost_when_eight_clients_commit_at_once(model: str) -> None:
    run_at_once(COMMIT_SOME, model, CLIENTS, COMMITS)

    folder = Path(HfApi().snapshot_download(model))
    expected = {
        f"{client}/{number}.{suffix}": f"client {client} commit {number}\0"
        for client in range(CLIENTS)
        for number in range(COMMITS)
        for suffix in ("txt", "bin")
    }
    assert {path.relative_to(folder).as_posix(): path.read_text() for path in folder.glob("*/*")} == expected
    assert len(HfApi().list_repo_commits(model)) == 1 + 2 * CLIENTS * COMMITS


def test_no_line_is_lost_when_clients_append_on_the_parent_they_read(model: str) -> None:
    HfApi().upload_file(path_or_fileobj=b"begin\n", path_in_repo="log.txt", repo_id=model)

    run_at_once(COMMIT_ON_PARENT, model, 4, 3)

    lines = Path(HfApi().hf_hub_download(model, "log.txt")).read_text().splitlines()
    assert sorted(lines[1:]) == [f"client {client} line {number}" for client in range(4) for number in range(3)]


def test_a_scheduler_commits_what_was_written_while_it_ran(name: str, tmp_path: Path) -> None:
    with CommitScheduler(repo_id=name, repo_type="dataset", folder_path=tmp_path, every=60) as scheduler, scheduler.lock:
        (tmp_path / "log.jsonl").write_text('{"line": 1}\n')

    path = HfApi().hf_hub_download(name, "log.jsonl", repo_type="dataset")
    assert Path(path).read_text() == '{"line": 1}\n'


def test_a_scheduler_commits_each_change_once(name: str, tmp_path: Path) -> None:
    with CommitScheduler(repo_id=name, repo_type="dataset", folder_path=tmp_path, every=60) as scheduler:
        scheduler.trigger().result()
        (tmp_path / "log.jsonl").write_text('{"line": 1}\n')
        for _ in range(3):
            scheduler.trigger().result()

    assert len(HfApi().list_repo_commits(name, repo_type="dataset")) == 2
