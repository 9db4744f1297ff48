"""One parse and one walk per file."""

import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import tree_sitter
from hypothesis import given
from hypothesis import strategies as st

from seedbed.core.syntax import IDENTIFIER, LANGUAGES, error_ratio, forget, functions_of, missing_nodes, parse, token_class, walk
from seedbed.core.syntax.tree import kind_table, nodes_of, parser
from tests.agreement.cyclomatic import Tally, compare, sources

CORPUS = Path(__file__).parents[1] / "corpus" / "complexity"
SAMPLES = {language: (path, text) for path, text, language in sources(CORPUS)}
NAMES = sorted(LANGUAGES)


@pytest.mark.parametrize("language", NAMES)
def test_cyclomatic_complexity_is_lizards_in_every_language(language: str) -> None:
    path, text = SAMPLES[language]
    tally = Tally()

    compare(path, text, language, tally)

    assert (tally.different, tally.named, tally.only_ours, tally.only_lizard) == ([], [], [], [])
    assert tally.equal >= 3


def functions(text: str, language: str):
    parsed = parse(text, language)
    assert parsed is not None
    return functions_of(walk(parsed))


def test_a_text_is_parsed_once_for_all_who_ask() -> None:
    text = "x = " + "1"

    assert parse(text, "Python") is parse(text, "Python")


def test_asking_for_another_language_in_between_does_not_parse_again() -> None:
    text = "int x" + ";"
    first = parse(text, "C")
    parse(text, "C++")

    assert parse(text, "C") is first


def test_another_text_takes_the_place_of_the_first() -> None:
    first = parse("a = " + "1", "Python")
    parse("b = " + "2", "Python")

    assert parse("a = " + "1", "Python") is not first


def test_a_walk_is_made_once() -> None:
    parsed = parse("x = 1", "Python")

    assert walk(parsed) is walk(parsed)


def test_a_language_without_a_grammar_has_no_tree() -> None:
    assert parse("x", "Klingon") is None


@given(st.text(st.characters()), st.sampled_from(NAMES))
def test_any_text_has_an_error_ratio_between_0_and_1(text: str, language: str) -> None:
    parsed = parse(text, language)

    assert 0 <= error_ratio(parsed) <= 1
    assert missing_nodes(parsed) >= 0


@given(st.text("if(){}[];:= \n\tabf'\"`$<>&|?/*#", max_size=80), st.sampled_from(NAMES))
def test_tokens_lie_in_order_inside_the_source(text: str, language: str) -> None:
    tokens = walk(parse(text, language))

    assert (tokens.ends > tokens.starts).all()
    assert (tokens.starts[1:] >= tokens.ends[:-1]).all()
    assert tokens.ends.max(initial=0) <= len(tokens.parsed.source)


@pytest.mark.parametrize("language", NAMES)
def test_keywords_and_operators_are_as_long_as_their_names(language: str) -> None:
    tokens = walk(parse(SAMPLES[language][1], language))
    names = kind_table(tokens.parsed.grammar).names
    named = kind_table(tokens.parsed.grammar).named

    wrong = [
        (names[kind], tokens.parsed.source[start:end])
        for kind, start, end in zip(tokens.raw, tokens.starts, tokens.ends, strict=True)
        if not named[kind] and tokens.parsed.source[start:end].strip() != names[kind].encode().strip()
    ]

    assert wrong == []


@pytest.mark.parametrize("language", NAMES)
def test_all_of_the_text_but_comments_and_white_space_is_in_a_token(language: str) -> None:
    tokens = walk(parse("a" + ";" * (language != "Python"), language))

    assert b"".join(tokens.parsed.source[s:e] for s, e in zip(tokens.starts, tokens.ends, strict=True)) == tokens.parsed.source


@pytest.mark.parametrize("language", NAMES)
def test_token_classes_of_different_kinds_are_different(language: str) -> None:
    grammar = LANGUAGES[language].grammars[0]
    names = set(kind_table(grammar).names) - grammar.leaves.identifiers

    assert len({token_class(name) for name in names}) == len(names)


def test_identifiers_are_one_class_whatever_they_name() -> None:
    one, other = walk(parse("struct A { int b; } c;", "C")), walk(parse("struct X { int y; } z;", "C"))

    assert one.kinds.tolist() == other.kinds.tolist()
    assert (one.kinds == IDENTIFIER).sum() == 3


def test_comments_leave_no_token() -> None:
    assert walk(parse("# only this\n", "Python")).kinds.size == 0


def test_a_string_is_one_token_unless_it_holds_code() -> None:
    assert walk(parse("'a\\n{b}'", "Python")).kinds.size == 1
    assert walk(parse("f'a{b}'", "Python")).kinds.size > 1
    assert walk(parse("`a`", "JavaScript")).kinds.size == 1
    assert walk(parse("`${a}`", "JavaScript")).kinds.size > 1


def test_typescript_is_read_by_the_grammar_with_fewer_errors() -> None:
    cast, element = "let a = <T>b;\n", "let a = <T>b</T>;\n"

    assert [error_ratio(parse(text, "TypeScript")) for text in (cast, element)] == [0, 0]


def test_the_file_name_may_say_which_typescript_comes_first() -> None:
    forget()

    assert parse("let a = 1;" + "\n", "TypeScript", "a.tsx").grammar.function == "language_tsx"


def test_nesting_as_deep_as_it_may_be_is_walked() -> None:
    depth = sys.getrecursionlimit() * 3
    tokens = walk(parse("(" * depth + "x" + ")" * depth, "JavaScript"))

    assert tokens.kinds.size == 2 * depth + 1


def test_a_bracket_left_open_is_damage() -> None:
    parsed = parse("int f() { return 1;", "C")

    assert missing_nodes(parsed) + error_ratio(parsed) > 0


def test_damage_is_what_a_full_search_of_the_tree_finds() -> None:
    parsed = parse("def f(:\n  pass\nx = (\n", "Python")
    found, stack = 0, [parser(parsed.grammar).parse(parsed.source).root_node]
    while stack:
        node: tree_sitter.Node = stack.pop()
        found += node.is_missing
        stack += node.children

    assert missing_nodes(parsed) == found


@pytest.mark.parametrize("bracket", ["(", "{", "[,"])
def test_nodes_of_a_file_of_open_brackets_are_found_within_a_moment(bracket: str) -> None:
    parsed = parse("import os\n" + bracket * 40_000 + "\nimport sys\n", "Python")
    assert parsed
    start = time.thread_time()

    found = list(nodes_of(parsed, ("import_statement",)))

    assert time.thread_time() - start < 1  # a query takes ten times as long, and four times that for a file twice as long
    assert [node.text for node in found][:1] == [b"import os"]


@pytest.mark.parametrize("language", NAMES)
def test_a_tree_that_is_walked_has_the_nodes_that_a_query_finds(language: str) -> None:
    text = SAMPLES[language][1]
    parsed = parse(text[: len(text) // 2], language)
    assert parsed
    kinds, span = ("identifier", "string", "ERROR", "comment"), (200, 900)
    asked = [list(nodes_of(parsed, kinds, part)) for part in (None, span)]

    walked = [list(nodes_of(parsed, kinds, part, wide_error=0)) for part in (None, span)]

    assert walked == asked
    assert len(walked[0]) > len(walked[1]) > 3


def test_other_threads_go_on_while_a_long_text_is_parsed() -> None:
    began, over = threading.Event(), threading.Event()
    turns: list[bool] = []

    def take_turns() -> None:
        began.set()
        while not over.is_set():
            turns.append(over.wait(0.001))

    with ThreadPoolExecutor(1) as pool:
        done = pool.submit(take_turns)
        began.wait()
        before = len(turns)
        parse('"' * 60_000, "Go")
        went_on = len(turns) - before
        over.set()
        done.result()

    assert went_on > 5  # one or two, where the parser holds the interpreter


@pytest.mark.parametrize(("language", "text"), [("C++", "a<"), ("TypeScript", "a<b,"), ("Java", "a<")])
def test_what_takes_a_parser_all_memory_is_damage_unparsed(language: str, text: str) -> None:
    parsed = parse(text * 10_000 + "b, ", language)

    assert parsed
    assert error_ratio(parsed) == 1
    assert list(nodes_of(parsed, ("identifier",))) == []
    assert len(walk(parsed).kinds) == 0


def test_else_if_is_no_deeper_than_if() -> None:
    code = "int f(int a) { if (a) { while (a) {} } else if (a) { for (;;) {} } return 0; }"

    assert [one.nesting for one in functions(code, "C")] == [2]


def test_decisions_of_an_inner_function_are_its_own() -> None:
    code = "def f(a):\n    if a:\n        def g(b):\n            return b or a\n        return g\n"

    assert [(one.name, one.cyclomatic) for one in functions(code, "Python")] == [("f", 2), ("g", 2)]


@pytest.mark.parametrize(
    ("code", "language", "names"),
    [
        ("class A:\n    def f(self): pass\n", "Python", ["A::f"]),
        ("int A::f() { return 1; }", "C++", ["A::f"]),
        ("int A::\n  f() { return 1; }", "C++", ["A::f"]),
        ("int *f(void) { return 0; }", "C", ["f"]),
        ("const f = (x) => x;", "JavaScript", ["f"]),
        ("run(() => 1);", "JavaScript", ["(anonymous)"]),
        ("impl A { fn f(&self) {} }", "Rust", ["A::f"]),
        ("abstract class A { abstract void f(); void g() {} }", "Java", ["A::g"]),
    ],
)
def test_functions_are_called_by_what_they_were_declared_with(code: str, language: str, names: list[str]) -> None:
    assert [one.name for one in functions(code, language)] == names


@pytest.mark.parametrize(
    ("code", "language", "count"),
    [
        ("def f(a, /, b, *, c=1, **d): pass\n", "Python", 4),
        ("int f(void) { return 1; }", "C", 0),
        ("int f(int a, char *b, ...) { return 1; }", "C", 2),
        ("package a\nfunc f(a, b int, c ...string) {}\n", "Go", 3),
        ("fn f(&self, a: u8) {}", "Rust", 2),
        ("const f = x => x;", "JavaScript", 1),
        ("class A { void f(int a, int... b) {} }", "Java", 2),
        ("function f(a: number, b?: string) {}", "TypeScript", 2),
    ],
)
def test_parameters_are_counted_by_name(code: str, language: str, count: int) -> None:
    assert [one.parameters for one in functions(code, language)] == [count]


def test_lines_run_from_the_name_to_the_end() -> None:
    (one,) = functions("static int\nf(void)\n{\n  return 1;\n}\n", "C")

    assert (one.start_line, one.lines) == (2, 4)
