"""Filling in the middle: nothing is lost, the rates hold, and a draw depends on the file alone."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seedbed.models.tokens.packing import FimSettings, Segment, cut, lines_up_to, spans

ALWAYS = FimSettings(rate=1.0, spm_rate=0.5, span=10**9, seed=3)


def special(pieces: list[Segment]) -> list[str]:
    return [piece.text for piece in pieces if piece.special]


def restored(pieces: list[Segment]) -> str:
    """The text of one span, its parts put back in their places."""
    texts = [piece.text for piece in pieces if not piece.special]
    if pieces[0].text != "<fim_prefix>":
        return "".join(texts)
    if pieces[1].special:  # SPM: suffix, prefix, middle
        suffix, prefix, middle = texts
    else:
        prefix, suffix, middle = texts
    return prefix + middle + suffix


@given(text=st.text(), name=st.text(), seed=st.integers(0, 99), span=st.integers(1, 50), rate=st.sampled_from([0.0, 0.5, 1.0]))
def test_the_parts_put_back_are_the_file(text: str, name: str, seed: int, span: int, rate: float) -> None:
    segments = list(spans(text, name, FimSettings(rate, 0.5, span, seed)))

    assert "".join(map(restored, segments)) == text


def test_prefix_suffix_middle_are_told_in_this_order() -> None:
    segments = cut("abcdef", 2, 4, suffix_first=False)

    assert [piece.text for piece in segments] == ["<fim_prefix>", "ab", "<fim_suffix>", "ef", "<fim_middle>", "cd"]


def test_with_the_suffix_first_prefix_and_middle_follow_the_middle_token() -> None:
    segments = cut("abcdef", 2, 4, suffix_first=True)

    assert [piece.text for piece in segments] == ["<fim_prefix>", "<fim_suffix>", "ef", "<fim_middle>", "ab", "cd"]


@pytest.mark.parametrize("rate", [0.0, 0.25, 0.5, 1.0])
def test_the_rate_is_the_share_of_files_that_are_cut(rate: float) -> None:
    middle = FimSettings(rate, 0.5, 100, 1)

    cut_ones = sum(bool(special(next(spans("x = 1\n", str(number), middle)))) for number in range(2000))

    assert cut_ones / 2000 == pytest.approx(rate, abs=0.04)


@pytest.mark.parametrize("spm_rate", [0.0, 0.5, 1.0])
def test_the_spm_rate_is_the_share_of_cut_ones_with_the_suffix_first(spm_rate: float) -> None:
    middle = FimSettings(1.0, spm_rate, 100, 1)

    first = sum(next(spans("x = 1\n", str(number), middle))[1].special for number in range(2000))

    assert first / 2000 == pytest.approx(spm_rate, abs=0.04)


def test_cuts_fall_everywhere_in_a_text() -> None:
    lengths = {len(next(spans("abcd", str(number), ALWAYS))[1].text) for number in range(500) if number}

    assert {0, 1, 2, 3, 4} <= lengths


def test_another_seed_cuts_elsewhere() -> None:
    other = FimSettings(1.0, 0.5, 10**9, seed=4)

    assert list(spans("abcdef" * 9, "a.py", ALWAYS)) != list(spans("abcdef" * 9, "a.py", other))


@given(text=st.text(st.sampled_from("ab \r\n\u2028")), limit=st.integers(1, 9))
def test_runs_of_lines_are_within_the_limit_or_one_line(text: str, limit: int) -> None:
    runs = list(lines_up_to(text, limit))

    assert "".join(runs) == text
    assert all(len(run) <= limit or len(run.splitlines()) == 1 for run in runs)
