"""Every copied span is found, nothing else is claimed, and idioms are counted."""

from __future__ import annotations

import json
import re
import shutil
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from seedbed.core.errors import AttributionError, InputError
from seedbed.data.attribution.build import build
from seedbed.data.attribution.find import find
from seedbed.data.attribution.index import Index
from seedbed.data.attribution.layout import EXACT, RENAMED, kept
from seedbed.data.attribution.tokens import tokens_of
from seedbed.serving.completion.provenance import Provenance
from seedbed.serving.completion.request import Fragment
from tests import frozen
from tests.data.attribution.conftest import IDIOM, row, rows, strip

ROWS = [one for one in rows() if len(tokens_of(one["text"], one["language"])) > EXACT.guarantee + 10]
NEW = "\nquotient = 17 @ remainder\n"


def planted(one: dict[str, Any], draw: st.DataObject) -> tuple[str, tuple[int, int]]:
    """A span of a file's tokens in its place, before and behind it something that no file has."""
    tokens = tokens_of(one["text"], one["language"])
    first = draw.draw(st.integers(0, len(tokens) - EXACT.guarantee))
    count = draw.draw(st.integers(EXACT.guarantee, min(90, len(tokens) - first)))
    source = one["text"].encode()
    start, end = int(tokens.starts[first]), int(tokens.ends[first + count - 1])
    assume(len(tokens_of(one["text"][: len(source[:end].decode())], one["language"], (start, end))) == count)
    return source[:end].decode(), (start, end)


@settings(deadline=None, max_examples=200)
@given(one=st.sampled_from(ROWS), data=st.data())
def test_every_span_of_the_guaranteed_length_is_found(one: dict[str, Any], data: st.DataObject, index: Index) -> None:
    text, span = planted(one, data)
    count = len(tokens_of(text, one["language"], span))

    found = [match for match in find(index, text, one["language"], span) if not match.renamed]

    assert sum(match.tokens for match in found) >= count
    assert max(match.tokens for match in found) >= EXACT.guarantee


@settings(deadline=None, max_examples=100)
@given(one=st.sampled_from(ROWS), data=st.data())
def test_what_is_claimed_stands_there(one: dict[str, Any], data: st.DataObject, index: Index) -> None:
    text, span = planted(one, data)
    completion = text.encode()[span[0] : span[1]]

    for match in find(index, text, one["language"], span):
        (source,) = [row for row in ROWS if row["id"] == match.id]
        lines = source["text"].split("\n")[match.lines[0] - 1 : match.lines[1]]
        wanted = re.findall(r"[\w$]+", completion[match.start : match.end].decode())
        there = re.findall(r"[\w$]+", "\n".join(lines))
        if not match.renamed:
            assert set(wanted) <= set(there)


def test_code_that_is_not_in_the_dataset_matches_nothing(index: Index) -> None:
    for name, text in frozen.files("*.py").items():
        assert find(index, text, "Python") == [], name


def test_a_span_below_the_guarantee_is_not_claimed(index: Index) -> None:
    text = frozen.read("blocks/secrets.py")
    tokens = tokens_of(text, "Python")
    end = int(tokens.ends[EXACT.guarantee - 2])

    assert find(index, text, "Python", (0, end)) == []


def test_a_match_says_where_it_is_from(index: Index) -> None:
    text = frozen.read("blocks/secrets.py")

    (match,) = find(index, f"{NEW}{text}{NEW}", "Python")

    assert str(match) == f"{match.tokens} tokens match own@1.2 blocks/secrets.py, Apache-2.0"
    assert match.tokens == len(tokens_of(text, "Python"))
    assert match.lines == (1, text.count("\n"))
    assert match.url.endswith(f";lines=1-{match.lines[1]}")


def test_formatting_and_comments_hide_nothing(index: Index) -> None:
    text = frozen.read("blocks/secrets.py")
    changed = re.sub(r"\n +", lambda found: f"  # new\n{found[0]}   ", text).replace('"', "'")

    assert [match.path for match in find(index, changed, "Python")] == ["blocks/secrets.py"]


def renamed(text: str) -> str:
    names = dict.fromkeys(re.findall(r"\b(?:doc|secret|text|find_secrets|metadata|filter|next|detail|name)\b", text))
    for number, name in enumerate(names):
        text = re.sub(rf"\b{name}\b", f"other{number}", text)
    return text


def test_a_renamed_copy_is_found_and_said_to_be_one(index: Index) -> None:
    text = frozen.read("blocks/secrets.py")
    body = text[text.index("    def filter") :]

    (match,) = find(index, renamed(body), "Python")

    assert match.renamed
    assert match.path == "blocks/secrets.py"
    assert "up to names" in str(match)


def test_two_names_made_one_are_no_renaming(index: Index) -> None:
    text = frozen.read("blocks/secrets.py")
    body = text[text.index("    def filter") :]
    merged = re.sub(r"\b(?:doc|secret|metadata|find_secrets|next|filter|text)\b", "same", body)

    assert find(index, merged, "Python") == []


LENGTHS = (40, 60, 90, 140, 210, 320, 440)


@pytest.fixture(scope="module")
def ruled(tmp_path_factory: pytest.TempPathFactory) -> Index:
    """Seven files with a line of dashes, each of another length and with something else around it."""
    folder = tmp_path_factory.mktemp("ruled") / "attribution"
    build(strip([row(ruled_text(length), f"{length}.c", "C") for length in LENGTHS]), folder)
    return Index(folder)


def ruled_text(length: int) -> str:
    return f"before{length} ( {length} ) [ {'- ' * length} ] after{length} ( {length} ) + {length} * {length}\n"


@settings(deadline=None, max_examples=25)
@given(length=st.sampled_from(LENGTHS), dashes=st.integers(32, 450), is_end=st.booleans())
def test_a_copy_is_found_from_a_row_of_equal_tokens_on(ruled: Index, length: int, dashes: int, is_end: bool) -> None:
    before, _, after = ruled_text(length).partition("- " * length)
    text = f"new {'- ' * dashes}{after}" if is_end else f"{before}{'- ' * dashes} new"
    whole = min(dashes, length) + len(tokens_of(after if is_end else before, "C"))

    longest = max(find(ruled, text, "C"), key=lambda match: match.tokens)

    elsewhere = min(dashes, max(LENGTHS)) + (1 if is_end else 2)  # the bracket, and one more before it
    assert longest.tokens == max(whole, elsewhere)


def test_a_row_of_equal_tokens_costs_no_more_than_other_code(ruled: Index) -> None:
    find(ruled, "x", "C")
    start = time.process_time()

    matches = find(ruled, "- " * 300, "C")

    assert matches
    assert time.process_time() - start < 0.5  # it was the product of lengths and files: 100 s


def test_an_idiom_of_many_projects_is_named_once_with_their_number(index: Index) -> None:
    (match,) = find(index, f"y = 99\n\n\n{IDIOM}", "Python")

    assert (match.files, match.projects) == (5, 5)
    assert str(match).endswith("p0@1.2 run.py, Apache-2.0, and 4 more projects")


def test_a_span_that_leaves_what_many_files_share_is_found(tmp_path: Path) -> None:
    """Nine files share 60 words; a tenth has the last 31 of them and goes on as the text does."""
    for case in range(30):
        more = case % 3 + 1
        shared, further = ([f"{name}{case}_{number}" for number in range(60)] for name in ("common", "further"))
        many = [row(" ".join([f"own{number}", *shared, f"end{number}"]), f"{number}.c", "C") for number in range(9)]
        longer = row(" ".join(["apart", *shared[-31:], *further[:more], "over"]), "longer.c", "C")
        build(strip([*many, longer]), tmp_path / f"{case}")

        found = find(Index(tmp_path / f"{case}"), " ".join([*shared, *further[:more], "new"]), "C")

        assert ("longer.c", 31 + more) in [(match.path, match.tokens) for match in found], case


def test_the_same_rows_give_the_same_bytes_in_any_order(tmp_path: Path, sources: list[dict[str, Any]]) -> None:
    build(strip(sources), tmp_path / "one")
    build(strip(sources[::-1]), tmp_path / "two")

    for path in (tmp_path / "one").iterdir():
        assert path.read_bytes() == (tmp_path / "two" / path.name).read_bytes(), path.name


def test_an_index_of_nothing_finds_nothing(tmp_path: Path) -> None:
    build([], tmp_path / "empty")

    assert find(Index(tmp_path / "empty"), IDIOM * 3, "Python") == []


def broken(index: Index, folder: Path) -> Path:
    shutil.copytree(index.folder, folder)
    return folder


def test_what_is_no_index_is_one_line(index: Index, tmp_path: Path) -> None:
    other = broken(index, tmp_path / "other")
    (other / "index.json").write_text(json.dumps({**index.head, "format": 9}))
    short = broken(index, tmp_path / "short")
    (short / "texts.bin").write_bytes(b"")
    cut = broken(index, tmp_path / "cut")
    (cut / "files.npy").write_bytes(b"not an array")

    with pytest.raises(InputError, match="no index there"):
        Index(tmp_path)
    with pytest.raises(AttributionError, match=r"format 9. Allowed: 1"):
        Index(other)
    for folder in (short, cut):
        with pytest.raises(AttributionError, match="broken index"):
            Index(folder)


@given(st.lists(st.integers(0, 6), min_size=30, max_size=80), st.integers(2, 12))
def test_winnowing_keeps_one_of_every_window(values: list[int], window: int) -> None:
    places = kept(np.array(values, dtype=np.uint64), window)

    gaps = np.diff([-1, *places, len(values)])
    assert gaps.max() <= window
    assert (RENAMED.guarantee, EXACT.guarantee) == (48, 32)


def test_a_candidate_is_asked_about_in_its_place(index: Index) -> None:
    text = frozen.read("blocks/secrets.py")
    lines = text.splitlines(keepends=True)
    fragment = Fragment("".join(lines[:9]), "".join(lines[9:]), NEW, "Python")

    (match,) = Provenance(index).matches(fragment)

    assert match.lines[0] > 9
    assert match.start >= 0
    assert match.end <= len(fragment.completion.encode())
