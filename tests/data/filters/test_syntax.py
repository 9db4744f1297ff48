"""Verdicts on syntax."""

import copy
import pickle
import warnings

import pytest
from datatrove.data import Document
from hypothesis import given
from hypothesis import strategies as st

from seedbed.data.filters.syntax import SyntaxFilter


def judged(text: str, language: str = "Python", max_error_ratio: float = 0.02) -> tuple[object, dict[str, object]]:
    doc = Document(text=text, id="0", metadata={"language": language})
    verdict = SyntaxFilter(max_error_ratio=max_error_ratio).filter(doc)
    return verdict, doc.metadata


@pytest.mark.parametrize(
    ("text", "language", "verdict"),
    [
        ("x = 1\n", "Python", True),
        ("", "Python", True),
        ("\ufeffx = 1\n", "Python", True),
        ("int f() { return 1; }\n", "C", True),
        ("import os\r\r\rdef f(x):\r    if x:\r        return os\r    return 1\r", "Python", True),
        ("// what\rint f( { return\r", "C", (False, "syntax_errors")),
        ("int f( { return\n", "C", (False, "syntax_errors")),
        ("def f(:\n    pass\n", "Python", (False, "syntax_errors")),
        ("x = \0\n", "Python", (False, "syntax_errors")),
        ("\ud800", "Python", (False, "syntax_errors")),
    ],
)
def test_gate_keeps_what_parses(text: str, language: str, verdict: object) -> None:
    assert judged(text, language)[0] == verdict


@pytest.mark.parametrize(
    "text",
    [
        "print 'x'\n",
        "print >>out, 'x', y\nprint 'z'\n",
        "exec 'x = 1'\n",
        "try:\n    x\nexcept ValueError, error:\n    pass\n",
        "raise ValueError, 'x'\n",
        "x = 0777\n",
        "x = 10L\n",
        "x = 0xFFl\n",
        "x = ur'a'\n",
        "x = `y`\n",
        "if a <> b:\n    pass\n",
        "def f(a, (b, c)):\n    pass\n",
    ],
)
def test_python_2_is_named(text: str) -> None:
    verdict, metadata = judged(text)

    assert verdict == (False, "python2")
    assert metadata["syntax_native"] == "python2"


@pytest.mark.parametrize(
    "text",
    [
        "x = (\n",
        "s = '''print 0777 10L\nexcept X, e:'''\nx = (\n",
        "# print 'x', 0777\nx = (\n",
        "async def f():\n    print 'x'\n",
        "if x:\ny = 1\n",
    ],
)
def test_a_broken_file_without_evidence_of_python_2_is_not_called_so(text: str) -> None:
    assert judged(text)[0] == (False, "syntax_errors")


def test_damage_that_tree_sitter_accepts_is_found_and_the_disagreement_recorded() -> None:
    verdict, metadata = judged("if x:\nfoo()\n")

    assert verdict == (False, "syntax_errors")
    assert (metadata["syntax_error_ratio"], metadata["syntax_native"], metadata["syntax_disagrees"]) == (0, "error", True)
    assert str(metadata["detail"]).startswith("line 2: ")


def test_other_languages_have_no_native_word() -> None:
    metadata = judged("fn f() {}\n", "Rust")[1]

    assert (metadata["syntax_native"], metadata["syntax_disagrees"], metadata["syntax_valid"]) == (None, False, True)


def test_some_damage_is_kept_within_the_limit_but_not_called_valid() -> None:
    text = "int f() { return 1; }\n" * 50 + "int @;\n"
    verdict, metadata = judged(text, "C", max_error_ratio=0.02)

    assert verdict is True
    assert 0 < metadata["syntax_error_ratio"] <= 0.02
    assert metadata["syntax_valid"] is False


def test_a_language_without_a_grammar_is_neither_judged_nor_called_valid() -> None:
    verdict, metadata = judged("nuqneH", "Klingon")

    assert (verdict, metadata["syntax_valid"]) == (True, False)


def test_depth_beyond_the_native_parser_is_no_error() -> None:
    assert judged("x = " + "-" * 100_000 + "1\n")[1]["syntax_native"] == "ok"


def test_judging_warns_nobody() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")

        assert judged("x = '\\d' is 'y'\n")[0] is True


@given(st.text(st.characters()), st.sampled_from(["Python", "Rust", "Unknown"]))
def test_any_text_gets_all_columns(text: str, language: str) -> None:
    metadata = judged(text, language)[1]

    assert {column.name for column in SyntaxFilter.columns} <= metadata.keys()


def test_the_gate_travels_to_workers() -> None:
    gate = SyntaxFilter(max_error_ratio=0.5)

    assert pickle.loads(pickle.dumps(gate)).max_error_ratio == copy.deepcopy(gate).max_error_ratio == 0.5
