"""Fingerprints see programs, not their names or their looks."""

from __future__ import annotations

import random
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from seedbed.core.syntax import hashing, parse, walk
from seedbed.core.syntax.fingerprint import FEATURES, Fingerprint, content_hash, decode, encode, fingerprint
from tests.agreement.families import FAMILIES
from tests.agreement.transformations import rename

PROGRAM = '''import os

def total(rows, limit=10):
    """Sum of the first rows."""
    result = 0
    for row in rows:
        if row > limit:
            result += row * 2
        else:
            result -= os.environ.get("SHIFT", 1)
    return result
'''


def sign(text: str, language: str = "Python") -> Fingerprint:
    parsed = parse(text, language)
    assert parsed is not None
    return fingerprint(parsed, walk(parsed))


@given(seed=st.integers(0, 10_000), family=st.sampled_from(sorted(FAMILIES)))
def test_renaming_every_identifier_changes_no_bit_of_simhash_tree_hash_or_renamed_hash(seed: int, family: str) -> None:
    source = FAMILIES[family](random.Random(seed))

    original, renamed = sign(source.text, source.language), sign(rename(source, random.Random(seed + 1)), source.language)

    assert (original.simhash, original.ast) == (renamed.simhash, renamed.ast)
    assert original.features["renamed_hash"] == renamed.features["renamed_hash"]
    assert original.features["tokens_hash"] != renamed.features["tokens_hash"]


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.replace("    ", "\t"),
        lambda text: text.replace("\n", "\r\n"),
        lambda text: text.replace("    for", "    # each in turn\n    for"),
        lambda text: text.replace("rows, limit=10", "\n    rows,\n    limit=10,\n"),
        lambda text: text.replace('"SHIFT"', "'SHIFT'"),
    ],
    ids=["tabs", "crlf", "comment", "broken line with trailing comma", "other quotes"],
)
def test_looks_do_not_count(change: object) -> None:
    assert callable(change)
    original, copy = sign(PROGRAM), sign(change(PROGRAM))

    assert original.features.tobytes() == copy.features.tobytes()
    assert (original.simhash, original.ast) == (copy.simhash, copy.ast)


def test_line_ends_between_elements_of_markup_do_not_count() -> None:
    markup = "export const A = () => (\n  <div>\n    <b>one</b>\n    <i>two</i>\n  </div>\n);\n"

    original, copy = sign(markup, "TypeScript"), sign(markup.replace("\n", "\r\n"), "TypeScript")

    assert original.features.tobytes() == copy.features.tobytes()


@pytest.mark.parametrize(
    ("old", "new", "field"),
    [("* 2", "* 3", "renamed_hash"), ("+=", "-=", "operators"), ("result += row", "result += limit", "renamed_hash")],
    ids=["literal", "operator", "which name"],
)
def test_what_a_program_does_counts_whatever_its_names(old: str, new: str, field: str) -> None:
    original, other = sign(PROGRAM), sign(PROGRAM.replace(old, new))

    assert original.features[field].tobytes() != other.features[field].tobytes()


def test_tree_hash_tells_python_blocks_apart_that_have_equal_tokens() -> None:
    inside, after = sign("if a:\n    b()\n    c()\n"), sign("if a:\n    b()\nc()\n")

    assert inside.features["tokens_hash"] == after.features["tokens_hash"]
    assert inside.ast != after.ast


@pytest.mark.parametrize(
    ("left", "right", "equal"),
    [
        ("a\n\n\nb  \n", "a\nb", True),
        ("a\r\nb", "a\nb\n", True),
        ("\ufeffa", "a", True),
        ("if a:\n    b", "if a:\n  b", False),
        ("a b", "ab", False),
    ],
)
def test_content_hash_passes_over_white_space_that_no_language_sees(left: str, right: str, equal: bool) -> None:
    assert (content_hash(left) == content_hash(right)) is equal


def test_fingerprints_are_the_same_in_another_process() -> None:
    code = "from tests.core.test_fingerprint import *; s = sign(PROGRAM); print(s.simhash, s.ast, content_hash(PROGRAM), encode(s.features))"

    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()

    here = sign(PROGRAM)
    assert said == [str(here.simhash), str(here.ast), content_hash(PROGRAM), encode(here.features)]


def test_fingerprints_are_the_ones_that_were_published() -> None:
    """Changing a hash makes every dataset's fingerprints incomparable: do it knowingly, and say so in the changelog."""
    found = sign(PROGRAM)

    assert (f"{found.simhash:016x}", f"{found.ast:016x}", content_hash(PROGRAM)) == PUBLISHED


PUBLISHED = ("5293515dd9199b54", "3397b71f2f5f3b25", "c666c7505d46bdbbd0c1205f9746b992")


def test_features_survive_their_text_form() -> None:
    features = sign(PROGRAM).features

    assert decode(encode(features)).tobytes() == features.tobytes()
    assert len(features.tobytes()) == FEATURES.itemsize


@given(st.lists(st.integers(0, 5), max_size=60))
def test_equal_distances_mean_renaming(names: list[int]) -> None:
    values = hashing.mix(np.array(names, dtype=np.uint64))
    others = hashing.mix(np.array([7 * name + 100 for name in names], dtype=np.uint64))

    distances = hashing.previous_distances(values)

    assert distances.tolist() == hashing.previous_distances(others).tolist()
    last: dict[int, int] = {}
    for place, name in enumerate(names):
        assert distances[place] == (place - last[name] if name in last else 0)
        last[name] = place


@given(st.binary(max_size=300), st.data())
def test_span_hash_is_that_of_the_bytes_alone(source: bytes, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(source)))
    end = data.draw(st.integers(start, len(source)))
    bounds = [np.array([value], dtype=np.uint32) for value in (start, end, 0, end - start)]

    inside, alone = hashing.span_hashes(source, *bounds[:2]), hashing.span_hashes(source[start:end], *bounds[2:])

    assert inside.tolist() == alone.tolist()


def test_sketch_estimates_the_share_in_common() -> None:
    ours = hashing.mix(np.arange(1, 1001, dtype=np.uint64))
    theirs = hashing.mix(np.arange(201, 1201, dtype=np.uint64))

    left, right = (hashing.sketches([values], [512]) for values in (ours, theirs))

    assert abs(np.mean(left == right) - 800 / 1200) < 0.08


def test_simhash_follows_the_majority_and_rare_features_move_few_bits() -> None:
    features = hashing.mix(np.arange(500, dtype=np.uint64))
    touched = np.concatenate((features[10:], hashing.mix(np.arange(9000, 9010, dtype=np.uint64))))

    near = (hashing.simhash(features) ^ hashing.simhash(touched)).bit_count()
    far = (hashing.simhash(features) ^ hashing.simhash(hashing.mix(features))).bit_count()

    assert near < 8
    assert far > 16


def test_nothing_has_a_fingerprint_of_zeros_and_no_error() -> None:
    found = sign("# only words\n\n")

    assert found.simhash == 0
    assert found.features["tokens"] == 0
