"""Detection: right licenses, right lines, right even when it is cached or late."""

from __future__ import annotations

import select
import sysconfig
import threading
import time
from pathlib import Path

import pytest
from licensedcode.detection import LicenseDetection, group_matches, process_detections
from licensedcode.query import Query

from seedbed.data.filters.license import detect as door
from seedbed.data.filters.license.deadline import DeadlineError, run_within
from seedbed.data.filters.license.detect import loaded
from seedbed.data.filters.license.expressions import conjunction
from seedbed.data.filters.license.prefilter import plain_lines, regions
from seedbed.data.filters.license.scan import normal, scan_regions, scan_whole

pytestmark = pytest.mark.forks

CODE = "".join(f"value_{number} = compute({number})\n" for number in range(60))


def commented(text: str) -> str:
    return "".join(f"# {line}".rstrip() + "\n" for line in text.splitlines())


def expression(text: str) -> str | None:
    return conjunction(finding.expression for finding in scan_regions(text, "a.py"))


def test_code_without_legal_words_has_no_region() -> None:
    assert regions(plain_lines(CODE)) == []


@pytest.mark.parametrize(
    "line", ["# SPDX-License-Identifier: {}", "// SPDX-License-Identifier: {}", "/* SPDX-License-Identifier: {} */"]
)
@pytest.mark.parametrize("key", ["MIT", "Apache-2.0 OR MIT", "GPL-2.0-only WITH Classpath-exception-2.0"])
def test_spdx_line_is_read(line: str, key: str) -> None:
    assert expression(line.format(key) + "\n" + CODE) == key


def test_spdx_parentheses_are_not_lost_in_the_cache() -> None:
    assert expression("# SPDX-License-Identifier: (MIT OR ISC) AND GPL-2.0-only\n") == "GPL-2.0-only AND (ISC OR MIT)"
    assert expression("# SPDX-License-Identifier: MIT OR ISC AND GPL-2.0-only\n") == "MIT OR (GPL-2.0-only AND ISC)"


@pytest.mark.parametrize("above", [0, 1, 37])
def test_lines_are_those_of_the_file(above: int, mit: str) -> None:
    text = "".join(CODE.splitlines(keepends=True)[:above]) + commented(mit) + CODE

    (finding,) = scan_regions(text, "a.py")
    assert (finding.matches[0].start_line, finding.matches[0].end_line) == (above + 1, above + len(mit.splitlines()))


@pytest.mark.parametrize("end", ["\r\n", "\r"])
def test_other_line_ends_count_as_lines(end: str) -> None:
    text = (CODE + "# SPDX-License-Identifier: MIT\n").replace("\n", end)

    assert scan_regions(text, "a.py")[0].matches[0].start_line == 61


def test_form_feed_is_no_line_end() -> None:
    assert scan_regions("a = 1\n\f\n# SPDX-License-Identifier: MIT\n", "a.py")[0].matches[0].start_line == 3


def test_same_region_elsewhere_has_its_own_lines() -> None:
    header = "# SPDX-License-Identifier: ISC\n"

    lines = [scan_regions(CODE[: CODE.index("\n") + 1] * above + header, "a.py")[0].matches[0].start_line for above in (0, 9)]
    assert lines == [1, 10]


def test_normal_form_keeps_letters_beyond_ascii() -> None:
    assert normal("# Lizenz für".encode()) != normal(b"# Lizenz fur")
    assert normal(b"# The  License\n") == normal(b"// the license\n")


def test_modified_license_file_is_found_by_the_approximate_match(mit: str) -> None:
    changed = mit.replace("associated documentation files", "all its documentation").replace("sublicense, ", "")

    findings = scan_whole(changed, "LICENSE")
    assert conjunction(finding.expression for finding in findings) == "MIT"
    assert {match.matcher for finding in findings if finding.expression for match in finding.matches} == {"3-seq"}


def test_modified_header_is_found_too(mit: str) -> None:
    changed = mit.replace("associated documentation files", "all its documentation").replace("sublicense, ", "")

    assert expression(commented(changed) + CODE) == "MIT"


def test_escaped_line_ends_in_a_string_do_not_hide_words(mit: str) -> None:
    text = "TEXT = (\n" + "".join(f'    "{line}\\n"\n' for line in mit.replace('"', "'").splitlines()) + ")\n"

    assert expression(text) == "MIT"


@pytest.mark.parametrize("text", ["# Copyright 2020 A Person. All rights reserved.\n", "# Copyright (c) 2020 A Person\n"])
def test_a_holder_alone_is_no_license(text: str) -> None:
    assert expression(text + CODE) is None


def test_the_text_of_every_rule_has_a_region() -> None:
    missed = [name for name, text in door.rule_texts().items() if not regions(plain_lines(text))]

    assert not missed


def texts_of_this_environment() -> list[str]:
    """License files of installed packages, edited so that the exact matchers do not settle them."""
    paths = sorted(path for path in Path(sysconfig.get_path("purelib")).glob("*.dist-info/**/*") if path.name.startswith("LICEN"))
    return [path.read_text(encoding="utf-8", errors="replace")[:9000].replace(" the ", " any ") for path in paths[:60:5]]


@pytest.mark.parametrize("text", texts_of_this_environment(), ids=len)
def test_leaving_out_far_rules_changes_nothing(text: str) -> None:
    index = loaded().index
    query = Query(query_string=text, idx=index, line_threshold=door.LINE_THRESHOLD)

    groups = group_matches(index.match_query(query, approximate=True))
    detections = process_detections([LicenseDetection.from_matches(group) for group in groups], licensing=loaded().licensing)
    ours = door.detect(text).findings

    assert [
        (one.expression, [(match.rule, match.start_line, match.end_line, match.score) for match in one.matches]) for one in ours
    ] == [
        (
            one.license_expression and door.spdx(one.license_expression),
            [(match.rule.identifier, match.start_line, match.end_line, match.score()) for match in one.matches],
        )
        for one in detections
    ]


def test_what_is_over_the_size_limit_counts_as_unknown(mit: str) -> None:
    findings = scan_whole(mit + "\n" * 50 + "filler words\n" * 100, "LICENSE", max_bytes=len(mit) + 10)

    assert conjunction(finding.expression for finding in findings) == "LicenseRef-scancode-unknown-license-reference AND MIT"


def _endless() -> None:
    while True:
        pass


def _stubborn() -> None:
    while True:
        try:  # noqa: SIM105  as broad handlers in the wild are written
            _endless()
        except Exception:  # noqa: BLE001  this is what the law is about
            pass


@pytest.mark.parametrize("work", [_endless, _stubborn])
def test_time_limit_holds_in_the_main_thread(work: object) -> None:
    with pytest.raises(DeadlineError):
        run_within(0.05, work)  # type: ignore[arg-type]


def test_time_limit_holds_in_other_threads() -> None:
    raised: list[BaseException] = []

    def ask() -> None:
        try:
            run_within(0.05, _endless)
        except DeadlineError as error:
            raised.append(error)

    thread = threading.Thread(target=ask)
    thread.start()
    thread.join()
    assert len(raised) == 1


def test_work_in_other_threads_brings_its_result_back() -> None:
    results: list[int] = []
    thread = threading.Thread(target=lambda: results.append(run_within(30, lambda: 42)))
    thread.start()
    thread.join()
    assert results == [42]


def test_time_spent_waiting_for_the_machine_does_not_count() -> None:
    started = time.monotonic()

    def wait() -> str:
        select.select([], [], [], 0.2)
        return "done"

    assert run_within(0.1, wait) == "done"
    assert time.monotonic() - started >= 0.2
