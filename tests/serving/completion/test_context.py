"""A long file within a budget: never over it, the nearest lines always, imports and heads where they can be paid."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from seedbed.core.syntax import LANGUAGES
from seedbed.models.inference.vocabulary import FileVocabulary
from seedbed.serving.completion.context import enclosing_scopes, trim, trim_to_nearest

PYTHON = '''import os
import json as j
from collections import (
    OrderedDict,
    defaultdict,
)


class Store:
    """Keeps things."""

    def first(self) -> None:
        pass

    def load(
        self, path: str
    ) -> dict[str, int]:
        """Read them."""
{filler}        with open(path) as file:
            data = j.'''

LINES = st.lists(
    st.one_of(
        st.sampled_from(
            ["import os", "def f(x):", "    return x", "class A {", "}", "", "\t\tx = 1", "# é🤗", "from a import b", "x" * 300]
        ),
        st.text(max_size=40),
    ),
    max_size=60,
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    before=LINES,
    after=LINES,
    budget=st.integers(0, 300),
    language=st.sampled_from([*LANGUAGES, ""]),
    end=st.sampled_from("\n\r "),
)
def test_it_is_never_over_budget(
    words: FileVocabulary, before: list[str], after: list[str], budget: int, language: str, end: str
) -> None:
    prefix, suffix = "\n".join(before) + end, "\n".join(after)

    def count(text: str) -> int:
        return len(words.encode(text))

    for context in (trim(prefix, suffix, language, budget, count), trim_to_nearest(prefix, suffix, budget, count)):
        assert count(context.prefix) + count(context.suffix) <= budget
        assert suffix.startswith(context.suffix)
        if count(prefix) + count(suffix) <= budget:
            assert (context.prefix, context.suffix) == (prefix, suffix)


@pytest.fixture
def long(words: FileVocabulary) -> str:
    return PYTHON.format(filler="".join(f"        value_{number} = {number} * 2\n" for number in range(200)))


def test_imports_and_heads_are_kept_from_far_away(words: FileVocabulary, long: str) -> None:
    context = trim(long, "\n", "Python", 400, lambda text: len(words.encode(text)))

    kept = context.prefix
    assert kept.startswith("import json as j\nclass Store:\n")
    assert "    def load(\n        self, path: str\n    ) -> dict[str, int]:\n" in kept
    assert "def first" not in kept
    assert "value_1 = " not in kept
    assert kept.endswith("value_199 = 199 * 2\n        with open(path) as file:\n            data = j.")


def test_only_an_import_that_is_used_near_the_cursor_is_kept(words: FileVocabulary, long: str) -> None:
    context = trim(long, "", "Python", 120, lambda text: len(words.encode(text)))

    assert "import json as j\n" in context.prefix
    assert "OrderedDict" not in context.prefix


def test_what_fits_is_left_as_it_is(words: FileVocabulary) -> None:
    context = trim("a\r\nb", "c\r\n", "Python", 50, lambda text: len(words.encode(text)))

    assert (context.prefix, context.suffix) == ("a\r\nb", "c\r\n")


def test_the_text_behind_gets_its_share(words: FileVocabulary, long: str) -> None:
    context = trim(long, long, "Python", 400, lambda text: len(words.encode(text)))

    assert 60 <= len(words.encode(context.suffix)) <= 100


@pytest.mark.parametrize(
    ("language", "prefix", "suffix", "imports", "heads"),
    [
        (
            "Python",
            "import a\nclass A:\n    def f(self):\n        if x:\n            ",
            "",
            ["import a"],
            ["class A:", "    def f(self):", "        if x:"],
        ),
        (
            "Java",
            "import a.B;\n\nclass A {\n  int f(int x) {\n    return ",
            "\n  }\n}\n",
            ["import a.B;"],
            ["class A {", "  int f(int x) {"],
        ),
        ("Go", 'package a\n\nimport "fmt"\n\nfunc f() {\n\t', "\n}\n", ['import "fmt"'], ["func f() {"]),
        ("Rust", "use a::b;\nimpl A {\n    fn f() {\n        ", "\n    }\n}\n", ["use a::b;"], ["impl A {", "    fn f() {"]),
        ("C", "#include <a.h>\nint f(void)\n{\n    return ", ";\n}\n", ["#include <a.h>"], ["int f(void)", "{"]),
        (
            "TypeScript",
            "import { a } from './a';\nclass A {\n  f(): void {\n    ",
            "\n  }\n}\n",
            ["import { a } from './a';"],
            ["class A {", "  f(): void {"],
        ),
        ("JavaScript", "class A {\n  f() {\n    if (", "", [], ["class A {", "  f() {"]),
        ("", "A\n  B\n  C\n    D\n      ", "", [], ["A", "  C", "    D"]),
    ],
)
def test_what_encloses_the_cursor_is_found(language: str, prefix: str, suffix: str, imports: list[str], heads: list[str]) -> None:
    around = enclosing_scopes(prefix, suffix, language)

    lines = prefix.split("\n")
    assert [lines[number] for one, _ in around.imports for number in one if lines[number].strip()] == imports
    assert [lines[number] for one in around.heads for number in one] == heads
