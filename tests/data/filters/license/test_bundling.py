"""A complete header outranks the licenses of other things in a bundling license file, and nothing that is about the whole."""

from __future__ import annotations

from pathlib import Path
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seedbed.data.filters.license.bundling import is_summary, sections
from tests.data.filters.license.conftest import MIT
from tests.data.filters.license.judging import GPL, SPDX_MIT, judged

ISC = """Permission to use, copy, modify, and/or distribute this software for any
purpose with or without fee is hereby granted, provided that the above
copyright notice and this permission notice appear in all copies.

THE SOFTWARE IS PROVIDED "AS IS" AND THE AUTHOR DISCLAIMS ALL WARRANTIES
WITH REGARD TO THIS SOFTWARE INCLUDING ALL IMPLIED WARRANTIES OF
MERCHANTABILITY AND FITNESS. IN NO EVENT SHALL THE AUTHOR BE LIABLE FOR
ANY SPECIAL, DIRECT, INDIRECT, OR CONSEQUENTIAL DAMAGES OR ANY DAMAGES
WHATSOEVER RESULTING FROM LOSS OF USE, DATA OR PROFITS, WHETHER IN AN
ACTION OF CONTRACT, NEGLIGENCE OR OTHER TORTIOUS ACTION, ARISING OUT OF
OR IN CONNECTION WITH THE USE OR PERFORMANCE OF THIS SOFTWARE.
"""
FULL_MIT = "".join(f"# {line}".rstrip() + "\n" for line in ("Copyright (c) 2020 A. Person", "", *MIT.splitlines()))
BARE_MIT = "# License: MIT\n"
INTRODUCTIONS = [
    "frob incorporates A. Person's hash.c, which bears the following notice:",
    "This product contains code from libhash, distributed under the following license:",
    "The following files have their own license:\nlib/hash.c lib/hash.h",
    "lib/hash.c:",
    "lib/hash.c is copied from libhash, under these terms:",
]
OF_THE_WHOLE = [
    "The whole package is under the terms of the GNU General Public License, version 3.",
    "You may not use this software to train a model.",
    "This software must not be sold.",
    "Commercial use requires a license of ours.",
    "Everything else is proprietary.",
]
SUMMARY = (
    "Licenses of frob\n\nDifferent licenses apply to different files. Here is an overview:\n\n"
    "  - The library is under the MIT license.\n\n  - The command line tools are under the GNU GPL, version 2 or later.\n\n"
    "The license texts are in these files:\n\n  - COPYING.GPLv2: GNU General Public License, version 2\n"
)


@pytest.mark.parametrize("introduction", INTRODUCTIONS)
@pytest.mark.parametrize("header", [FULL_MIT, SPDX_MIT])
def test_a_complete_header_outranks_a_bundled_text(tmp_path: Path, introduction: str, header: str) -> None:
    license_file = f"Copyright (c) 2020 A\n\n{MIT}\n\n{introduction}\n\nCopyright (c) 2001 B\n\n{GPL}"

    assert judged(tmp_path, {"COPYING": license_file}, "src/a.c", header)[0] == "kept"


@pytest.mark.parametrize("introduction", INTRODUCTIONS)
@pytest.mark.parametrize("header", ["", BARE_MIT, "# See COPYING\n"])
def test_a_bundled_text_counts_for_a_file_without_a_complete_header(tmp_path: Path, introduction: str, header: str) -> None:
    license_file = f"Copyright (c) 2020 A\n\n{MIT}\n\n{introduction}\n\nCopyright (c) 2001 B\n\n{GPL}"

    assert judged(tmp_path, {"COPYING": license_file}, "src/a.c", header)[0] == "license_not_allowed"


def test_a_bundled_text_counts_for_the_file_that_it_names(tmp_path: Path) -> None:
    license_file = f"{MIT}\n\nfrob incorporates hash.c, which bears the following notice:\n\n{GPL}"

    assert judged(tmp_path, {"COPYING": license_file}, "lib/hash.c", FULL_MIT)[0] == "license_not_allowed"


@pytest.mark.parametrize("sentence", OF_THE_WHOLE)
@pytest.mark.parametrize("introduction", INTRODUCTIONS)
@pytest.mark.parametrize("place", range(3))
def test_a_sentence_about_the_whole_is_never_outranked(tmp_path: Path, introduction: str, sentence: str, place: int) -> None:
    parts = [MIT, f"{introduction}\n\n{ISC}"]
    license_file = "\n\n".join([*parts[:place], sentence, *parts[place:]]) + "\n"

    assert judged(tmp_path, {"COPYING": license_file}, "src/a.c", FULL_MIT)[0] != "kept"


@pytest.mark.parametrize(
    "license_file",
    [
        GPL,
        f"frob is free software.\n\n{GPL}\n\nfrob incorporates hash.c, which bears the following notice:\n\n{ISC}",
        f"{MIT}\n\n{GPL}",
        f"{MIT}\n\nADDITIONAL TERMS:\n\n{GPL}",
        f"This software is covered by the following license:\n\n{GPL}",
    ],
)
def test_a_license_of_the_whole_is_never_outranked(tmp_path: Path, license_file: str) -> None:
    assert judged(tmp_path, {"COPYING": license_file}, "src/a.c", FULL_MIT)[0] != "kept"


def test_a_complete_header_counts_where_the_license_file_says_that_licenses_differ(tmp_path: Path) -> None:
    files = {"COPYING": SUMMARY, "COPYING.GPLv2": "GNU GENERAL PUBLIC LICENSE\nVersion 2, June 1991\n"}

    assert judged(tmp_path, files, "src/a.c", FULL_MIT)[0] == "kept"
    assert judged(tmp_path, files, "src/a.c", "")[0] != "kept"
    assert judged(tmp_path, files, "src/a.c", BARE_MIT)[0] != "kept"


@pytest.mark.parametrize(
    "sentence", [s for s in OF_THE_WHOLE if "GNU" not in s and "else" not in s] + ["For non-commercial use only."]
)
def test_a_condition_in_a_summary_is_never_outranked(tmp_path: Path, sentence: str) -> None:
    assert judged(tmp_path, {"COPYING": f"{SUMMARY}\n{sentence}\n"}, "src/a.c", FULL_MIT)[0] != "kept"


def test_a_license_file_that_a_summary_only_mentions_still_applies(tmp_path: Path) -> None:
    files = {"COPYING": f"{SUMMARY}\nSee also LICENSE and its terms.\n", "LICENSE": GPL}

    assert judged(tmp_path, files, "src/a.c", FULL_MIT)[0] == "license_not_allowed"


def test_two_texts_named_after_eclipse_are_the_choice_that_the_header_states(tmp_path: Path) -> None:
    bsd = "SPDX-License-Identifier: BSD-3-Clause\n"
    header = "# SPDX-License-Identifier: EPL-2.0 OR BSD-3-Clause\n"

    assert judged(tmp_path, {"epl-v20": "Eclipse Public License - v 2.0\n", "edl-v10": bsd}, "a.c", header)[0] == "kept"
    assert judged(tmp_path, {"epl-v20": "Eclipse Public License - v 2.0\n", "edl-v10": bsd}, "a.c", "")[0] != "kept"


def test_a_list_of_license_files_in_a_readme_states_nothing(tmp_path: Path) -> None:
    files = {"COPYING": SUMMARY, "COPYING.GPLv2": "GNU GENERAL PUBLIC LICENSE\nVersion 2, June 1991\n"}
    readme = "frob\n====\n\n  COPYING  License information\n  COPYING.GPLv2  GNU General Public License, version 2\n"

    assert judged(tmp_path, files | {"README": readme}, "src/a.c", FULL_MIT)[0] == "kept"
    assert judged(tmp_path, {"COPYING": MIT, "README": readme}, "src/a.c", FULL_MIT)[0] != "kept"


def test_an_address_below_a_part_belongs_to_it(tmp_path: Path) -> None:
    part = "frob's documentation is licensed under the CC BY 3.0 license, which can be found at:\n\n   https://creativecommons.org/licenses/by/3.0/\n"

    assert judged(tmp_path, {"COPYING": f"{MIT}\n\n{part}"}, "src/a.c", "")[0] == "kept"


@given(st.text(alphabet="ab.c:/ \n-The following files includes", max_size=300))
def test_sections_lie_within_the_text_and_do_not_overlap(text: str) -> None:
    end = 0
    for section in sections(text):
        assert end < section.scope.first_line <= section.introduced[1] < section.scope.last_line <= text.count("\n") + 1
        end = section.scope.last_line


@pytest.mark.parametrize("unit", ["a.c:\n\n", "a.c:\n\nBSD\n\n", "uses " * 100 + "\n\n", "different licenses " * 50])
def test_reading_takes_time_in_proportion(unit: str) -> None:
    def seconds(count: int) -> float:
        start = process_time()
        sections(unit * count)
        is_summary(unit * count)
        return process_time() - start

    assert seconds(8_000) < 40 * max(seconds(500), 0.005)
