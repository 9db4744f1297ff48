"""Imports and calls of all published languages, under their full names."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seedbed.core.syntax import LANGUAGES, parse
from seedbed.serving.completion.references import calls_of, imports_of


def imports(text: str, language: str) -> list[tuple[str, str]]:
    return [(".".join(item.parts), item.name) for item in imports_of(parse(text, language))]


def calls(text: str, language: str) -> list[str]:
    return [".".join(call.name) for call in calls_of(parse(text, language), (0, len(text.encode())))]


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("Python", "import os.path as p, sys, a.b", [("os.path", "p"), ("sys", "sys"), ("a.b", "a")]),
        ("Python", "from a.b import c as d, e", [("a.b.c", "d"), ("a.b.e", "e")]),
        ("Python", "from . import z\nfrom q import *", [("z", "z"), ("q", "")]),
        ("JavaScript", "import d, {exec as e} from 'node:child_process'", [("child_process", "d"), ("child_process.exec", "e")]),
        ("JavaScript", "const {g, h: i} = require('vm')\nimport 'side'", [("vm.g", "g"), ("vm.h", "i"), ("side", "")]),
        ("TypeScript", "import x = require('fs')\nimport * as y from './z'", [("fs", "x"), ("z", "y")]),
        ("C", '#include <sys/wait.h>\n#include "own.h"\n', [("sys.wait.h", ""), ("own.h", "")]),
        ("Java", "import java.io.File;\nimport a.b.*;", [("java.io.File", "File"), ("a.b", "")]),
        (
            "Go",
            'package m\nimport (\n f "fmt"\n "os/exec"\n . "unsafe"\n)\n',
            [("fmt", "f"), ("os.exec", "exec"), ("unsafe", "")],
        ),
        (
            "Rust",
            "use a::{b, c as d, e::{self, f}};\nuse g::*;",
            [("a.b", "b"), ("a.c", "d"), ("a.e", "e"), ("a.e.f", "f"), ("g", "")],
        ),
    ],
)
def test_imports_are_found_with_the_names_they_make(language: str, text: str, expected: list[tuple[str, str]]) -> None:
    assert imports(text, language) == expected


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("Python", "import os as o\no.system(f())", ["os.system", "f"]),
        ("Python", "from os import system as s\ns(1)\na.b['k'].c(2)\n__import__('os').popen(3)", ["os.system", "?.c", "os.popen", "__import__"]),
        ("JavaScript", "const {exec: e} = require('child_process'); e(1); new Function('x'); a?.b.c()", ["require", "child_process.exec", "Function", "a.b.c"]),
        ("TypeScript", "import x = require('fs'); foo<number>(1); x!.y(2)", ["foo", "fs.y"]),
        ("C", "int main() { system(1); p->f(2); (*g)(3); }", ["system", "p.f", "?"]),
        ("C++", "int main() { std::system(1); new Foo(2); x::y<int>(3); }", ["std.system", "Foo", "x.y"]),
        ("Java", "import java.io.File; class A { void f() { Runtime.getRuntime().exec(1); new File(2); } }", ["Runtime.getRuntime.exec", "Runtime.getRuntime", "java.io.File"]),
        ("Go", 'package m\nimport "os/exec"\nfunc g() { exec.Command(1); a.b.c() }', ["os.exec.Command", "a.b.c"]),
        ("Rust", "use std::process::Command; fn m() { Command::new(1); std::mem::transmute(2); println!(3); f::<u8>(4) }", ["std.process.Command.new", "std.mem.transmute", "println!", "f"]),
    ],
)  # fmt: skip
def test_calls_bear_the_names_that_the_imports_give_them(language: str, text: str, expected: list[str]) -> None:
    assert calls(text, language) == expected


def test_only_calls_that_reach_into_the_span_are_told() -> None:
    text = "f(1)\ng(h(2))\ni(3)\n"

    found = [call.name for call in calls_of(parse(text, "Python"), (5, 12))]

    assert found == [("g",), ("h",)]


@given(st.sampled_from(sorted(LANGUAGES)), st.text(max_size=60) | st.text("().:;{}<>'\"import from use ab\n", max_size=60))
def test_no_text_makes_it_fail(language: str, text: str) -> None:
    parsed = parse(text, language)

    assert len(imports_of(parsed)) >= 0
    assert all(call.name for call in calls_of(parsed, (0, len(parsed.source))))
