"""Words and sentences of a legal text: their places, where they end, and that no text takes long."""

from __future__ import annotations

import re
import time
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from licensedcode.query import Query

from seedbed.data.filters.license.comments import comments
from seedbed.data.filters.license.conditions import Place
from seedbed.data.filters.license.detect import LINE_THRESHOLD, detect, loaded
from seedbed.data.filters.license.prefilter import stating_lines
from seedbed.data.filters.license.statements import statements
from seedbed.data.filters.license.words import MOST_WORDS, SHARED_WORDS, WORD, WordedText

CPU_S = 10.0
"""Generous for a hostile text of 50 KB: the slowest takes 4 s on a busy core, and far more where time grows by its square."""


def sentences(text: str) -> list[str]:
    return [sentence.text for sentence in WordedText(text).sentences()]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("You may copy it. You may not sell it.", ["You may copy it.", "You may not sell it."]),
        ("First term\n\nSecond term", ["First term", "Second term"]),
        ("# First term\n#\n# Second term", ["First term", "Second term"]),
        (" * First term\n *\n * Second term", ["First term", "Second term"]),
        ("The terms:\n- copy it\n- sell it", ["The terms:", "copy it", "sell it"]),
        ("The terms:\n1. Copy it\n2) Sell it\n(a) Lend it", ["The terms:", "1. Copy it", "2) Sell it", "a) Lend it"]),
        ("Made by Example Inc. and others.", ["Made by Example Inc. and others."]),
        ("Version 2.0 of it, e.g. the text, by J. Doe.", ["Version 2.0 of it, e.g. the text, by J. Doe."]),
        ("Copyright 2020 A Person\nAll of it is free", ["Copyright 2020 A Person", "All of it is free"]),
        ("Above\n(c) 2020 A Person\nBelow", ["Above", "c) 2020 A Person", "Below"]),
        ("Above\nSPDX-License-Identifier: MIT\nBelow", ["Above", "SPDX-License-Identifier: MIT", "Below"]),
        ("Above\n-----\nBelow", ["Above", "Below"]),
        ("未经许可不得复制。仅供学习使用。", ["未经许可不得复制", "仅供学习使用"]),
        ("wrapped over\n   two lines", ["wrapped over two lines"]),
    ],
)
def test_where_sentences_end(text: str, expected: list[str]) -> None:
    assert [re.sub(r"[:.)]+$", "", sentence) for sentence in sentences(text)] == [
        re.sub(r"[:.)]+$", "", sentence).removeprefix("(") for sentence in expected
    ]


@given(st.text(st.sampled_from("ab .\n#*-1(c)。é"), max_size=200))
def test_every_word_is_in_one_sentence_and_none_is_empty(text: str) -> None:
    worded = WordedText(text)

    spans = [(sentence.first, sentence.last) for sentence in worded.sentences()]
    assert [place for first, last in spans for place in range(first, last)] == list(range(len(worded.words)))
    assert all(first < last for first, last in spans)


@pytest.mark.parametrize("count", [1, MOST_WORDS, MOST_WORDS + 1, 2 * MOST_WORDS, 3000])
def test_a_long_sentence_comes_in_parts_that_share_words(count: int) -> None:
    spans = [(sentence.first, sentence.last) for sentence in WordedText("word " * count).sentences()]

    assert (spans[0][0], spans[-1][1]) == (0, count)
    assert all(last - first <= MOST_WORDS for first, last in spans)
    assert all(left[1] - right[0] >= SHARED_WORDS for left, right in pairwise(spans))


@given(st.text(max_size=300))
def test_words_lie_where_they_say(text: str) -> None:
    worded = WordedText(text)

    assert all(worded.text[word.start : word.end].lower() == word.text for word in worded.words)
    assert all(word.line == worded.text.count("\n", 0, word.start) + 1 for word in worded.words)


@given(st.text(st.sampled_from("# license MIT\n\r*/_+.é禁"), max_size=200))
def test_marks_of_comments_are_no_words_and_move_none(text: str) -> None:
    assert [match.start() for match in WORD.finditer(text)] == [word.start for word in WordedText(text).words]


@pytest.mark.parametrize(
    "text",
    [
        "Permission to use, copy, modify, and distribute this software is granted.",
        "C++ and the GPL_v2: it's 1.0-beta; naïve Größe 许可",
        "# The MIT License (MIT)\n# Copyright (c) 2020\n\n\n# <div> of it",
    ],
)
def test_words_are_those_of_scancode(text: str) -> None:
    index = loaded().index
    query = Query(query_string=text, idx=index, line_threshold=LINE_THRESHOLD)

    known = [word[0].lower() for word in WORD.finditer(text) if word[0].lower() in index.dictionary]
    names = {number: word for word, number in index.dictionary.items()}
    assert [names[token] for token in query.tokens] == [word for word in known if word != "div"]


@pytest.mark.parametrize("above", ["", "Some unknownword zzyzx words here.\n\n", "/* <b>x</b> naïve */\n" * 5])
def test_covered_words_are_those_of_the_match(above: str) -> None:
    text = above + "SPDX-License-Identifier: MIT\nnothing else"

    words = [match[0] for match in WORD.finditer(text)]
    covered = detect(text).covered_words()
    assert [words[number] for number in sorted(covered)] == ["SPDX", "License", "Identifier", "MIT"]


HOSTILE = [
    ".", "a ", "# ", "#\n", "\n", " \n", " ", "_", "*", "-", "x. ", "\n1. ", "(c)\n", "copyright ", "\nportions are ", "。", "é",
    "/*", "/*\n", '"""\n', "x = '''\n", "<!--\n", "(*\n", "{-\n", "--[[\n", "=begin\n", "rem\n", "x */\n", "//\n x\n",
    "license ", "license: ", "@license ", "许可证 ", "lizenz", "lizenz ", "GPL", "NON-AI ", "NON-AI-", "CC-BY-", "RAIL-M",
    "ai ", "no ai ", "train ", "no train a b c ", "in a b c ", "requires a b ", "use or copy ", "for research and a ",
    "under the a b ", "you may ", "you must not ", "only a b can use ", "neither the names of ", "includes third party ",
    "article 4 ", "opt out of ", "it must be ", "not ", "provided to a b ", "agree cloud ", "our x ", "no users ",
    "training ", "darf nicht ", "不允许", "学習", "не обучени ", "nur für ",
]  # fmt: skip


@pytest.mark.parametrize("size", [50_000])
@pytest.mark.parametrize("part", HOSTILE)
def test_no_text_takes_long(part: str, size: int) -> None:
    text = part * (size // len(part))
    starts = [0, *(match.end() for match in re.finditer("\n", text))]
    started = time.process_time()

    for _ in comments(text, starts, range(len(starts))):
        pass
    stating_lines(text.encode())
    for place in (Place.LICENSE, Place.HEADER):
        for _ in statements(text, set(), place):
            pass
    assert time.process_time() - started < CPU_S
