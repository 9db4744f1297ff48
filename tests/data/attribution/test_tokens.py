"""A fragment has the tokens of the file that it was taken from."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from seedbed.core.syntax import LANGUAGES, parse
from seedbed.data.attribution.tokens import stripped, tokens_of, tokens_of_stripped
from tests.data.attribution.conftest import rows

ROWS = rows()


def words(text: str, language: str) -> list[bytes]:
    tokens = tokens_of(text, language)
    return [tokens.word(place) for place in range(len(tokens))]


def is_in_string(text: str, language: str, byte: int) -> bool:
    parsed = parse(text, language)
    node = parsed.tree.root_node.descendant_for_byte_range(byte, byte)
    while node is not None and node.type not in parsed.grammar.leaves.strings:
        node = node.parent
    return node is not None


def test_comments_layout_quotes_and_separators_count_for_nothing() -> None:
    one = words("f(a, 'b c')  # say\n\nx = [\n    1,\n]\n", "Python")

    assert one == words('f(a,"b c")\nx=[1]', "Python")
    assert one == [b"f", b"(", b"a", b"b", b"c", b")", b"x", b"=", b"[", b"1", b"]"]


@pytest.mark.parametrize("one", ROWS, ids=lambda one: one["path"])
def test_a_stripped_text_has_the_tokens_names_and_lines_of_its_source(one: dict[str, Any]) -> None:
    whole, kept = tokens_of(one["text"], one["language"]), tokens_of_stripped(stripped(one["text"], one["language"]))

    assert kept.values.tolist() == whole.values.tolist()
    assert kept.named.tolist() == whole.named.tolist()
    assert [kept.line_of(place) for place in range(len(kept))] == [whole.line_of(place) for place in range(len(whole))]


@settings(deadline=None)
@given(st.sampled_from(ROWS), st.data())
def test_a_fragment_has_the_tokens_of_its_file(one: dict[str, Any], data: st.DataObject) -> None:
    text = one["text"]
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, min(len(text), start + 600)))
    span = (len(text[:start].encode()), len(text[:end].encode()))
    assume(not is_in_string(text, one["language"], span[1]))  # an open string at the end may seem to hold a comment
    whole = tokens_of(text, one["language"]).within(*span)

    cut = tokens_of(text[:end], one["language"], span)

    # The end may cut a word; all others are those of the file.
    count = len(cut) - 1 if len(cut) != len(whole) else len(cut)
    assert cut.values[:count].tolist() == whole.values[:count].tolist()
    assert len(whole) - 1 <= len(cut) <= len(whole) + 1


@settings(deadline=None)
@given(st.sampled_from(sorted(LANGUAGES)), st.text(max_size=80) | st.text("/*#'\"`\x01\n ab,;", max_size=80))
def test_no_text_makes_it_fail(language: str, text: str) -> None:
    whole, kept = tokens_of(text, language), tokens_of_stripped(stripped(text, language))

    assert kept.values.tolist() == whole.values.tolist()


def test_a_comment_that_is_not_closed_is_still_one() -> None:
    assert words("int a; /* and so", "C") == [b"int", b"a"]
    assert words('f("/*");', "JavaScript") == [b"f", b"(", b"/", b"*", b")"]
