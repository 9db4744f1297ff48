"""A candidate is judged in its place, and only for what it brings itself."""

from __future__ import annotations

import ast
import json
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from seedbed.core.errors import RecipeError
from seedbed.serving.completion.request import Fragment
from seedbed.serving.completion.safety import SafetyPolicy, judge, load_policy
from seedbed.serving.completion.safety.weaknesses import parsable
from tests import frozen
from tests.data.filters.test_credentials import noise

DEFAULT = Path(__file__).parents[3] / "recipes" / "safety" / "default.yaml"


def policy(**changes: object) -> SafetyPolicy:
    data = yaml.safe_load(DEFAULT.read_text(encoding="utf-8"))
    for key, value in changes.items():
        data[key] |= value
    return SafetyPolicy.model_validate_json(json.dumps(data))


def found(prefix: str, completion: str, suffix: str = "", language: str = "Python", **changes: object) -> list[tuple[str, int]]:
    verdict = judge(Fragment(prefix, completion, suffix, language), policy(**changes))
    return [(finding.rule, finding.line) for finding in verdict.findings]


def test_weaknesses_and_calls_are_found_by_line() -> None:
    completion = "os.system(cmd)\n    sp.run(cmd, shell=True)\n"

    rules = found("import subprocess as sp\nimport os\n\ndef f(cmd):\n    ", completion, "\n    return 1\n")

    assert rules == [("bandit:B605", 1), ("call:os.system", 1), ("bandit:B602", 2)]


def test_what_stands_before_and_behind_is_none_of_the_completions_business() -> None:
    assert found("import os\nos.system('a'); ", "x = 1", "; eval('x')\nexec('y')\n") == []
    assert found("import os\nos.system('a')\n", "x = 1\n", "eval('x')\n") == []


def test_a_call_that_the_completion_finishes_is_its_own() -> None:
    assert found("import subprocess\nsubprocess.run(", "cmd, shell=True)\n") == [("bandit:B602", 1)]
    assert found("import os\nos.sys", "tem(1)\n") == [("bandit:B605", 1), ("call:os.system", 1)]


@pytest.mark.parametrize(
    "completion",
    ["yaml.load(u)\n        y = hashlib.md5(", "yaml.load(u)\n        if y:", "yaml.load(u)\n        y = 'abc", "yaml.load(u"],
)
def test_a_completion_that_stops_in_mid_statement_is_still_read(completion: str) -> None:
    rules = found("import yaml, hashlib\ndef f(u):\n    try:\n        x = ", completion)

    assert ("bandit:B506", 1) in rules


def test_a_mark_in_the_code_silences_nothing() -> None:
    assert found("", "exec(x)  # nosec\n") == [("bandit:B102", 1), ("call:exec", 1)]


def test_what_python_cannot_read_is_said_and_the_names_are_judged_all_the_same() -> None:
    verdict = judge(Fragment("x = = 1\n", "eval(x)\n", "", "Python"), policy())

    assert verdict.unread == ("bandit",)
    assert [finding.rule for finding in verdict.findings] == ["call:eval"]


@pytest.mark.parametrize(
    ("language", "prefix", "completion", "rule"),
    [
        ("JavaScript", "const { exec: run } = require('child_process');\n", "run(cmd);\n", "call:child_process.exec"),
        ("TypeScript", "const f = ", "new Function(text);\n", "call:Function"),
        ("C", "void f(char *a, char *b) { ", "strcpy(a, b); ", "call:strcpy"),
        ("C++", "void f(char *a, char *b) {\n", "  strcat(a, b);\n", "call:strcat"),
        ("Java", "class A { Object f(ObjectInputStream s) { return ", "s.readObject(); } }", "call:*.readObject"),
        ("Go", 'package m\nimport "os/exec"\nfunc f() {\n', 'exec.Command("ls")\n', "call:os.exec.Command"),
        ("Rust", "use std::process::Command;\nfn f() { ", 'Command::new("ls"); ', "call:std.process.Command.new"),
        ("Python", "", "from pickle import loads\n", "module:pickle"),
        ("Java", "", "import sun.misc.Unsafe;\n", "module:sun.misc.Unsafe"),
    ],
)
def test_the_default_lists_speak_every_language(language: str, prefix: str, completion: str, rule: str) -> None:
    assert rule in [name for name, _ in found(prefix, completion, language=language)]


def test_an_allow_list_lets_nothing_else_in() -> None:
    modules = {"allow": {"Python": ["json", "collections.abc"]}}

    rules = found(
        "", "import json, re\nfrom collections.abc import Iterator\nfrom collections import OrderedDict\n", modules=modules
    )

    assert rules == [("module:not_allowed", 1), ("module:not_allowed", 3)]


def test_a_credential_withholds_the_candidate_and_is_never_repeated() -> None:
    secret = noise(32)

    verdict = judge(Fragment('api_key = "', f'{secret}"\n', "", "Python"), policy())

    assert [finding.rule for finding in verdict.findings] == ["secret:assignment"]
    assert verdict.withhold
    assert secret not in repr(verdict)


def test_a_password_that_bandit_finds_is_never_repeated() -> None:
    verdict = judge(Fragment("", 'password = "tr0ub4dor"\n', "", "Python"), policy(bandit={"min_severity": "low"}))

    assert [(finding.rule, finding.message) for finding in verdict.findings] == [("bandit:B105", "Possible hardcoded password")]


def test_the_policy_decides_what_is_withheld() -> None:
    fragment = Fragment("", "eval(x)\n", "", "Python")

    assert not judge(fragment, policy()).withhold
    assert judge(fragment, policy(calls={"action": "withhold"})).withhold


def test_an_unknown_key_is_refused_with_those_that_are_allowed(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(DEFAULT.read_text(encoding="utf-8").replace("min_severity", "min_severty"), encoding="utf-8")

    with pytest.raises(RecipeError, match=r"mine.yaml: bandit.min_severty: unknown key. Allowed: action, .*README.md#safety"):
        load_policy(path)


@pytest.mark.parametrize("name", ["a.*.b", "*", ""])
def test_a_name_that_means_nothing_is_refused(name: str, tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    data = yaml.safe_load(DEFAULT.read_text(encoding="utf-8"))
    data["calls"]["deny"]["Python"] = {name: "a reason"}
    path.write_text(yaml.safe_dump(data), encoding="utf-8")

    with pytest.raises(RecipeError, match=r"mine.yaml: .* a name, with"):
        load_policy(path)


def test_every_language_and_deep_nesting_are_survived() -> None:
    deep = "(" * 3000 + ")" * 3000

    assert judge(Fragment("x = ", deep, "", "Python"), policy()).unread == ("bandit",)
    assert found("x = ", deep, language="COBOL") == []


def test_only_imports_and_what_stands_around_the_cursor_are_read() -> None:
    before = "import os\n\nX = eval('1')\n\n\nclass A:\n    y = eval('2')\n\n    @property\n    def f(self):\n"

    text = parsable(Fragment(before, "        return os\n", "\n    def g(self):\n        pass\n", "Python"))

    assert text is not None
    assert [line for line in text.split("\n") if line] == [
        "import os", "class A:", "    pass", "    @property", "    def f(self):", "        return os",
    ]  # fmt: skip


@given(st.integers(0, 120), st.integers(1, 12), st.integers(0, 30))
def test_what_is_read_of_a_real_file_keeps_its_lines_and_parses(start: int, count: int, cut: int) -> None:
    lines = frozen.read("workspace.py").splitlines(keepends=True)
    completion = "".join(lines[start : start + count])
    fragment = Fragment("".join(lines[:start]), completion[: max(0, len(completion) - cut)], "", "Python")

    text = parsable(fragment)

    if text is not None:
        ast.parse(text)
        before = zip(text.split("\n")[:start], lines, strict=False)
        assert all(one in {"", line.rstrip("\n")} or one.strip() == "pass" for one, line in before)
