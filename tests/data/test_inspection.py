"""`seedbed inspect` and `seedbed duplicates` as a person and a program read them."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest

from pipeline.inspect import verdicts
from seedbed import cli
from seedbed.data import inspection
from tests import frozen
from tests.data.filters.test_credentials import private_key

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "how-to" / "inspect.md"
APACHE = (ROOT / "LICENSE").read_text(encoding="utf-8")
CODE = frozen.read("splits.py")

pytestmark = pytest.mark.usefixtures("kept_findings")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project with a license file, a manifest, a sound module, one with a key, and a binary one."""
    folder = tmp_path / "project"
    folder.mkdir()
    (folder / "LICENSE").write_text(APACHE, encoding="utf-8")
    (folder / "PKG-INFO").write_text("Metadata-Version: 2.1\nName: a\nVersion: 1\nLicense: Apache-2.0\n", encoding="utf-8")
    (folder / "sound.py").write_text(CODE, encoding="utf-8")
    (folder / "key.py").write_text(f'import os\n\n\nKEY = """{private_key()}"""\n', encoding="utf-8")
    (folder / "bin.py").write_bytes(bytes(range(256)) * 8)
    return folder


def inspected(*paths: Path) -> dict[str, dict[str, Any]]:
    """Verdicts by file name."""
    return {Path(one["path"]).name: one for one in verdicts(paths, None)}


def said(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[str, str]:
    """Output and error of a command that does what was asked."""
    assert cli.main([*map(str, arguments)]) == 0
    captured = capsys.readouterr()
    return captured.out, captured.err


def test_a_verdict_is_shown_with_evidence_syntax_worst_function_and_fate(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text, _ = said(capsys, "inspect", project / "sound.py")

    head, *lines = text.splitlines()
    shown = {line.split()[0]: line for line in lines}
    assert head == f"{project / 'sound.py'}: kept"
    assert re.search(r"Python \(by parse\)", shown["language"])
    assert shown["header"].split() == ["header", "none"]
    assert re.search(r"Apache-2\.0 +LICENSE, lines 2-20\d, ", shown["nearest_file"])
    assert re.search(r"Apache-2\.0 +PKG-INFO, line 4, ", shown["declared"])
    assert shown["syntax"].split() == ["syntax", "valid,", "0", "%", "of", "the", "bytes", "do", "not", "parse"]
    assert re.search(r"\d functions?; worst is split_of, line \d+: cyclomatic \d+, \d+ lines, nesting \d+", shown["complexity"])


WARM = """
import re, sys
from pathlib import Path
from seedbed import cli
assert cli.main(["inspect", sys.argv[1]]) == 0
assert not {"licensedcode", "packagedcode", "datatrove.executor", "huggingface_hub"} & sys.modules.keys()
print(re.search(r"VmHWM:\\s+(\\d+) kB", Path("/proc/self/status").read_text())[1])
"""


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_known_texts_are_judged_without_scancode_and_in_half_a_gigabyte(project: Path) -> None:
    inspected(project / "sound.py")
    environment = os.environ | {"PYTHONPATH": f"{ROOT / 'src'}:{ROOT}"}
    command = [sys.executable, "-c", WARM, str(project / "sound.py")]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stderr
    assert int(done.stdout.split()[-1]) < 500_000


@pytest.mark.parametrize(
    ("file", "fail", "code", "shown"),
    [
        ("sound.py", "any", 0, []),
        ("key.py", "license", 0, []),
        ("key.py", "any", 1, ["key.py"]),
        ("bin.py", "license", 0, []),
        ("bin.py", "any", 1, ["bin.py"]),
        ("copyleft.py", "license", 1, ["copyleft.py"]),
        ("", "license", 1, ["copyleft.py"]),
    ],
)
def test_fail_shows_what_would_be_dropped_for_that_reason_and_exits_with_1(
    project: Path, capsys: pytest.CaptureFixture[str], file: str, fail: str, code: int, shown: list[str]
) -> None:
    (project / "copyleft.py").write_text(f"# SPDX-License-Identifier: GPL-2.0-only\n{CODE}", encoding="utf-8")

    assert cli.main(["inspect", "--json", "--fail", fail, str(project / file)]) == code
    assert [Path(json.loads(line)["path"]).name for line in capsys.readouterr().out.splitlines()] == shown


def test_a_reason_comes_with_what_it_rests_on(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text, _ = said(capsys, "inspect", project / "key.py")

    assert re.search(r"key\.py: dropped$", text, re.MULTILINE)
    assert "secret:private_key (line 4)" in text
    assert re.search(r"complexity:boilerplate \(\d+ tokens, at least 50\)", text)
    assert inspected(project / "key.py")["key.py"]["details"]["secret:private_key"] == "line 4"


def test_a_file_that_cannot_be_decoded_has_one_reason_and_no_other_verdict(project: Path) -> None:
    found = inspected(project / "bin.py")["bin.py"]

    assert found["reasons"] == ["binary"]
    assert not found["kept"]
    assert found["language"] is None
    assert found["syntax"] == {"error_ratio": None, "valid": None}
    assert set(found["license"].values()) == {None}
    assert found["complexity"] == {"cyclomatic_max": None, "function_lines_max": None, "nesting_max": None, "functions": []}


def test_a_language_without_a_grammar_has_no_verdict_on_syntax(project: Path) -> None:
    found = inspected(project / "LICENSE")["LICENSE"]

    assert found["language"] == "Text"
    assert found["syntax"] == {"error_ratio": None, "valid": None}
    assert found["complexity"]["cyclomatic_max"] is None


def without_license(code: str) -> str:
    return "\n".join(line for line in code.splitlines() if "SPDX" not in line) + "\n"


@pytest.mark.parametrize("mark", ["sub/package.json", "sub/deep/PKG-INFO", None])
def test_a_file_is_judged_as_in_its_whole_project(tmp_path: Path, mark: str | None) -> None:
    folder = tmp_path / "g"
    (folder / "sub" / "deep").mkdir(parents=True)
    (folder / "LICENSE").write_text("# SPDX-License-Identifier: GPL-3.0-only\n", encoding="utf-8")
    (folder / "sub" / "deep" / "a.py").write_text("# SPDX-License-Identifier: MIT\n" + without_license(CODE), encoding="utf-8")
    if mark:
        (folder / mark).write_text('{"license": "MIT"}' if mark.endswith("json") else "License: MIT\n", encoding="utf-8")

    alone, among, whole = (inspected(path)["a.py"] for path in (folder / "sub" / "deep" / "a.py", folder / "sub", folder))

    assert whole["reasons"] == ["license_not_allowed"]
    assert alone["license"] == among["license"] == whole["license"]


def test_what_lies_above_the_repository_does_not_count(tmp_path: Path) -> None:
    (tmp_path / "outer" / "repo" / ".git").mkdir(parents=True)
    (tmp_path / "outer" / "LICENSE").write_text(APACHE, encoding="utf-8")
    (tmp_path / "outer" / "repo" / "a.py").write_text(CODE, encoding="utf-8")

    assert inspected(tmp_path / "outer" / "repo" / "a.py")["a.py"]["reasons"] == ["no_license"]


def test_a_folder_of_texts_and_a_link_count_as_in_a_source(tmp_path: Path) -> None:
    (tmp_path / "p" / "sub").mkdir(parents=True)
    (tmp_path / "p" / "LICENSES").mkdir()
    (tmp_path / "p" / "LICENSES" / "Apache-2.0.txt").write_text(APACHE, encoding="utf-8")
    (tmp_path / "p" / "sub" / "COPYING").symlink_to("../LICENSES/Apache-2.0.txt")
    for name in ("a.py", "sub/b.py"):
        (tmp_path / "p" / name).write_text(CODE, encoding="utf-8")

    found = inspected(tmp_path / "p" / "a.py", tmp_path / "p" / "sub" / "b.py")

    for name in ("a.py", "b.py"):
        assert found[name]["license"]["nearest_file"]["files"] == ["LICENSES/Apache-2.0.txt"]


def test_an_archive_is_told_how_to_be_read(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with zipfile.ZipFile(tmp_path / "mylib.zip", "w") as archive:
        archive.writestr("mylib/a.py", CODE)

    text, _ = said(capsys, "inspect", tmp_path / "mylib.zip")

    assert "binary (an archive: unpack it, or name it in a recipe as a source)" in text


def test_the_match_that_stands_for_the_evidence_is_the_longest_of_the_best() -> None:
    clue = {"rule": "gpl_clue", "score": 100.0, "start_line": 1, "end_line": 99, "role": "clue"}
    title = {"role": "decides", "rule": "mit_title", "score": 100.0, "start_line": 1, "end_line": 1}
    text = {"role": "decides", "rule": "mit", "score": 100.0, "start_line": 5, "end_line": 21}
    vague = {"role": "decides", "rule": "mit_vague", "score": 80.0, "start_line": 1, "end_line": 90}

    shown = inspection.shown_evidence(
        {"expression": "MIT", "category": "Permissive", "files": [], "matches": [clue, title, vague, text]}
    )

    assert shown is not None
    assert (shown["rule"], shown["score"], shown["lines"]) == ("mit", 100.0, [5, 21])


@pytest.mark.parametrize("command", ["inspect", "duplicates"])
def test_a_folder_without_files_is_said_to_be_empty(command: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text, error = said(capsys, command, tmp_path)

    assert (text, error) == ("", f"{tmp_path}: no file to look at\n")


def test_clusters_are_shown_with_kind_distance_and_the_kept_copy(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / "the_same.py").write_text(CODE + "\n\n", encoding="utf-8")
    (project / "one_more_line.py").write_text(
        CODE.replace("    place =", "    digest = digest[1:]\n    place ="), encoding="utf-8"
    )

    text, _ = said(capsys, "duplicates", project)

    head, *members = text.splitlines()
    assert re.fullmatch(r"3 files, 2 of them copies, at most [1-9]\d? bits? apart", head)
    assert [line.split()[:2] for line in members] == [
        ["kept", str(project / "sound.py")],
        ["exact", f"{project / 'the_same.py'}:"],
        ["near", f"{project / 'one_more_line.py'}:"],
    ]


def test_no_copies_are_said_to_be_none(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text, error = said(capsys, "duplicates", project)

    assert (text, error) == ("", "no copies among 4 files\n")


def test_errors_stay_one_line(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "seedbed.cli", "inspect", str(tmp_path / "gone")]

    done = subprocess.run(command, capture_output=True, text=True, check=False)

    assert (done.returncode, done.stderr) == (2, f"seedbed: {tmp_path / 'gone'}: no such file or folder.\n")


def keys_of(value: object) -> set[str]:
    if isinstance(value, dict):
        return set(value).union(*map(keys_of, value.values())) if value.keys() - {"secret:private_key"} else set()
    return set().union(*map(keys_of, value)) if isinstance(value, list) else set()


@pytest.mark.docs
def test_every_key_of_the_json_is_documented(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / "same.py").write_text(CODE, encoding="utf-8")
    verdicts, _ = said(capsys, "inspect", "--json", project / "sound.py")
    clusters, _ = said(capsys, "duplicates", "--json", project)

    keys = keys_of(json.loads(verdicts)) | keys_of(json.loads(clusters))

    assert keys <= set(re.findall(r"`(\w+)`", PAGE.read_text(encoding="utf-8")))
