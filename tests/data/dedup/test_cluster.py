"""Clusters come from verified pairs only; one copy is kept, by a rule; the most restrictive license wins."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seedbed.data.dedup.cluster import Cluster, HashedFile, Link, clusters
from seedbed.data.dedup.pairs import EQUAL_CONTENT
from seedbed.data.dedup.verify import EDITED, SAME_TOKENS, Member, member_of

PLAIN = Member("", "p", "a.py", "", "MIT", allowed=True, restricted=False, own_license=False, release_date="2024-01-01")


def files(*members: Member) -> dict[int, HashedFile]:
    named = [replace(member, id=f"{chr(97 + number)}", project=f"p{number}") for number, member in enumerate(members)]
    return {number: HashedFile(member, (number, number), number) for number, member in enumerate(named)}


def shape(found: list[Cluster]) -> list[list[str]]:
    return sorted([placed.member.id for placed in cluster.members] for cluster in found)


def test_a_chain_is_cut_where_the_first_and_the_last_were_not_verified() -> None:
    found = clusters(files(PLAIN, PLAIN, PLAIN), [Link(0, 1, EDITED), Link(1, 2, EDITED)])

    assert shape(found) == [["a", "b"]]


def test_equality_carries_over() -> None:
    found = clusters(files(PLAIN, PLAIN, PLAIN, PLAIN), [Link(0, 1, EQUAL_CONTENT), Link(1, 2, SAME_TOKENS), Link(2, 3, EDITED)])

    assert shape(found) == [["a", "b", "c", "d"]]


@pytest.mark.parametrize(
    "better",
    [
        replace(PLAIN, own_license=True),
        replace(PLAIN, release_date="2019-01-01"),
        replace(PLAIN, path="b"),
    ],
    ids=["states its license itself", "is older", "has a shorter path"],
)
def test_the_kept_copy(better: Member) -> None:
    (found,) = clusters(files(PLAIN, better, PLAIN), [Link(0, 1, EDITED), Link(1, 2, EDITED), Link(0, 2, EDITED)])

    assert found.kept is not None
    assert found.kept.id == "b"


def test_an_unlicensed_copy_is_never_kept_and_forbids_nothing() -> None:
    unlicensed = replace(PLAIN, license=None, allowed=False, release_date="1999-01-01")

    (found,) = clusters(files(unlicensed, PLAIN), [Link(0, 1, EQUAL_CONTENT)])

    assert found.kept is not None
    assert found.kept.id == "b"
    assert found.conflict is None


def test_a_restricted_copy_forbids_the_whole_cluster() -> None:
    gpl = replace(PLAIN, license="GPL-3.0-only", allowed=False, restricted=True)

    (found,) = clusters(files(gpl, PLAIN, PLAIN), [Link(0, 1, EDITED), Link(1, 2, EQUAL_CONTENT)])

    assert found.kept is None
    assert found.conflict is not None
    assert found.conflict.license == "GPL-3.0-only"
    assert len(found.members) == 3


def test_a_restricted_copy_of_any_member_forbids_the_cluster() -> None:
    gpl = replace(PLAIN, license="GPL-3.0-only", allowed=False, restricted=True)

    (found,) = clusters(files(PLAIN, PLAIN, gpl), [Link(0, 1, EDITED), Link(1, 2, EDITED)])

    assert shape([found]) == [["a", "b"]]
    assert found.kept is None


def test_refused_files_alone_are_no_cluster() -> None:
    refused = replace(PLAIN, license=None, allowed=False)

    assert clusters(files(refused, refused), [Link(0, 1, EQUAL_CONTENT)]) == []


def test_a_license_that_took_too_long_to_read_forbids_nothing() -> None:
    slow = member_of("x", {"license": "MIT", "license_allowed": False, "filter_reason": "license_timeout"})

    assert (slow.allowed, slow.restricted) == (False, False)


members = st.builds(
    Member,
    id=st.just(""), project=st.just(""), path=st.sampled_from("ab"), swhid=st.just(""), license=st.sampled_from(["MIT", None]),
    allowed=st.booleans(), restricted=st.booleans(), own_license=st.booleans(), release_date=st.sampled_from([None, "2020", "2021"]),
)  # fmt: skip
links = st.lists(
    st.tuples(st.integers(0, 7), st.integers(0, 7), st.sampled_from([SAME_TOKENS, EDITED, EQUAL_CONTENT])), max_size=14
)


@given(found=st.lists(members, min_size=8, max_size=8), pairs=links, seed=st.integers(0, 99))
def test_the_order_of_files_and_links_has_no_say(found: list[Member], pairs: list[tuple[int, int, int]], seed: int) -> None:
    numbered = files(*found)
    numbers = random.Random(seed).sample(range(8), 8)
    shuffled = {numbers[number]: file for number, file in numbered.items()}
    moved = [Link(numbers[right], numbers[left], verdict) for left, right, verdict in reversed(pairs)]

    assert clusters(numbered, [Link(*pair) for pair in pairs]) == clusters(shuffled, moved)


@given(found=st.lists(members, min_size=8, max_size=8), pairs=links)
def test_every_file_is_in_one_cluster_at_most_and_what_is_kept_is_allowed(
    found: list[Member], pairs: list[tuple[int, int, int]]
) -> None:
    result = clusters(files(*found), [Link(*pair) for pair in pairs])

    placed = [one.member.id for cluster in result for one in cluster.members]
    assert len(placed) == len(set(placed))
    assert all(cluster.kept is None or cluster.kept.allowed for cluster in result)
