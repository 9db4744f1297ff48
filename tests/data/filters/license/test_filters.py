"""Evidence and verdict of whole documents among their license files and manifests."""

from __future__ import annotations

from itertools import count
from pathlib import Path

import pytest
from datatrove.data import Document

from seedbed.data.filters.license.filters import COLUMNS, LicenseCollector, LicenseFilter
from seedbed.data.filters.license.legal_files import store
from seedbed.data.filters.license.policy import DEFAULT

CODE = "import os\n\n\ndef main():\n    return os.name\n"
BUNDLE = "Parts of this package:\n\nlib/x is licensed under the GNU General Public License version 3 or later.\n"
SOURCES = count()


def judged(tmp_path: Path, files: dict[str, str], path: str = "pkg/a.py", text: str = CODE) -> tuple[object, dict[str, object]]:
    """LicenseVerdict and metadata of one document."""
    source = str(next(SOURCES))
    store(str(tmp_path), source, files)
    document = Document(text=text, id="0", metadata={"path": path, "source": source})
    assert LicenseCollector(str(tmp_path)).filter(document) is True
    return LicenseFilter().filter(document), document.metadata


def commented(text: str) -> str:
    return "".join(f"# {line}".rstrip() + "\n" for line in text.splitlines())


def test_license_file_above_is_inherited(tmp_path: Path, mit: str) -> None:
    verdict, metadata = judged(tmp_path, {"LICENSE": mit})

    assert verdict is True
    assert metadata["license"] == "MIT"
    assert metadata["license_allowed"] is True
    assert metadata["license_header"] is None
    assert metadata["license_nearest_file"]["inherited"] is True
    assert metadata["license_nearest_file"]["files"] == ["LICENSE"]


def test_nothing_anywhere_is_rejected(tmp_path: Path) -> None:
    assert judged(tmp_path, {})[0] == (False, "no_license")


def test_gpl_header_in_an_mit_project_is_rejected(tmp_path: Path, mit: str, gpl_notice: str) -> None:
    verdict, metadata = judged(tmp_path, {"LICENSE": mit}, text=commented(gpl_notice) + CODE)

    assert verdict == (False, "license_not_allowed")
    assert metadata["license"] == "GPL-2.0-or-later AND MIT"
    assert metadata["license_header"]["matches"][0]["start_line"] == 1
    assert metadata["detail"] == "GPL-2.0-or-later in the file itself (pkg/a.py)"
    assert metadata["license_allowed"] is False


def test_mit_header_in_a_gpl_project_is_rejected(tmp_path: Path, mit: str, gpl_notice: str) -> None:
    assert judged(tmp_path, {"COPYING": gpl_notice}, text=commented(mit) + CODE)[0] == (False, "license_not_allowed")


def test_declared_copyleft_rejects_an_mit_license_file(tmp_path: Path, mit: str) -> None:
    manifest = "Metadata-Version: 2.4\nName: a\nVersion: 1\nLicense-Expression: GPL-3.0-only\n"

    verdict, metadata = judged(tmp_path, {"LICENSE": mit, "PKG-INFO": manifest})
    assert verdict == (False, "license_not_allowed")
    assert metadata["license_declared"]["matches"][0]["start_line"] == 4


def test_nearer_license_file_wins_over_the_root(tmp_path: Path, mit: str, gpl_notice: str) -> None:
    files = {"COPYING": gpl_notice, "vendored/lib/LICENSE": mit}

    assert judged(tmp_path, files, path="vendored/lib/src/a.py")[0] is True
    assert judged(tmp_path, files, path="vendored/a.py")[0] == (False, "license_not_allowed")


def test_nearer_manifest_wins_over_the_root(tmp_path: Path, mit: str) -> None:
    files = {
        "PKG-INFO": "License-Expression: GPL-3.0-only\n",
        "js/package.json": '{"name": "x", "license": "MIT"}',
        "js/LICENSE": mit,
    }

    assert judged(tmp_path, files, path="js/src/a.js")[0] is True
    assert judged(tmp_path, files, path="a.py")[0] == (False, "license_not_allowed")


def test_two_texts_both_hold(tmp_path: Path, mit: str, gpl_notice: str) -> None:
    assert judged(tmp_path, {"LICENSE-MIT": mit, "LICENSE-GPL": gpl_notice})[0] == (False, "license_not_allowed")


def test_two_texts_are_a_choice_when_the_manifest_says_so(tmp_path: Path, mit: str, gpl_notice: str) -> None:
    manifest = '[package]\nname = "x"\nversion = "1.0.0"\nlicense = "MIT OR GPL-2.0-or-later"\n'

    verdict, metadata = judged(tmp_path, {"LICENSE-MIT": mit, "LICENSE-GPL": gpl_notice, "Cargo.toml": manifest})
    assert verdict is True
    assert metadata["license"] == "GPL-2.0-or-later OR MIT"


def test_a_choice_does_not_cover_a_third_text(tmp_path: Path, mit: str, gpl_notice: str) -> None:
    manifest = '[package]\nname = "x"\nversion = "1.0.0"\nlicense = "MIT OR Apache-2.0"\n'

    files = {"LICENSE-MIT": mit, "LICENSE-GPL": gpl_notice, "Cargo.toml": manifest}
    assert judged(tmp_path, files)[0] == (False, "license_not_allowed")


def test_header_chooses_among_a_folder_of_texts(tmp_path: Path, mit: str, gpl_notice: str) -> None:
    files = {"LICENSES/MIT.txt": mit, "LICENSES/GPL-2.0-or-later.txt": gpl_notice}

    assert judged(tmp_path, files, text="# SPDX-License-Identifier: MIT\n" + CODE)[0] is True
    assert judged(tmp_path, files)[0] == (False, "license_not_allowed")


def test_bundle_notice_counts_for_bundled_code_only(tmp_path: Path, mit: str) -> None:
    files = {"LICENSE": mit, "ThirdPartyNotices.txt": BUNDLE}

    assert judged(tmp_path, files)[0] is True
    assert judged(tmp_path, files, path="third_party/zlib/a.c")[0] == (False, "license_not_allowed")


def test_bundle_notice_counts_where_nothing_else_does(tmp_path: Path) -> None:
    assert judged(tmp_path, {"NOTICE": BUNDLE})[0] == (False, "license_not_allowed")


def test_pointer_to_the_license_file_is_answered_by_it(tmp_path: Path, mit: str) -> None:
    header = "# Copyright 2020 A Person\n# See LICENSE for details.\n"

    assert judged(tmp_path, {"LICENSE": mit}, text=header + CODE)[0] is True
    assert judged(tmp_path, {}, text=header + CODE)[0] == (False, "license_unknown")


@pytest.mark.parametrize("files", [{"LICENSE": "mit"}, {}])
def test_manifest_that_points_to_a_file_needs_the_file(tmp_path: Path, mit: str, files: dict[str, str]) -> None:
    manifest = '[project]\nname = "x"\nversion = "1"\nlicense = {text = "see LICENSE"}\n'

    verdict, _ = judged(tmp_path, dict.fromkeys(files, mit) | {"pyproject.toml": manifest})
    assert verdict == (True if files else (False, "license_unknown"))


def test_broken_manifest_declares_an_unknown_license(tmp_path: Path) -> None:
    assert judged(tmp_path, {"package.json": "{"})[0] == (False, "license_unknown")


def test_file_that_takes_too_long_is_rejected(tmp_path: Path, mit: str) -> None:
    store(str(tmp_path), "late", {"LICENSE": mit})
    text = "".join(f"# Licensed under the terms of license {n}, permission {n} granted without warranty.\n" for n in range(400))
    document = Document(text=text, id="0", metadata={"path": "a.py", "source": "late"})

    LicenseCollector(str(tmp_path), timeout_s=0.001).filter(document)

    assert LicenseFilter().filter(document) == (False, "license_timeout")
    assert document.metadata["license_allowed"] is False


@pytest.mark.parametrize("text", ["", "\n\n", "\0", "\ud800 license"])
def test_odd_texts_do_not_stop_the_block(tmp_path: Path, text: str) -> None:
    assert judged(tmp_path, {}, text=text)[0] == (False, "no_license")


@pytest.mark.parametrize(
    "dedication",
    [
        "The author places this file in the public domain, see http://creativecommons.org/licenses/publicdomain/",
        "Released to the Public Domain: https://creativecommons.org/licenses/publicdomain",
        "This file is dedicated to the public domain. https://creativecommons.org/publicdomain/zero/1.0/",
    ],
)
def test_a_file_in_the_public_domain_is_kept(tmp_path: Path, mit: str, dedication: str) -> None:
    assert judged(tmp_path, {"LICENSE": mit}, text=commented(dedication) + CODE)[0] is True


def test_a_sample_records_what_decided_and_what_it_was_judged_with(tmp_path: Path, mit: str, gpl_notice: str) -> None:
    _, metadata = judged(tmp_path, {"LICENSE": mit}, text=commented(gpl_notice) + CODE)

    decided = metadata["license_decided_by"]
    assert (decided["column"], decided["inherited"], decided["file"]) == ("license_header", False, "pkg/a.py")
    assert decided["text"].startswith("This program is free software; you can redistribute it")
    assert metadata["license_judged_with"]["policy"] == DEFAULT.id
    assert metadata["license_judged_with"]["root"] == metadata["source"]


def test_every_match_has_a_quotation_and_a_page(tmp_path: Path, mit: str) -> None:
    files = {"LICENSE": mit, "PKG-INFO": "License-Expression: MIT\n"}
    _, metadata = judged(tmp_path, files, text="# SPDX-License-Identifier: MIT\n" + CODE)

    matches = [match for column in COLUMNS for match in metadata[column]["matches"]]
    assert [match["text"] for match in matches if match["file"] != "LICENSE"] == [
        "SPDX-License-Identifier: MIT",
        "License-Expression: MIT",
    ]
    assert all(match["url"].startswith("https://") for match in matches)


@pytest.mark.parametrize("marks", ["# ", "//  "])
def test_a_quotation_is_of_the_file_and_not_of_its_like(tmp_path: Path, marks: str) -> None:
    """Equal words are scanned once; a quotation has the case of its own file, whichever was first."""
    words = f"LICENSED under the {marks.strip()} MIT License"
    for text in (words, words.lower()):
        _, metadata = judged(tmp_path, {}, text=f"{marks}{text}\n{CODE}")

        assert text in {match["text"] for match in metadata["license_header"]["matches"]}


def test_gate_without_evidence_rejects() -> None:
    assert LicenseFilter().filter(Document(text="", id="0", metadata={})) == (False, "no_license")
