"""The compact index decides as scancode's own, and is made anew where it was damaged."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import attr
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seedbed.data.filters.license.candidates import NearIndex
from seedbed.data.filters.license.compact_index import opened, opened_or_built
from seedbed.data.filters.license.detect import loaded, near_index
from tests.agreement.compact_index import matches

STEP = 211
"""Of the rules, every so many are compared here; tests/agreement/compact_index.py compares them all."""

SENTENCES = (
    "SPDX-License-Identifier: (MIT OR GPL-2.0+) AND Apache-2.0",
    "Licensed under the Apache License, Version 2.0 (the License); you may not use this file.",
    "This program is free software; you can redistribute it and/or modify it under the terms of the LGPL, version 3.",
    "Permission to use and copy this for any purpose is granted, provided that the notice appears in all copies.",
    "Released to the public domain by its author. No warranty of any kind.",
    "Distributed under the BSD license, see COPYING for details.",
    "int main(void) { return 0; }",
    "",
)


def fields_of(rule: Any) -> list[object]:
    return [getattr(rule, field.name) for field in attr.fields(type(rule))]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("cache") / "index" / "key"
    opened_or_built(place, lambda: (loaded(), near_index().table))
    return place


@pytest.fixture(scope="module")
def compact(folder: Path) -> tuple[Any, NearIndex]:
    cache, table = opened(folder)
    return cache, NearIndex.over(cache.index, table)


def test_texts_of_rules_have_the_same_exact_matches(compact: tuple[Any, NearIndex]) -> None:
    texts = [rule.text for rule in loaded().index.rules_by_rid[::STEP]]

    assert [matches(compact[0].index, text, approximate=False) for text in texts] == [
        matches(loaded().index, text, approximate=False) for text in texts
    ]


@settings(deadline=None, max_examples=25)
@given(text=st.lists(st.sampled_from(SENTENCES) | st.text(max_size=20), max_size=6).map("\n".join))
def test_texts_have_the_same_approximate_matches(compact: tuple[Any, NearIndex], text: str) -> None:
    assert matches(compact[1], text, approximate=True) == matches(near_index(), text, approximate=True)


def test_rules_and_licenses_are_those_of_scancode(compact: tuple[Any, NearIndex]) -> None:
    index, theirs = compact[0].index, loaded().index
    rules = [(index.rules_by_rid[rule], theirs.rules_by_rid[rule]) for rule in range(0, len(theirs.rules_by_rid), STEP)]

    assert [fields_of(ours) for ours, _ in rules] == [fields_of(rule) for _, rule in rules]
    assert {key: known.spdx_license_key for key, known in compact[0].db.items()} == {
        key: known.spdx_license_key for key, known in loaded().db.items()
    }
    assert compact[0].spdx_symbols.keys() == loaded().spdx_symbols.keys()


def test_a_damaged_file_is_noticed(folder: Path) -> None:
    noticed = []
    for file in sorted(folder.iterdir()):
        sound = file.read_bytes()
        place = len(sound) // 2
        file.write_bytes(sound[:place] + bytes([sound[place] ^ 1]) + sound[place + 1 :])
        with pytest.raises(OSError, match="damaged|No such file"):
            opened(folder)
        file.write_bytes(sound[:place])
        with pytest.raises(OSError, match="damaged|No such file"):
            opened(folder)
        file.write_bytes(sound)
        noticed.append(file.name)

    assert {"contents.json", "facts.json", "rules"} <= set(noticed)
    assert opened(folder)


def test_damaged_files_are_made_anew(folder: Path) -> None:
    (folder / "facts.json").write_bytes(b"{}")
    cache, _ = opened_or_built(folder, lambda: (loaded(), near_index().table))

    assert cache is loaded()
    assert opened(folder)[0].index.dictionary == loaded().index.dictionary


def test_where_nothing_can_be_written_scancode_s_own_index_is_used(tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("a file")
    whole = (loaded(), near_index().table)

    assert opened_or_built(tmp_path / "cache" / "index", lambda: whole) is whole


def test_an_interrupted_start_leaves_nothing_behind(tmp_path: Path) -> None:
    def interrupted() -> Any:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        opened_or_built(tmp_path / "index" / "key", interrupted)

    assert [path.name for path in (tmp_path / "index").iterdir()] == ["lock"]


def test_of_several_that_start_at_once_one_makes_the_files(tmp_path: Path) -> None:
    made: list[int] = []

    def load() -> Any:
        made.append(1)
        return loaded(), near_index().table

    with ThreadPoolExecutor(4) as pool:
        started = [pool.submit(opened_or_built, tmp_path / "index" / "key", load) for _ in range(4)]

    assert len(made) == 1
    assert {len(start.result()[0].index.rules_by_rid) for start in started} == {len(loaded().index.rules_by_rid)}


def test_threads_that_match_at_once_agree(compact: tuple[Any, NearIndex]) -> None:
    texts = [rule.text for rule in loaded().index.rules_by_rid[7::1_009]]
    with ThreadPoolExecutor(4) as pool:
        ours = list(pool.map(lambda text: matches(compact[0].index, text, approximate=False), texts * 3))

    assert ours == [matches(loaded().index, text, approximate=False) for text in texts] * 3
