"""The cache of findings saves time and changes nothing else."""

from __future__ import annotations

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from seedbed.data.filters.license.detect import detect
from seedbed.data.filters.license.detected import Detected
from seedbed.data.filters.license.evidence import LicenseFinding, RuleMatch
from seedbed.data.filters.license.findings_cache import FindingsCache, is_private, key, remembered, remembering

Findings = tuple[LicenseFinding, ...]
MIT = (LicenseFinding("MIT", (RuleMatch("MIT", "mit_1.RULE", "2-aho", 100.0, 1, 2, "", ("LICENSE",), is_classifier=True),)),)
MATCHES = st.builds(RuleMatch, score=st.floats(0, 100))
FINDINGS = st.builds(LicenseFinding, matches=st.lists(MATCHES, max_size=2).map(tuple))
SENTENCES = (
    "Licensed under the MIT license.",
    "SPDX-License-Identifier: GPL-2.0-or-later",
    "This file is in the public domain, see COPYING.",
    "Released under Apache 2.0 or BSD, at your option.",
    "All rights reserved. Do not distribute.",
    "def add(a, b): return a + b",
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "cache"


def entries(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def never() -> tuple[LicenseFinding, ...]:
    raise AssertionError("was scanned again")


@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sampled_from(SENTENCES), min_size=1, max_size=4).map("\n".join))
def test_findings_with_the_cache_are_those_without_it(folder: Path, text: str) -> None:
    found = detect(text)
    with remembering(FindingsCache(folder, "key")):
        first = remembered("region", text.encode(), Detected, lambda: detect(text))
        again = remembered("region", text.encode(), Detected, never)

    assert first == again == found


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(FINDINGS, max_size=3).map(tuple), st.binary(max_size=20))
def test_every_finding_can_be_kept(folder: Path, findings: tuple[LicenseFinding, ...], text: bytes) -> None:
    cache = FindingsCache(folder, "key")
    cache.put("region", text, findings)

    assert cache.get("region", text, Findings) == findings
    assert cache.get("license file", text, Findings) is None


def test_without_a_cache_in_use_nothing_is_kept(folder: Path) -> None:
    assert remembered("region", b"x", Findings, lambda: MIT) == MIT
    assert not folder.exists()


@given(st.data())
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_damaged_entry_is_scanned_again(folder: Path, data: st.DataObject) -> None:
    cache = FindingsCache(folder, "key")
    cache.put("region", b"text", MIT)
    [entry] = entries(folder)
    sound = entry.read_bytes()
    place = data.draw(st.integers(0, len(sound) - 1))
    other = bytes([data.draw(st.integers(0, 255).filter(lambda byte: byte != sound[place]))])
    damaged = data.draw(st.sampled_from([sound[:place], sound[:place] + other + sound[place + 1 :], sound + other]))
    entry.write_bytes(damaged)

    with remembering(cache):
        assert cache.get("region", b"text", Findings) is None
        assert remembered("region", b"text", Findings, lambda: MIT) == MIT
        assert remembered("region", b"text", Findings, never) == MIT


def test_a_folder_that_cannot_be_written_costs_only_time(tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("a file")
    cache = FindingsCache(tmp_path / "cache", "key")
    cache.put("region", b"text", MIT)

    assert cache.get("region", b"text", Findings) is None


def test_a_folder_that_others_may_write_is_not_used(folder: Path) -> None:
    FindingsCache(folder, "key").put("region", b"text", MIT)
    folder.chmod(0o777)

    assert not is_private(folder)
    assert FindingsCache(folder, "key").get("region", b"text", Findings) is None


def test_the_folder_is_private_whatever_the_mask(folder: Path) -> None:
    before = os.umask(0)
    try:
        FindingsCache(folder, "key").put("region", b"text", MIT)
    finally:
        os.umask(before)

    assert FindingsCache(folder, "key").get("region", b"text", Findings) == MIT


def test_the_number_of_entries_is_bounded(folder: Path) -> None:
    cache = FindingsCache(folder, "key", max_entries=512)
    for number in range(2_000):
        cache.put("region", str(number).encode(), MIT)

    assert len(entries(folder)) <= 512
    assert cache.get("region", b"1999", Findings) == MIT


def test_a_huge_entry_is_not_kept(folder: Path) -> None:
    FindingsCache(folder, "key").put("region", b"text", MIT * 100_000)

    assert not entries(folder)


def test_entries_of_old_keys_go(folder: Path) -> None:
    for number in range(6):
        FindingsCache(folder, f"key {number}").put("region", b"text", MIT)

    assert FindingsCache(folder, "key 5").get("region", b"text", Findings) == MIT
    assert len(list((folder / "licenses" / "findings").iterdir())) == 3


def test_threads_share_a_cache(folder: Path) -> None:
    texts = [str(number).encode() for number in range(40)] * 5
    with remembering(FindingsCache(folder, "key")), ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda text: remembered("region", text, Findings, lambda: MIT), texts))

    assert found == [MIT] * len(texts)
    assert len(entries(folder)) == 40


WRITER = """
import sys
from pathlib import Path
from seedbed.data.filters.license.evidence import LicenseFinding
from seedbed.data.filters.license.findings_cache import FindingsCache
cache = FindingsCache(Path(sys.argv[1]), "key")
for number in range(400):
    text = str(number % 20).encode()
    known = cache.get("region", text, tuple[LicenseFinding, ...])
    assert known in (None, (LicenseFinding(text.decode(), ()),)), known
    cache.put("region", text, (LicenseFinding(text.decode(), ()),))
"""


def test_processes_share_a_cache(folder: Path) -> None:
    writers = [subprocess.Popen([sys.executable, "-c", WRITER, str(folder)]) for _ in range(3)]

    assert [writer.wait(timeout=60) for writer in writers] == [0, 0, 0]
    assert len(entries(folder)) == 20


def test_a_changed_module_or_index_changes_the_key(tmp_path: Path) -> None:
    module, index = tmp_path / "detect.py", tmp_path / "index_cache"
    module.write_text("LIMIT = 1\n")
    index.write_text("rules")
    before = key([module], index)
    module.write_text("LIMIT = 2\n")
    changed = key([module], index)
    index.write_text("more rules")

    assert len({before, changed, key([module], index), key()}) == 4
    assert key() == key()
