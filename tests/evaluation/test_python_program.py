"""A solution and its tests in two processes: what crosses, what does not, and whose names are whose."""

from __future__ import annotations

from pathlib import Path

import numpy
import pytest

from seedbed.evaluation.problems import python_program
from seedbed.evaluation.sandbox import Limits, check

pytestmark = pytest.mark.sandbox


def verdict(solution: str, tests: str, **more: object) -> str:
    return check(python_program(solution, tests, **more), Limits(cpu_seconds=1, wall_seconds=30)).words


PLAIN = """
None True 0 -7 2**100 -(10**4000) 1.5 -0.0 float('inf') 'text' '\\ud800' '' b'\\x00a' bytearray(b'b') 1j [1,[2,[]]] (1,(2,)) {1,2}
frozenset({(1,2)}) {'a':[1],2:None,(1,2):{}} range(1,9,3) [True,1,1.0]
"""


def test_plain_data_crosses_both_ways_unchanged() -> None:
    tests = f"""
for x in [{", ".join(PLAIN.split())}]:
    y = same(x)
    assert y == x and type(y) is type(x) and repr(y) == repr(x), y
    assert kind(x) == type(x).__name__
"""
    assert verdict("same = lambda x: x\nkind = lambda x: type(x).__name__", tests) == "passed"


def test_a_subclass_of_plain_data_crosses_as_plain_data() -> None:
    solution = """
from collections import *
from enum import IntEnum
def f():
    return [Counter('aab'), OrderedDict(a=2, b=1), defaultdict(int, {1: 2}), namedtuple('P', 'a')(5), IntEnum('E', 'A').A]
"""
    tests = """
assert f() == [{'a': 2, 'b': 1}, {'a': 2, 'b': 1}, {1: 2}, (5,), 1]
assert list(map(type, f())) == [dict, dict, dict, tuple, int]
"""
    assert verdict(solution, tests) == "passed"


def test_objects_stay_where_they_are_and_can_be_used_from_afar() -> None:
    solution = """
class Pair:
    def __init__(self, a, b=0): self.a, self.b = a, b
    def swapped(self): return Pair(self.b, self.a)
    def __eq__(self, other): return True
def total(pairs): return sum(p.a for p in pairs)
def odd(): yield from (1, 3)
"""
    tests = """
one = Pair(1, b=2)
assert one.a == 1 and one.swapped().a == 2 and total([one, Pair(5)]) == 6
assert one != Pair(1, 2) and one == one and not (one == 1)
assert list(odd()) == [1, 3] and sorted(map(lambda x: -x, odd())) == [-3, -1]
"""
    assert verdict(solution, tests) == "passed"


def test_names_of_the_prelude_are_the_tests_own_but_for_those_given() -> None:
    prelude = "def helper(): return 'tests'\ndef f(): ...\n"
    solution = "def helper(): return 'solution'\ndef f(): return helper()\ndef sum(x): return 'solution'\n"

    assert (
        verdict(solution, "assert (helper(), f(), sum([1, 2])) == ('tests', 'solution', 3)", prelude=prelude, own=["f"])
        == "passed"
    )


@pytest.mark.parametrize(
    ("solution", "words"),
    [
        ("def f(): return 2", "failed: AssertionError: two"),
        ("def f(): return g()", "failed: NameError: name 'g' is not defined"),
        ("def g(): return 1", "failed: NameError: name 'f' is not defined"),
        ("def f(:", "failed: SyntaxError: invalid syntax (solution.py, line 1)"),
        ("raise SystemExit(0)", "failed: SystemExit: 0"),
        ("import os\nos._exit(0)", "failed: the solution ended with exit code 0 before it answered"),
        ("def f():\n  import os\n  os.abort()", "failed: the solution ended with exit code 134 before it answered"),
        ("def f():\n  while 1: pass", "timed out: 1 s of CPU time"),
        ("def f():\n  return [0] * 10**9", "failed: MemoryError"),
        ("def f():\n  return 0\nf = None", "failed: TypeError: 'NoneType' object is not callable"),
        ("def f():\n  x = []\n  x.append(x)\n  return x", "failed: RecursionError: maximum recursion depth exceeded"),
        ("def f(): raise ValueError(chr(0xd800))", "failed: ValueError: \\ud800"),
        ("def f(): return chr(0xd800)", "failed: AssertionError: two"),
        ("def f(): raise ExceptionGroup('a', [ValueError()])", "failed: ExceptionGroup: a (1 sub-exception)"),
        ("class setpriv(Exception): ...\ndef f(): raise setpriv('x')", "failed: setpriv: x"),
        ("class E(KeyError):\n  def __str__(self): 1/0\ndef f(): raise E", "failed: E"),
    ],
)
def test_a_failure_says_why(solution: str, words: str) -> None:
    assert verdict(solution, "assert f() == 1, 'two'").startswith(words)


def test_an_error_of_the_solution_is_caught_as_what_it_is() -> None:
    tests = "try: f()\nexcept LookupError as error: assert 'lost' in str(error)\nelse: assert False"

    assert verdict("class Lost(KeyError): ...\ndef f(): raise Lost('lost')", tests) == "passed"


def test_what_is_printed_or_read_goes_nowhere() -> None:
    solution = "print('a' * 9)\ndef f():\n  print('noise', flush=True)\n  try: return input()\n  except EOFError: return 'empty'"

    assert verdict(solution, "print('noise')\nassert f() == 'empty'") == "passed"


def test_the_order_of_a_set_is_the_same_every_time() -> None:
    results = {verdict("f = lambda: list({'a', 'b', 'c', 'd', 'e'})", "assert 0, ''.join(f())") for _ in range(3)}

    assert len(results) == 1


def test_no_main_of_the_solution_runs() -> None:
    assert verdict("f = 1\nif __name__ == '__main__': 1/0", "assert f == 1") == "passed"


def test_the_harness_lends_the_code_none_of_its_own_ways() -> None:
    solution = "def f(x: int) -> 'str': ...\nkinds = [type(kind).__name__ for kind in f.__annotations__.values()]\nown = sorted(globals())"

    assert verdict(solution, "assert kinds == ['type', 'str'], kinds\nassert 'encode' not in own") == "passed"


def test_the_tests_may_have_packages_that_the_solution_has_not() -> None:
    home = Path(numpy.__file__).parent
    folders = {folder.name: folder for folder in (home, home.with_name("numpy.libs")) if folder.is_dir()}
    tests = "import numpy\nassert numpy.allclose(f(), [1 / 3])\nassert has_numpy() is False"
    solution = """
def f(): return [0.333333333]
def has_numpy():
    try: import numpy
    except ImportError: return False
    return True
"""
    limits = Limits(cpu_seconds=10, wall_seconds=60)

    assert check(python_program(solution, tests, folders=folders), limits).words == "passed"
