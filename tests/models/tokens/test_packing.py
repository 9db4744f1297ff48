"""Packing: one project one run, each file behind its mark, copies by language, and draws that nothing else can move."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seedbed.models.tokens.packing import CorpusFile, FimSettings, Group, groups, repository_name, segments

PLAIN = FimSettings(rate=0.0, spm_rate=0.0, span=100, seed=1)
CUT = FimSettings(rate=1.0, spm_rate=0.5, span=100, seed=1)


def source(project: str, path: str, language: str = "Python", text: str = "x\n") -> CorpusFile:
    return CorpusFile(f"{project}#{path}", project, path, language, text)


FILES = [source(project, f"{name}.py") for project in ("pkg:pypi/p", "pkg:pypi/q", "pkg:pypi/r") for name in "abc"]


def told(group: Group, fim: FimSettings = PLAIN) -> str:
    return "".join(piece.text for piece in segments(group, fim))


def test_a_project_is_told_by_name_then_file_by_file_to_the_end() -> None:
    (group,) = groups([source("pkg:pypi/p", "b.py", text="import a\n"), source("pkg:pypi/p", "a.py", text="y = 1\n")], {}, 1)

    assert told(group) == "<repo_name>p<file_sep>a.py\ny = 1\n<file_sep>b.py\nimport a\n<|endoftext|>"


def test_a_text_without_project_and_path_is_told_alone() -> None:
    (first, _) = groups([CorpusFile("1", "", "", "unknown", "one"), CorpusFile("2", "", "", "unknown", "two")], {}, 1)

    assert told(first) in {"<file_sep>one<|endoftext|>", "<file_sep>two<|endoftext|>"}


def test_filling_in_the_middle_stays_within_its_file() -> None:
    (group,) = groups([source("p", f"{name}.py", text=name * 40) for name in "abc"], {}, 1)

    files = told(group, CUT).removesuffix("<|endoftext|>").split("<file_sep>")[1:]

    assert [
        set(file.partition("\n")[2].replace("<fim_prefix>", "").replace("<fim_suffix>", "").replace("<fim_middle>", ""))
        for file in files
    ] == [{"a"}, {"b"}, {"c"}]
    assert all(file.count("<fim_middle>") == 1 for file in files)


def test_each_span_of_a_long_file_begins_with_its_path() -> None:
    (group,) = groups([source("p", "a.py", text=("y" * 59 + "\n") * 3)], {}, 1)

    assert told(group, CUT).count("<file_sep>a.py\n<fim_prefix>") == 3


@given(order=st.permutations(FILES), seed=st.integers(0, 9))
def test_the_order_in_which_files_come_never_matters(order: list[CorpusFile], seed: int) -> None:
    assert groups(order, {"Python": 1.5}, seed) == groups(FILES, {"Python": 1.5}, seed)


def test_a_file_is_cut_the_same_whoever_stands_beside_it() -> None:
    alone = told(Group("p", 0, (source("p", "a.py", text="abcdef" * 9),)), CUT)
    beside = told(Group("p", 0, (source("p", "a.py", text="abcdef" * 9), source("p", "b.py"))), CUT)

    assert beside.startswith(alone.removesuffix("<|endoftext|>"))


def test_a_copy_is_cut_anew() -> None:
    file = source("p", "a.py", text="abcdef" * 9)

    assert told(Group("p", 0, (file,)), CUT) != told(Group("p", 1, (file,)), CUT)


def test_another_seed_draws_another_order() -> None:
    files = [source(f"p{number}", "a.py") for number in range(20)]

    assert [group.name for group in groups(files, {}, 1)] != [group.name for group in groups(files, {}, 2)]


def test_languages_are_seen_as_often_as_asked() -> None:
    files = [
        source(f"p{number % 7}", f"{number}.{language}", language) for language in ("C", "Go", "Rust") for number in range(1000)
    ]

    seen = Counter(file.language for group in groups(files, {"C": 1.0, "Go": 2.25, "Rust": 3.0}, 1) for file in group.files)

    assert seen["C"] == 1000
    assert seen["Rust"] == 3000
    assert seen["Go"] == pytest.approx(2250, abs=60)


def test_no_file_is_left_out_and_none_twice_in_a_group() -> None:
    made = groups(FILES, {"Python": 2.5}, 1)

    assert {file.id for group in made for file in group.files} == {file.id for file in FILES}
    assert all(len(set(group.files)) == len(group.files) for group in made)


@pytest.mark.parametrize(
    ("project", "name"),
    [
        ("pkg:pypi/requests", "requests"),
        ("pkg:npm/%40scope/name", "%40scope/name"),
        ("https://example.org/ann/tool.git", "ann/tool"),
        ("ssh://git@example.org/a/b/c", "b/c"),
        ("https://example.org", "https://example.org"),
        ("plain", "plain"),
        ("a/b/c", "a/b/c"),
    ],
)
def test_a_project_has_the_name_that_people_use(project: str, name: str) -> None:
    assert repository_name(project) == name
