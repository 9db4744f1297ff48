"""`seedbed explain`: what it says is what decided, and it says all of it."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from seedbed import cli
from tests import invented_dataset

PAGE = Path(__file__).parents[4] / "docs" / "how-to" / "explain.md"
CODE = "import os\n\n\ndef main():\n    return os.name\n"


@pytest.fixture
def project(tmp_path: Path, mit: str) -> Path:
    folder = tmp_path / "lib"
    folder.mkdir()
    (folder / "LICENSE").write_text(mit, encoding="utf-8")
    (folder / "kept.py").write_text(CODE, encoding="utf-8")
    return folder


def explained(capsys: pytest.CaptureFixture[str], *arguments: object) -> list[dict[str, Any]]:
    assert cli.main(["explain", "--json", *map(str, arguments)]) == 0
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def keys_of(value: object) -> set[str]:
    if isinstance(value, dict):
        return set(value) | {key for inner in value.values() for key in keys_of(inner)}
    return {key for inner in value for key in keys_of(inner)} if isinstance(value, list) else set()


def test_a_refused_file_is_explained_by_the_sentence_that_refuses(
    project: Path, gpl_notice: str, capsys: pytest.CaptureFixture[str]
) -> None:
    path = project / "gpl.py"
    path.write_text("".join(f"# {line}\n" for line in gpl_notice.splitlines()) + CODE, encoding="utf-8")

    (facts,) = explained(capsys, path)

    assert (facts["kept"], facts["reason"], facts["in_the_way"]) == (False, "license_not_allowed", ["GPL-2.0-or-later"])
    assert facts["decided_by"]["text"].startswith("This program is free software")
    assert [evidence["in_the_way"] for evidence in facts["evidence"]] == [["GPL-2.0-or-later"], [], []]
    assert any("GPL-2.0-or-later" in remedy for remedy in facts["to_keep_it"])


def test_a_kept_file_needs_nothing(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (facts,) = explained(capsys, project / "kept.py")

    assert facts["kept"]
    assert facts["to_keep_it"] == facts["in_the_way"] == []
    assert facts["judged_with"]["root"] == str(project)


def test_a_pointer_to_nothing_asks_for_the_file(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = project / "pointer.py"
    path.write_text("# See COPYING.SPECIAL for license terms.\n" + CODE, encoding="utf-8")

    (facts,) = explained(capsys, path)

    assert facts["reason"] == "license_unknown"
    assert facts["to_keep_it"]


def test_a_file_without_any_license_asks_for_one(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a.py").write_text(CODE, encoding="utf-8")

    (facts,) = explained(capsys, tmp_path / "a.py")

    assert (facts["reason"], facts["decided_by"]) == ("no_license", None)
    assert "a license file" in facts["to_keep_it"][0]


def test_the_text_names_verdict_file_lines_words_rule_and_policy(
    project: Path, gpl_notice: str, capsys: pytest.CaptureFixture[str]
) -> None:
    path = project / "gpl.py"
    path.write_text("".join(f"# {line}\n" for line in gpl_notice.splitlines()) + CODE, encoding="utf-8")

    assert cli.main(["explain", str(path)]) == 0

    text = capsys.readouterr().out
    assert text.startswith(f"{path}: refused: license_not_allowed\n")
    for words in ("What decided: gpl.py, lines 1-4", "\u201cThis program", "not on the list", ".RULE", "https://", "default@"):
        assert words in text


def test_a_file_that_is_no_text_is_named_and_passed_over(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / "a.bin").write_bytes(bytes(range(256)) * 4)

    assert cli.main(["explain", str(project / "a.bin")]) == 0

    captured = capsys.readouterr()
    assert captured.out == ""
    assert "never kept" in captured.err


@pytest.fixture(scope="module")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("invented")
    invented_dataset.write_dataset(folder)
    invented_dataset.make_manifest(folder).save(folder)
    return folder


def ids(folder: Path, pattern: str) -> str:

    path = max(folder.glob(pattern))
    return str(pq.read_table(path, columns=["id"])["id"].to_pylist()[-1])


def test_a_sample_is_explained_by_what_it_records(dataset: Path, capsys: pytest.CaptureFixture[str]) -> None:
    identity = ids(dataset, "data/*/*.parquet")

    (facts,) = explained(capsys, dataset, "--id", identity)

    assert (facts["path"], facts["kept"]) == (identity, True)
    assert facts["decided_by"]["text"] == "An invented notice."
    assert facts["judged_with"]["policy"] == invented_dataset.POLICY


def test_a_rejected_sample_has_its_reason(dataset: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (facts,) = explained(capsys, dataset, "--id", ids(dataset, "rejected/*.parquet"))

    assert not facts["kept"]
    assert facts["reason"]


@pytest.mark.parametrize("arguments", [("--id", "nobody"), ("--id", "nobody", "elsewhere")])
def test_an_unknown_sample_is_one_line(dataset: Path, arguments: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    code = cli.main(["explain", str(dataset), *arguments])

    assert code == 2
    assert len(capsys.readouterr().err.splitlines()) == 1


@pytest.mark.docs
def test_every_key_of_the_json_is_documented(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    facts = explained(capsys, project)

    assert keys_of(facts) <= set(re.findall(r"`(\w+)`", PAGE.read_text(encoding="utf-8")))
