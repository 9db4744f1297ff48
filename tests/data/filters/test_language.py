"""Content decides the language; the name is a hint."""

from __future__ import annotations

import pickle
import time

import pytest
from datatrove.data import Document
from hypothesis import given, settings
from hypothesis import strategies as st

from seedbed.core.syntax import LANGUAGES, forget, parse
from seedbed.core.syntax.languages.cpp import looks_like_cpp
from seedbed.data.filters.language import Identity, LanguageFilter, identify
from seedbed.data.filters.language.evidence import clue_counts, trial_error

SAMPLES = {
    "Python": ("import os\n\n\nclass A:\n    def f(self, x):\n        return os.path.join(self.a, x)\n", "a.py"),
    "JavaScript": (
        "const fs = require('fs');\n\nfunction f(a) {\n  return a === 1 ? fs : null;\n}\nmodule.exports = { f };\n",
        "a.js",
    ),
    "TypeScript": ("export interface A { b: string }\n\nexport function f(a: A): number {\n  return a.b.length;\n}\n", "a.ts"),
    "C": ('#include <stdio.h>\n\nstatic int f(const char *a) {\n  return printf("%s", a);\n}\n', "a.c"),
    "C++": (
        "#include <vector>\n\nnamespace a {\ntemplate <typename T>\nT f(const std::vector<T>& v) { return v[0]; }\n}\n",
        "a.cpp",
    ),
    "Java": (
        "package a.b;\n\nimport java.util.List;\n\npublic class A {\n  public int f(List<String> a) { return a.size(); }\n}\n",
        "A.java",
    ),
    "Go": ('package a\n\nimport "fmt"\n\nfunc F(a int) error {\n\tb := a\n\tfmt.Println(b)\n\treturn nil\n}\n', "a.go"),
    "Rust": (
        "use std::fmt;\n\npub struct A;\n\nimpl A {\n    pub fn f(&self) -> u8 {\n        let mut a = 1;\n        a\n    }\n}\n",
        "a.rs",
    ),
}


@pytest.mark.parametrize("language", SAMPLES)
def test_a_grammar_that_reads_the_named_language_decides(language: str) -> None:
    text, name = SAMPLES[language]

    assert identify(text, f"src/{name}") == Identity(language, "parse")


@pytest.mark.parametrize("language", SAMPLES)
def test_no_name_is_needed(language: str) -> None:
    assert identify(SAMPLES[language][0]).language == language


@pytest.mark.parametrize("language", sorted(set(SAMPLES) - {"C++", "TypeScript"}))
def test_a_wrong_name_does_not_mislead(language: str) -> None:
    text, _ = SAMPLES[language]
    wrong = "a.java" if language != "Java" else "a.go"

    assert identify(text, wrong).language == language


@pytest.mark.parametrize(
    ("text", "name", "language"),
    [
        ('{"a": [1, 2]}\n', "a.js", "JSON"),
        ("/* @flow */\nexport type A = ?string;\n", "a.js", "Flow"),
        ("/**\n * @flow strict\n */\nconst a = 1;\n", "a.js", "Flow"),
        (SAMPLES["TypeScript"][0], "a.js", "TypeScript"),
        ('<?xml version="1.0"?>\n<!DOCTYPE TS>\n<TS version="2.1"></TS>\n', "fr.ts", "XML"),
        ("#import <Foundation/Foundation.h>\n\n@interface A : NSObject\n- (void)f;\n@end\n", "a.h", "Objective-C"),
        ("namespace a {\nclass B {\n public:\n  int f();\n};\n}\n", "a.h", "C++"),
        ('#ifdef __cplusplus\nextern "C" {\n#endif\nint f(int a);\n#ifdef __cplusplus\n}\n#endif\n', "a.h", "C"),
        ("/* like std::vector, a class with virtual memory */\nint f(int a);\n", "a.h", "C"),
        ("const A = () => <div>{1}</div>;\nexport default A;\n", "a.jsx", "JavaScript"),
        ("const a: B = <C d={1}>e</C>;\n", "a.tsx", "TypeScript"),
        ("#!/usr/bin/env python3\nimport os\n", "tool", "Python"),
        ("#!/bin/sh\nset -e\n", "run.in", "Shell"),
        ("# A heading\n\nSome words.\n", "README.md", "Markdown"),
        ('{"cells": []}\n', "a.ipynb", "Jupyter Notebook"),
        ("cdef int f(int a):\n    return a\n", "a.pyx", "Cython"),
        ("#![no_std]\n//! Words.\npub fn f() {}\n", "lib.rs", "Rust"),
    ],
)
def test_dialects_and_impostors_are_named(text: str, name: str, language: str) -> None:
    assert identify(text, name).language == language


def test_prose_without_a_name_is_unknown() -> None:
    assert identify("Once upon a time, there was a house.\nIt stood on a hill.\n").language == ""


def seconds_of_parse(text: str, *, new: bool = False) -> float:
    if new:
        forget()
    start = time.thread_time()
    parse(text, "Python")
    return time.thread_time() - start


def test_the_whole_file_is_parsed_once_for_all_blocks() -> None:
    text, name = SAMPLES["Python"][0] * 500, SAMPLES["Python"][1]
    identify(text, name)

    after, alone = seconds_of_parse(text), seconds_of_parse(text, new=True)

    assert after < alone / 10


@pytest.mark.parametrize("language", SAMPLES)
def test_a_cut_in_the_middle_is_no_error(language: str) -> None:
    text = SAMPLES[language][0]
    body = text.rpartition("\n\n")[2] if language in {"Java", "Go"} else text
    opening = {"Java": "class B {\n", "Rust": "mod b {\n", "C++": "namespace b {\n"}.get(language, "")

    assert trial_error(opening + body * 60, language) <= 0.005


def test_clues_are_counted_below_the_license() -> None:
    license_text = "# Licensed under the terms of something.\n" * 300

    assert clue_counts(license_text + SAMPLES["Python"][0])["Python"] >= 3


def test_a_cplusplus_guard_is_still_c() -> None:
    assert not looks_like_cpp("#ifdef __cplusplus\nnamespace a {\n#endif\nint f(void);\n")


@given(st.text(max_size=300), st.sampled_from(["", "a.py", "a.h", "a.js", "a.ts", "a.md", "x", "a.m", "a.rs"]))
@settings(max_examples=60, deadline=None)
def test_any_text_under_any_name_gets_an_identity(text: str, name: str) -> None:
    assert identify(text, name).source in {"parse", "shebang", "name", "model", "content"}


def test_the_block_keeps_what_is_selected_and_writes_its_columns() -> None:
    text, name = SAMPLES["Python"]
    doc = Document(text=text, id="0", metadata={"path": f"src/{name}"})

    assert pickle.loads(pickle.dumps(LanguageFilter(["Python"]))).filter(doc) is True
    assert doc.metadata == {
        "path": "src/a.py",
        "language": "Python",
        "language_source": "parse",
        "language_by_name": "Python",
        "language_disagrees": False,
    }


def test_the_block_names_what_it_does_not_keep() -> None:
    doc = Document(text='{"a": 1}\n', id="0", metadata={"path": "a.js"})

    assert LanguageFilter(list(LANGUAGES)).filter(doc) == (False, "language_not_selected")
    assert (doc.metadata["detail"], doc.metadata["language_disagrees"]) == ("JSON", True)


def test_the_block_needs_no_path() -> None:
    doc = Document(text="words and words\n", id="0")

    assert LanguageFilter(["Python"]).filter(doc) == (False, "language_unknown")
    assert doc.metadata["language"] is None
