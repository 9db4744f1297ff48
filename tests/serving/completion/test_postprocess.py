"""Each rule by what it cuts and what it leaves."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seedbed.core.syntax import LANGUAGES
from seedbed.serving.completion.postprocess import RULES, is_over, settled, shape
from seedbed.serving.completion.postprocess.rules import Place


def place(prefix: str, suffix: str = "", language: str = "Python", reason: str = "stop") -> Place:
    return Place(prefix, suffix, language, reason)


@pytest.mark.parametrize(
    ("language", "prefix", "suffix", "text", "left"),
    [
        ("Python", "def f(x):\n    ", "", "return x\n\n\ndef g():\n    pass\n", "return x\n"),
        ("Python", "def f(x):", "", "\n    return x\n\nprint(f(1))\n", "\n    return x\n"),
        ("Python", "    if x:\n        ", "", "y = 1\n        z = 2\n    else:\n        y = 2\n", "y = 1\n        z = 2\n"),
        ("Python", "x = [\n    ", "", "1,\n    2,\n]\n", "1,\n    2,\n]\n"),
        ("Python", "import os\n", "", "import sys\n\n\ndef f():\n    pass\n", "import sys\n\n\ndef f():\n    pass\n"),
        ("Python", "    x = ", "", "f(\n        1,\n    )\n    y = 2\nz = 3\n", "f(\n        1,\n    )\n    y = 2\n"),
        ("JavaScript", "function f() {\n  ", "", "return 1;\n}\n\nfunction g() {\n}\n", "return 1;\n}"),
        ("JavaScript", "f(function () {\n  ", "", "g();\n});\nh();\n", "g();\n});"),
        ("JavaScript", "f(", "", "a, b);\ng();\n", "a, b);"),
        ("JavaScript", "f(", ");\n", "a, b);\ng();\n", "a, b"),
        ("Java", "  int f() {\n    ", "\n  }\n}\n", 'return "}".length();\n  }\n  int g() {', 'return "}".length();'),
        ("Rust", "fn f<'a>() {\n    ", "", "let x = '}'; // }\n    x\n}\nfn g() {}", "let x = '}'; // }\n    x\n}"),
        ("Go", "func f() {\n\t", "", "if x {\n\t\ty()\n\t}\n}\n\nfunc g() {", "if x {\n\t\ty()\n\t}\n}"),
        ("", "", "", "plain text\nmore", "plain text\nmore"),
    ],
)
def test_it_ends_with_the_block(language: str, prefix: str, suffix: str, text: str, left: str) -> None:
    assert RULES["block"](text, place(prefix, suffix, language)) == left


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("x = 1\n" * 9, "x = 1\n"),
        ("a = f()\nb = g()\n" * 3 + "c", "a = f()\nb = g()\n"),
        ("first\n" + "self.x = x\n" * 5, "first\nself.x = x\n"),
        ("return 1000000000000", "return 10"),
        ("a.b.a.b.a.b.a.b.a.b.a.b.a.b.a.b.", "a.b."),
        ("# ----------------\n# title\n# ----------------\n", "# ----------------\n# title\n# ----------------\n"),
        ("}\n}\n}\n}\n", "}\n}\n}\n}\n"),
        ("x = 1\nx = 1\n", "x = 1\nx = 1\n"),
        ("a\n\n\n\n\nb", "a\n\n\n\n\nb"),
    ],
)
def test_it_does_not_go_round_in_circles(text: str, left: str) -> None:
    assert RULES["repetition"](text, place("")) == left


@pytest.mark.parametrize(
    ("prefix", "text", "left"),
    [
        ("def f():\n    ", "    return 1", "return 1"),
        ("def f():\n    ", "return 1", "return 1"),
        ("    x = 1\n    ", "    y = 2", "y = 2"),
        ("def f():\n", "    return 1", "    return 1"),
        ("\tif x:\n\t\t", "y()\n        z()", "y()\n\t\tz()"),
        ("    if x:\n        ", "y()\n\tz()", "y()\n    z()"),
        ("x =", " 1", " 1"),
    ],
)
def test_it_is_indented_as_the_file_is(prefix: str, text: str, left: str) -> None:
    assert RULES["indentation"](text, place(prefix)) == left


@pytest.mark.parametrize(
    ("suffix", "text", "left"),
    [
        (")\nprint(x)\n", "a, b)", "a, b"),
        ("\nprint(x)\n", "x = 1\nprint(x)", "x = 1"),
        ("\n    return total\n", "total += x\n    return total", "total += x"),
        ("\n\n    a()\n    b()\n    c()\n", "x()\n    a()\n    b()\n", "x()"),
        ("\n}\n", "x = {1: 2}", "x = {1: 2}"),
        ("", "return x", "return x"),
        ("\nreturn y\n", "return x", "return x"),
    ],
)
def test_it_does_not_say_what_stands_behind(suffix: str, text: str, left: str) -> None:
    assert RULES["suffix"](text, place("", suffix)) == left


@pytest.mark.parametrize(
    ("reason", "text", "left"),
    [
        ("length", "x = 1\ny = so", "x = 1"),
        ("stop", "x = 1\ny = so", "x = 1\ny = so"),
        ("length", "only_one_line", "only_one_line"),
        ("length", "\n    retur", "\n    retur"),
    ],
)
def test_half_a_line_is_left_out(reason: str, text: str, left: str) -> None:
    assert RULES["unfinished line"](text, place("", "", "Python", reason)) == left


def test_the_rules_that_acted_are_told() -> None:
    text, rules = shape("return 1\n\n\ndef g():\n    pass\n", place("def f():\n    "))

    assert (text, rules) == ("return 1\n", ("block",))


@given(
    st.text("ab =:(){}[]\n\t'\"#/", max_size=80),
    st.text("ab =:(){}\n\t'\"", max_size=60),
    st.text("ab =:(){}\n\t", max_size=60),
    st.sampled_from([*LANGUAGES, ""]),
)
def test_no_rule_makes_text_of_its_own(text: str, prefix: str, suffix: str, language: str) -> None:
    where = place(prefix, suffix, language, "length")

    shaped, _ = shape(text, where)

    assert len(shaped.replace(" ", "").replace("\t", "")) <= len(text.replace(" ", "").replace("\t", "")) + 1  # a last line end
    for name in ("repetition", "unfinished line", "suffix"):
        assert text.startswith(RULES[name](text, where).rstrip())


def test_a_text_is_over_where_its_block_is() -> None:
    where = place("def f(x):\n    ")

    texts = ["retu", "return x\n    y", "return x\n\n\ndef g", "return x\n\n\ndef g():\n"]

    assert [settled(text, where) for text in texts] == ["retu", "return x\n", "return x\n\n\n", "return x\n"]
    assert [is_over(text, where) for text in texts] == [False, False, False, True]
