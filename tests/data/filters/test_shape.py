"""Size and shape of a text, and the gates that judge them."""

from __future__ import annotations

import pytest
from datatrove.data import Document
from hypothesis import given
from hypothesis import strategies as st

from seedbed.data.filters.shape import DecodeFilter, ShapeFilter, alphanumeric_share, measure_lines

TEXT = "def f(x):\n    return x\n\n\nprint(f(1))\n"


def gate(**limits: float) -> ShapeFilter:
    wide: dict[str, float] = {
        "max_bytes": 10**6,
        "min_lines": 5,
        "max_line_length": 1000,
        "max_line_length_mean": 100,
        "min_alphanumeric_share": 0.25,
    }
    return ShapeFilter(**(wide | limits))  # type: ignore[arg-type]


@given(st.text())
def test_lines_are_those_of_universal_newlines(text: str) -> None:
    expected = text.replace("\r\n", "\n").replace("\r", "\n")
    expected_lines = expected.split("\n")
    if expected_lines[-1] == "":
        expected_lines.pop()

    lines = measure_lines(text)

    assert lines.count == len(expected_lines)
    assert lines.longest == max(map(len, expected_lines), default=0)
    assert lines.mean <= lines.longest


@given(st.text())
def test_the_share_is_that_of_a_loop_over_characters(text: str) -> None:
    expected = sum(character.isalnum() for character in text) / max(1, len(text))

    assert alphanumeric_share(text) == pytest.approx(expected)


@given(st.text())
def test_any_text_gets_a_verdict_and_its_measures(text: str) -> None:
    doc = Document(text=text, id="0")

    verdict = gate().filter(doc)

    assert verdict is True or isinstance(verdict, tuple)
    assert doc.metadata.keys() >= {"size_bytes", "lines", "line_length_max", "line_length_mean", "alphanumeric_share"}


@pytest.mark.parametrize(
    ("text", "limits", "reason"),
    [
        (TEXT, {"max_bytes": 10}, "too_large"),
        ("a\nb\nc\nd\n", {}, "too_few_lines"),
        (TEXT + "x" * 1001, {}, "long_line"),
        (("x" * 150 + "\n") * 5, {}, "long_lines_mean"),
        ("{}();\n" * 9, {}, "low_alphanumeric"),
        ("", {"min_lines": 0}, "low_alphanumeric"),
    ],
)
def test_each_limit_names_itself(text: str, limits: dict[str, float], reason: str) -> None:
    doc = Document(text=text, id="0")

    assert gate(**limits).filter(doc) == (False, reason)
    assert doc.metadata["detail"]


def test_what_a_person_typed_passes() -> None:
    assert gate().filter(Document(text=TEXT, id="0")) is True


def test_fewer_than_five_lines_are_too_few_by_default() -> None:
    default = ShapeFilter(max_bytes=100, max_line_length=100, max_line_length_mean=100, min_alphanumeric_share=0)

    assert default.filter(Document(text="a\n" * 4, id="0")) == (False, "too_few_lines")
    assert default.filter(Document(text="a\n" * 5, id="0")) is True


def test_the_size_in_the_archive_counts_not_the_size_of_the_text() -> None:
    doc = Document(text=TEXT, id="0", metadata={"size_bytes": 2_000_000})

    assert gate().filter(doc) == (False, "too_large")


@pytest.mark.parametrize("reason", ["empty", "binary", "undecodable"])
def test_what_could_not_be_decoded_is_rejected_with_the_readers_word(reason: str) -> None:
    doc = Document(text="", id="0", metadata={"decode_error": reason})

    assert DecodeFilter().filter(doc) == (False, reason)


def test_what_was_decoded_passes() -> None:
    assert DecodeFilter().filter(Document(text=TEXT, id="0")) is True
