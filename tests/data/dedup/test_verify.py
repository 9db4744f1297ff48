"""Copies are accepted, programs of one shape are not."""

from __future__ import annotations

import random
import re
from itertools import combinations

import numpy as np
import pytest

from seedbed.data.dedup import verify
from seedbed.data.dedup.verify import DIFFERENT, EDITED, RENAMED_PARTLY, RENAMED_WHOLLY, SAME_TOKENS, WHY
from tests.agreement.families import FAMILIES
from tests.agreement.likeness import are_different
from tests.agreement.transformations import Source, lay_out, rename
from tests.core.test_fingerprint import sign

HANDLER = FAMILIES["handlers"](random.Random(1))
CLASS = """package org.example;

public class Person {
    private String name;
    private int age;

    public String getName() {
        return this.name;
    }

    public int getAge() {
        return this.age;
    }
}
"""
FUNCTION = '''def merge(left, right, key=None):
    """Merge two sorted lists."""
    result = []
    i = j = 0
    while i < len(left) and j < len(right):
        if key(left[i]) <= key(right[j]):
            result.append(left[i])
            i += 1
        else:
            result.append(right[j])
            j += 1
    result.extend(left[i:])
    result.extend(right[j:])
    return result
'''


def verdict(left: str, right: str, language: str) -> int:
    ours, theirs = sign(left, language), sign(right, language)
    features = [np.array([one.features]) for one in (ours, theirs)]
    return int(verify.verify(*features, np.array([ours.ast == theirs.ast]))[0])


def renamed_variables(text: str) -> str:
    for old, new in (("left", "first"), ("right", "second"), ("result", "out"), ("i", "a"), ("j", "b")):
        text = re.sub(rf"\b{old}\b", new, text)
    return text


@pytest.mark.parametrize(
    ("copy", "wanted"),
    [
        (HANDLER.text.replace("    ", "\t") + "# the end\n", SAME_TOKENS),
        (HANDLER.text.replace(", 201", ", 200"), EDITED),
        (HANDLER.text.replace("    db.session.commit()\n", "", 1), EDITED),
        (rename(HANDLER, random.Random(3)), RENAMED_WHOLLY),
        (lay_out(HANDLER, random.Random(3)), SAME_TOKENS),
    ],
    ids=["indented anew", "a number changed", "a line deleted", "all names changed", "laid out anew"],
)
def test_a_copy_is_accepted_for_what_it_is(copy: str, wanted: int) -> None:
    assert WHY[verdict(HANDLER.text, copy, "Python")] == WHY[wanted]


def test_a_function_with_other_variables_and_the_same_calls_is_a_copy() -> None:
    assert verdict(FUNCTION, renamed_variables(FUNCTION), "Python") == RENAMED_PARTLY


@pytest.mark.parametrize("family", sorted(FAMILIES))
def test_no_two_members_of_a_family_are_taken_for_one(family: str) -> None:
    rng = random.Random(family)
    members = [FAMILIES[family](rng) for _ in range(25)]
    signed = {member: sign(member.text, member.language) for member in members}

    merged = [
        (left.name, right.name)
        for left, right in combinations(members, 2)
        if are_different(left, right) and _merges(signed[left], signed[right])
    ]

    assert merged == []


def _merges(left: object, right: object) -> bool:
    features = [np.array([one.features]) for one in (left, right)]  # type: ignore[attr-defined]
    same_tree = np.array([left.ast == right.ast])  # type: ignore[attr-defined]
    return int(verify.verify(*features, same_tree)[0]) != DIFFERENT


@pytest.mark.parametrize(
    ("old", "new"),
    [(("Person", "name", "Name", "age", "Age"), ("Product", "title", "Title", "stock", "Stock"))],
)
def test_two_classes_of_getters_are_two_though_one_renames_to_the_other(old: tuple[str, ...], new: tuple[str, ...]) -> None:
    other = CLASS
    for before, after in zip(old, new, strict=True):
        other = other.replace(before, after)

    assert verdict(CLASS, other, "Java") == DIFFERENT


@pytest.mark.parametrize(
    ("old", "new"),
    [('"no such', '"there is no'), ("(404,", "(410,"), ("{key}", "{code}")],
)
def test_a_renamed_copy_with_other_literals_in_most_places_is_another_program(old: str, new: str) -> None:
    text = rename(HANDLER, random.Random(3)).replace('"', '"other ')

    assert verdict(HANDLER.text.replace(old, new), text, "Python") == DIFFERENT


def test_small_files_are_copies_only_when_their_tokens_are_equal() -> None:
    small = "import os\n\n\ndef home():\n    return os.environ['HOME']\n"

    assert verdict(small, small.replace("    ", "  ") + "# here\n", "Python") == SAME_TOKENS
    assert verdict(small, small.replace("home", "house"), "Python") == DIFFERENT
    assert verdict(small, rename(Source("", "Python", small), random.Random(1)), "Python") == DIFFERENT


def test_files_without_a_token_are_no_copies() -> None:
    assert verdict("# one\n", "# two\n", "Python") == DIFFERENT


def test_a_program_with_other_functions_and_the_same_literals_is_a_copy() -> None:
    other = LITERALS
    for old, new in (("read_rows", "load"), ("column_sum", "add_up"), ("rows", "records"), ("total", "amount"), ("path", "name")):
        other = re.sub(rf"\b{old}\b", new, other)

    assert verdict(LITERALS, other, "Python") == RENAMED_PARTLY


def test_a_handler_of_another_thing_is_another_program_though_one_renames_to_the_other() -> None:
    assert verdict(STORE, STORE.replace("User", "Order").replace("user", "order"), "Go") == DIFFERENT


LITERALS = """import csv
import sys


def read_rows(path, delimiter=","):
    rows = []
    with open(path, newline="") as handle:
        for row in csv.reader(handle, delimiter=delimiter):
            if not row:
                continue
            rows.append([cell.strip() for cell in row])
    return rows


def column_sum(rows, index):
    total = 0.0
    for row in rows[1:]:
        try:
            total += float(row[index])
        except ValueError:
            sys.stderr.write("skipping")
    return total


if __name__ == "__main__":
    print(column_sum(read_rows(sys.argv[1]), int(sys.argv[2])))
"""
STORE = """package api

import "net/http"

func (s *Server) GetUser(w http.ResponseWriter, r *http.Request) {
	user, err := s.store.FindUser(r.Context(), r.URL.Query().Get("id"))
	if err != nil {
		http.Error(w, err.Error(), http.StatusNotFound)
		return
	}
	s.write(w, user)
}

func (s *Server) CreateUser(w http.ResponseWriter, r *http.Request) {
	var user User
	if err := s.read(r.Body, &user); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	if err := s.store.SaveUser(r.Context(), &user); err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.WriteHeader(http.StatusCreated)
}
"""
