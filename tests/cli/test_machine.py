"""What the machine refuses, and names that no terminal should see: one line and exit code 2, never a traceback."""

from __future__ import annotations

import os
import pwd
import resource
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from seedbed import cli
from tests.test_dataset import code as code_of
from tests.test_dataset import make_recipe, make_sources

ROOT = Path(__file__).parents[2]

pytestmark = pytest.mark.usefixtures("kept_findings")


def run(*words: str | Path, cwd: Path = ROOT, most_bytes: int | None = None, **more: str) -> subprocess.CompletedProcess[bytes]:
    """A module of ours as a command; `most_bytes` is what one file may have, as on a disk that is full."""

    def limit() -> None:
        if most_bytes:
            resource.setrlimit(resource.RLIMIT_FSIZE, (most_bytes, most_bytes))

    environment = os.environ | {"PYTHONPATH": f"{ROOT / 'src'}:{ROOT}"} | more
    return subprocess.run(
        [sys.executable, "-m", *words], cwd=cwd, env=environment, capture_output=True, check=False, preexec_fn=limit
    )


@pytest.mark.parametrize("until", [[], ["--until", "ingest"]])
def test_a_file_that_cannot_be_written_ends_a_run_with_one_line(tmp_path: Path, until: list[str]) -> None:
    make_sources(tmp_path)
    recipe = make_recipe(tmp_path, ["alpha"])

    done = run("seedbed.cli", "dataset", recipe, "--tasks", "2", *until, cwd=tmp_path, most_bytes=4096)

    *_, last = done.stderr.decode().splitlines()
    (work,) = tmp_path.glob("build/work/small/*/")
    assert done.returncode == 2
    assert last == f"seedbed: stage ingest: {work}: File too large."
    assert b"Traceback" not in done.stderr


COMMANDS = pytest.mark.parametrize("command", ["inspect", "duplicates"])


@COMMANDS
def test_a_name_beyond_what_a_disk_holds_is_one_line(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    code = cli.main([command, "x" * 300])

    assert (code, capsys.readouterr().err) == (2, f"seedbed: {'x' * 300}: File name too long.\n")


@COMMANDS
@pytest.mark.parametrize("kind", ["pipe", "socket", "device"])
def test_what_is_no_file_is_refused_and_never_read(
    command: str, kind: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = Path("/dev/zero") if kind == "device" else tmp_path / kind
    if kind == "pipe":
        os.mkfifo(path)
    elif kind == "socket":
        socket.socket(socket.AF_UNIX).bind(str(path))

    code = cli.main([command, str(path)])

    assert (code, capsys.readouterr().err) == (
        2,
        f"seedbed: {path}: a pipe, a socket or a device. Allowed: files and folders.\n",
    )


def test_what_is_passed_over_in_a_folder_is_counted(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "a").symlink_to("b")
    (tmp_path / "c").symlink_to(".")
    (tmp_path / "words.txt").write_text("some words\n" * 9)

    code = cli.main(["duplicates", str(tmp_path)])

    said = capsys.readouterr().err.splitlines()
    assert (code, said) == (0, ["passed over: 2 links", "passed over: 1 special file", "no copies among 1 file"])


def test_a_file_that_is_named_twice_is_no_copy_of_itself(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "a.py"
    path.write_bytes(code_of("splits.py"))

    code = cli.main(["duplicates", str(path), str(path), str(tmp_path)])

    assert code == 0
    assert capsys.readouterr() == ("", "no copies among 1 file\n")


@pytest.mark.parametrize("flag", [[], ["--json"]])
def test_a_name_that_is_no_text_is_shown_in_every_locale(tmp_path: Path, flag: list[str]) -> None:
    folder = os.fsencode(tmp_path)
    for name in (b"caf\xe9.py", b"copy.py"):
        Path(os.fsdecode(folder + b"/" + name)).write_bytes(code_of("splits.py"))

    done = run("seedbed.cli", "duplicates", tmp_path / os.fsdecode(b"caf\xe9.py"), tmp_path, *flag, LC_ALL="C")

    assert done.returncode == 0, done.stderr
    assert b"caf\\xe9.py" in done.stdout.replace(b"\\\\", b"\\")  # JSON doubles it


@pytest.mark.parametrize("name", ["\x1b[31mred\x1b[0m.py", "two\nlines.py", "back\rward.py"])
def test_a_name_can_do_nothing_to_a_terminal(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for path in (tmp_path / name, tmp_path / "copy.py"):
        path.write_bytes(code_of("splits.py"))

    cli.main(["inspect", str(tmp_path / name)])
    cli.main(["duplicates", str(tmp_path)])
    shown = capsys.readouterr().out
    cli.main(["inspect", str(tmp_path / f"no{name}")])
    refused = capsys.readouterr().err

    assert shown.count(ascii(name)[1:-1]) == 2
    assert not set("\x1b\r") & set(shown + refused)
    assert refused.count("\n") == 1


@pytest.fixture
def homeless(monkeypatch: pytest.MonkeyPatch) -> None:
    """A user of a container: a number, no name, no home."""

    def unknown(uid: int) -> None:
        raise KeyError(uid)

    monkeypatch.setattr(pwd, "getpwuid", unknown)
    for name in ("HOME", "XDG_CACHE_HOME", "SEEDBED_CACHE"):
        monkeypatch.delenv(name, raising=False)


def test_a_user_without_a_home_is_told_what_to_set(
    homeless: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    make_sources(tmp_path)

    code = cli.main(["dataset", str(make_recipe(tmp_path, ["alpha"]))])

    assert code == 2
    assert capsys.readouterr().err.endswith(": no home folder to keep downloads in. Allowed: SEEDBED_CACHE=FOLDER.\n")


def test_a_user_without_a_home_can_inspect(homeless: None, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a.py").write_bytes(code_of("splits.py"))

    code = cli.main(["inspect", str(tmp_path / "a.py")])

    assert (code, capsys.readouterr().out.splitlines()[0]) == (0, f"{tmp_path / 'a.py'}: dropped")
