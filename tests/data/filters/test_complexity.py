"""Verdicts on complexity."""

import copy
import pickle

import pytest
from datatrove.data import Document
from hypothesis import given
from hypothesis import strategies as st

from seedbed.core.syntax import Function
from seedbed.data.filters.complexity import ComplexityFilter, measure_complexity

TANGLE = """
int tangle(int a, int b, int c) {
    if (a) {
        while (b) {
            if (c && a) { b--; }
        }
    }
    return a;
}
"""
# Cyclomatic complexity 5, nesting 3, 8 lines, 3 parameters.


def judged(text: str, language: str = "C", **limits: int) -> tuple[object, dict[str, object]]:
    doc = Document(text=text, id="0", metadata={"language": language})
    return ComplexityFilter(**limits).filter(doc), doc.metadata


@pytest.mark.parametrize(
    ("limit", "value", "rule"),
    [
        ("max_cyclomatic", 5, "cyclomatic"),
        ("max_nesting", 3, "nesting"),
        ("max_function_lines", 8, "function_lines"),
        ("max_parameters", 3, "parameters"),
    ],
)
def test_a_limit_keeps_what_reaches_it_and_rejects_what_passes_it(limit: str, value: int, rule: str) -> None:
    assert judged(TANGLE, **{limit: value})[0] is True
    assert judged(TANGLE, **{limit: value - 1})[0] == (False, f"complexity:{rule}")


def test_boilerplate_is_what_has_too_few_tokens() -> None:
    text = "from a import b\n"

    assert judged(text, "Python", min_tokens=4)[0] is True
    assert judged(text, "Python", min_tokens=5)[0] == (False, "complexity:boilerplate")


def test_comments_are_no_tokens() -> None:
    assert judged("# a\n# b\nx = 1\n", "Python")[1]["tokens"] == 3


def test_the_detail_says_value_and_limit() -> None:
    assert judged(TANGLE, max_nesting=1)[1]["detail"] == "nesting 3, at most 1"


def test_a_file_without_functions_has_zeros() -> None:
    metadata = judged("int x;", "C")[1]

    assert {name: metadata[name] for name in ("functions", "cyclomatic_max", "function_lines_median")} == {
        "functions": 0,
        "cyclomatic_max": 0,
        "function_lines_median": 0.0,
    }


def test_medians_and_maxima_are_over_functions() -> None:
    functions = [Function("f", 1, lines, paths, 0, 0) for lines, paths in ((3, 1), (9, 2), (30, 9), (4, 3))]
    measured = measure_complexity(functions, tokens=100)

    assert (measured.cyclomatic_max, measured.cyclomatic_median) == (9, 2.5)
    assert (measured.function_lines_max, measured.function_lines_median) == (30, 6.5)


def test_a_language_without_a_grammar_is_left_alone() -> None:
    assert judged("nuqneH", "Klingon", min_tokens=5)[0] is True


@given(st.text(st.characters()), st.sampled_from(["Python", "TypeScript", "C++", "Unknown"]))
def test_any_text_gets_all_columns(text: str, language: str) -> None:
    assert {column.name for column in ComplexityFilter.columns} <= judged(text, language)[1].keys()


def test_the_gate_travels_to_workers() -> None:
    gate = ComplexityFilter(min_tokens=5, max_nesting=2)

    assert pickle.loads(pickle.dumps(gate)).band == copy.deepcopy(gate).band
