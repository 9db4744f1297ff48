"""The judge of unfinished texts: real code cut anywhere may go on, one bracket too many may not, in every language."""

from __future__ import annotations

from pathlib import Path

import pytest

from seedbed.core.syntax import LANGUAGES
from seedbed.evaluation.metrics.syntax import function_end, may_go_on, parses, parses_as_well

SHAPES = Path(__file__).parents[2] / "corpus" / "complexity"
FILES = {
    "Python": "shapes.py",
    "JavaScript": "shapes.js",
    "TypeScript": "shapes.ts",
    "C": "shapes.c",
    "C++": "shapes.cpp",
    "Java": "Shapes.java",
    "Go": "shapes.go",
    "Rust": "shapes.rs",
}


def lines_of(language: str) -> list[str]:
    return (SHAPES / FILES[language]).read_text(encoding="utf-8").splitlines(keepends=True)


@pytest.mark.parametrize("language", sorted(LANGUAGES))
def test_real_code_may_go_on_wherever_it_is_cut(language: str) -> None:
    lines = lines_of(language)

    accepted = [may_go_on("".join(lines[:end]), language) for end in range(1, len(lines) + 1)]
    assert sum(accepted) >= 0.84 * len(accepted)
    assert parses("".join(lines), language)


@pytest.mark.parametrize("language", sorted(LANGUAGES))
@pytest.mark.parametrize("mistake", [")", "]", "=;=", ") ("])
def test_what_no_code_can_mend_may_not(language: str, mistake: str) -> None:
    lines = lines_of(language)
    middle = len(lines) // 2

    assert not may_go_on("".join([*lines[:middle], f"{mistake}\n", *lines[middle:]]), language)


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        ("try:\n    x = 1\n", True),
        ("x = '''abc\n", True),
        ("class A:\n    @property\n", True),
        ("for x in y:\n    if x:\n        pass\n    elif", True),  # the last line is not whole
        ("def f():\nx = 1\n", False),
        ("print 'x'\n", False),
        ("x = 1\n  y = 2\n", False),
        ("x\0\n", False),
        ("", True),
    ],
)
def test_python_knows_itself_what_is_unfinished(text: str, verdict: bool) -> None:
    assert may_go_on(text, "Python") is verdict


def test_a_file_with_macros_need_not_parse_better_than_it_did() -> None:
    original = "BEGIN\nint f(void) { return 1; }\nEND int x = = 2;\n"

    assert not parses(original, "C")
    assert parses_as_well(original.replace("1", "2"), original, "C")
    assert not parses_as_well(original.replace("return 1;", "return ((1; = ("), original, "C")
    assert not parses_as_well("x = (\n", "x = (1\n", "Python")


@pytest.mark.parametrize(
    ("text", "language", "inside", "kept"),
    [
        ("function f(a) { if (a) { b(); } }\nmore(", "JavaScript", 0, "function f(a) { if (a) { b(); } }"),
        ("class _ {\nint f() { return 1; }\n}\n", "Java", 1, "class _ {\nint f() { return 1; }"),
        ('fn f() { let é = "}"; } }', "Rust", 0, 'fn f() { let é = "}"; }'),
    ],
)
def test_a_function_ends_at_its_own_brace(text: str, language: str, inside: int, kept: str) -> None:
    end = function_end(text, kept.index("{ ") if "{ " in kept else 9, language, inside=inside)

    assert end is not None
    assert text[:end] == kept


def test_braces_of_the_parameters_are_passed_over() -> None:
    text = "function f({a} = {}) { return a; } x"

    assert function_end(text, text.index("return"), "JavaScript") == text.index(" x")
    assert function_end("int f() {", 3, "C") is None
    assert function_end("nothing", 0, "no language") is None
