"""Questions of a split: about one file each, inside a function, the same every time, whatever other files there are."""

from __future__ import annotations

import pytest

from seedbed.evaluation.prompts import Document, drawn, languages_of
from seedbed.evaluation.tasks.base import SamplingSettings
from seedbed.evaluation.tasks.split import ProblemSelection, functions, masked_span, select_problems
from seedbed.evaluation.tasks.syntax import Syntax, SyntaxTask, is_accepted
from tests.models.small_dataset import code

CUTS = ("line", "span", "function")


@pytest.fixture(scope="module")
def documents() -> list[Document]:
    return [Document(id=row["id"], language=row["language"], text=row["text"], path=row["path"]) for row in code()]


@pytest.mark.parametrize("cut", CUTS)
def test_a_question_is_a_file_cut_in_three_inside_a_function(documents: list[Document], cut: str) -> None:
    texts = {document.id: document for document in documents}
    made = select_problems(documents, ProblemSelection(cut, 20, (), 17))  # type: ignore[arg-type]

    assert len(made) >= 25
    assert len({one.id.rpartition("#")[0] for one in made}) == len(made)
    for one in made:
        document = texts[one.id.rpartition("#")[0]]
        assert one.prefix + one.truth + one.suffix == document.text
        start = len(one.prefix)
        assert any(body.scope <= start and start + len(one.truth) <= body.end for body in functions(document))


def test_a_line_is_whole_and_no_comment(documents: list[Document]) -> None:
    for one in select_problems(documents, ProblemSelection("line", 40, ("Python",), 3)):
        assert one.prefix.endswith("\n")
        assert "\n" not in one.truth
        assert one.suffix.startswith("\n") or not one.suffix
        assert not one.truth.strip().startswith("#")


def test_a_function_is_asked_for_with_all_its_lines(documents: list[Document]) -> None:
    for one in select_problems(documents, ProblemSelection("function", 40, (), 3)):
        assert one.prefix.endswith("\n")
        assert 2 <= len(one.truth.splitlines()) <= 24


@pytest.mark.parametrize("cut", CUTS)
def test_the_choice_depends_on_no_other_file(documents: list[Document], cut: str) -> None:
    all_of_them = [masked_span(one, cut, 17) for one in documents]  # type: ignore[arg-type]

    assert [masked_span(one, cut, 17) for one in reversed(documents)] == all_of_them[::-1]  # type: ignore[arg-type]
    assert [masked_span(one, cut, 18) for one in documents] != all_of_them  # type: ignore[arg-type]
    names = [one.id for one in drawn(documents, "Python", 10, 17, cut)]
    assert [one.id for one in drawn(reversed(documents), "Python", 10, 17, cut)] == names


def test_languages_take_turns(documents: list[Document]) -> None:
    languages = languages_of(documents)
    first = select_problems(documents, ProblemSelection("line", 2, (), 17))[: len(languages)]

    assert [one.language for one in first] == languages


def test_languages_are_chosen(documents: list[Document]) -> None:
    made = select_problems(documents, ProblemSelection("line", 5, ("Go", "Rust"), 17))

    assert {one.language for one in made} == {"Go", "Rust"}


def test_what_stands_there_is_always_accepted_as_syntax_and_damage_is_not(documents: list[Document]) -> None:
    task = SyntaxTask(name="s", title="S", kind="syntax", problems=15, sampling=SamplingSettings())
    asked = Syntax(task, documents).problems

    assert len(asked) >= 15
    for one in asked:
        true = "".join((one.truth + one.suffix).splitlines(keepends=True)[:8])
        assert is_accepted(one, true)
        damage = ") = (\n\n\n" + true
        assert not (is_accepted(one, damage) and is_accepted(one, '"""' + damage)), "in a docstring the first is a sentence"


def test_a_completion_of_half_a_line_is_judged_as_it_is(documents: list[Document]) -> None:
    (one,) = select_problems(documents, ProblemSelection("line", 1, ("Python",), 17))
    indentation = one.truth[: len(one.truth) - len(one.truth.lstrip())]

    assert is_accepted(one, f"{indentation}value = compute(")
    assert not is_accepted(one, f"{indentation}value = ) compute(")
    assert is_accepted(one, "")
