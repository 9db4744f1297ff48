"""`seedbed audit`: semgrep with local rules, where it is installed; what is said where it is not."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
import yaml

from pipeline.audit import RULES
from seedbed.cli import main
from seedbed.core.syntax import LANGUAGES

SEMGREP = pytest.mark.skipif(shutil.which("semgrep") is None, reason="semgrep is installed apart: docs/method/safety.md")


def make_folder(folder: Path) -> Path:
    (folder / "a.py").write_text("def f(c, x):\n    c.execute('select ' + x)\n    c.execute('select 1', ())\n")
    (folder / "b.js").write_text("function f(n, x) { n.innerHTML = x; n.innerHTML = 'a'; }\n")
    (folder / "c.c").write_text('int main(int c, char **v) { printf("a"); }\n')
    return folder


@pytest.mark.slow
@SEMGREP
def test_findings_are_lines_and_exit_code_1(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code = main(["audit", str(make_folder(tmp_path))])

    lines = capsys.readouterr().out.splitlines()
    assert code == 1
    assert [line.removeprefix(f"{tmp_path}/").split(": ")[0] for line in lines] == ["a.py:2", "b.js:1", "2 findings in 3 files"]


@pytest.mark.slow
@SEMGREP
def test_a_folder_without_findings_is_exit_code_0(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a.py").write_text("x = 1\n")

    assert main(["audit", str(tmp_path)]) == 0
    assert capsys.readouterr().out == "0 findings in 1 file\n"


@pytest.mark.slow
@SEMGREP
def test_a_broken_rule_is_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rules = tmp_path / "rules"
    rules.mkdir()
    (rules / "mine.yaml").write_text("rules:\n  - id: nothing\n")

    assert main(["audit", str(make_folder(tmp_path)), "--rules", str(rules)]) == 2
    assert capsys.readouterr().err.startswith(f"seedbed: --rules {rules}: semgrep reports: ")


def test_a_missing_semgrep_says_how_to_get_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))

    assert main(["audit", str(tmp_path)]) == 2
    assert "semgrep is not installed. Allowed: pipx install semgrep" in capsys.readouterr().err


@pytest.mark.parametrize("words", [["missing"], [".", "--rules", "missing"]])
def test_what_is_not_there_is_one_line(words: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["audit", *(str(tmp_path / word) if not word.startswith("-") else word for word in words)]) == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_every_rule_of_ours_has_an_id_of_its_own_and_known_languages() -> None:
    rules = [rule for path in sorted(RULES.glob("*.yaml")) for rule in yaml.safe_load(path.read_text(encoding="utf-8"))["rules"]]

    assert len({rule["id"] for rule in rules}) == len(rules)
    assert {language for rule in rules for language in rule["languages"]} <= {one.key for one in LANGUAGES.values()}
