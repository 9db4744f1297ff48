"""No license file is hidden by another that says less, and what cannot be read or understood is never absent."""

from __future__ import annotations

import json
from collections.abc import Mapping
from itertools import count
from pathlib import Path

import pytest
from datatrove.data import Document

from seedbed.data.filters.license.filters import LicenseCollector, LicenseFilter
from seedbed.data.filters.license.legal_files import store

CODE = "import os\n\n\ndef main():\n    return os.name\n"
MIT_HEADER = "# SPDX-License-Identifier: MIT\n"
HOLDER = "Copyright 2020 Jane Doe and others. All rights reserved.\n"
EULA = "You may not copy, modify or distribute this software. Proprietary and confidential.\n"
SOURCES = count()

GPL = (
    "This program is free software; you can redistribute it and/or modify\n"
    "it under the terms of the GNU General Public License as published by\n"
    "the Free Software Foundation; either version 3 of the License, or\n"
    "(at your option) any later version.\n"
)
MIT = (Path(__file__).parent / "conftest.py").read_text("utf-8").partition('MIT = """')[2].partition('"""')[0]


def package(license_: object) -> str:
    return json.dumps({"name": "x", "version": "1.0.0", "license": license_})


def project(*lines: str) -> str:
    return "\n".join(["[project]", 'name = "x"', 'version = "1"', *lines]) + "\n"


def judged(
    tmp_path: Path, files: Mapping[str, str | None], path: str = "src/a.py", header: str = ""
) -> tuple[str, dict[str, str | None]]:
    """`kept` or the reason, and what each evidence says."""
    source = str(next(SOURCES))
    store(str(tmp_path), source, files)
    document = Document(text=header + CODE, id="0", metadata={"path": path, "source": source})
    LicenseCollector(str(tmp_path)).filter(document)
    verdict = LicenseFilter().filter(document)
    said = {name: document.metadata[f"license_{name}"] for name in ("header", "nearest_file", "declared")}
    return "kept" if verdict is True else verdict[1], {name: one and one["expression"] for name, one in said.items()}


@pytest.mark.parametrize(
    ("files", "header"),
    [
        ({"src/COPYRIGHT": HOLDER}, MIT_HEADER),
        ({"src/LICENSE": "\n\n"}, MIT_HEADER),
        ({"src/LICENSE": "See the LICENSE file in the root folder.\n", "src/package.json": package("MIT")}, ""),
        ({"src/LICENSE": "../LICENSE", "src/package.json": package("MIT")}, ""),
        ({"src/license.rst": ".. include:: ../LICENSE\n"}, MIT_HEADER),
        ({"src/LICENSE": "See COPYING.\n", "src/COPYING": "../LICENSE\n"}, MIT_HEADER),
        ({"src/licenses/font.txt": MIT}, ""),
        ({"src/licenses/readme.txt": "hello\n"}, MIT_HEADER),
        ({"src/LICENSES/MIT.txt": MIT}, MIT_HEADER),
        ({"src/jquery.LICENSE.txt": MIT}, ""),
        ({"src/mit.txt": MIT}, ""),
    ],
)
def test_what_says_less_does_not_hide_the_license_above(tmp_path: Path, files: dict[str, str], header: str) -> None:
    verdict, said = judged(tmp_path, {"LICENSE": GPL} | files, header=header)

    assert verdict == "license_not_allowed"
    assert "GPL-3.0-or-later" in (said["nearest_file"] or "")


@pytest.mark.parametrize(
    "files",
    [
        {"LICENSE": None},
        {"LICENSE.pdf": None},
        {"LICENSE": "./legal/text"},
        {"LICENSE": "/usr/share/licenses/MIT"},
        {"LICENSE": "You shall use this on Tuesdays alone.\n"},
        {"LICENSE": "See COPYING.\n"},
        {"LICENSE": "See COPYING.\n", "COPYING": "See LICENSE.\n"},
        {"LICENSE": "./COPYING", "COPYING": "./LICENSE"},
        {"package.json": None},
        {"package.json": '{"license": "MIT", }'},
        {"package.json": package("UNLICENSED")},
        {"package.json": package("SEE LICENSE IN TERMS.txt")},
        {"PKG-INFO": "License: BSD license (see EULA.txt for details), Copyright (c) 2000, A B\n"},
        {"package.json": package("MIT AND LicenseRef-X")},
        {"pyproject.toml": project('license = "LicenseRef-Acme-Commercial"')},
        {"pyproject.toml": project('license = "MIT AND LicenseRef-X"')},
        {"pyproject.toml": project('license = {file = "TERMS.txt"}')},
        {"Cargo.toml": '[package]\nname = "x"\nversion = "1.0.0"\nlicense-file = "TERMS.txt"\n'},
        {"PKG-INFO": "Metadata-Version: 2.4\nLicense-Expression: LicenseRef-Proprietary\n"},
        {"PKG-INFO": "Metadata-Version: 2.4\nLicense-Expression: MIT OR\n"},
        {"PKG-INFO": "Metadata-Version: 2.4\nLicense-Expression: Frobnicate-1.0\n"},
    ],
)
def test_what_is_not_understood_is_an_unknown_license(tmp_path: Path, files: dict[str, str | None]) -> None:
    verdict, _ = judged(tmp_path, {"LICENSE.md": MIT} | files, header=MIT_HEADER)

    assert verdict == "license_unknown"


@pytest.mark.parametrize(
    "files",
    [
        {"EULA.txt": EULA, "package.json": package("SEE LICENSE IN EULA.txt")},
        {"legal/EULA.txt": EULA, "package.json": package({"file": "legal/EULA.txt"})},
        {"licenses/EULA.txt": EULA, "Cargo.toml": '[package]\nname = "x"\nlicense-file = "licenses/EULA.txt"\n'},
        {"pyproject.toml": project('license = "MIT"', "[tool.poetry]", 'license = "GPL-3.0-only"')},
        {"PKG-INFO": "License-Expression: MIT\nLicense-Expression: GPL-3.0-only\n"},
        {"PKG-INFO": "License: MIT\n\n\nClassifier: License :: OSI Approved :: GNU General Public License v3 (GPLv3)\n"},
        {"pom.xml": "<project><parent/><licenses><license><name>GPL v3</name></license></licenses></project>"},
        {
            "Cargo.toml": '[workspace.package]\nlicense = "GPL-3.0-only"\n',
            "src/Cargo.toml": "[package]\nlicense.workspace = true\n",
        },
        {"LICENSE2.txt": GPL},
        {"LICENSE GPL.txt": GPL},
        {"COPYING3": GPL},
        {"gpl.txt": GPL},
        {"GPL": GPL},
        {"LICENSE.in": GPL},
        {"LICENSE.py": f'"""{GPL}"""\n'},
        {"LICENSE/gpl": GPL, "LICENSE": "./LICENSE/gpl"},
    ],
)
def test_every_voice_counts(tmp_path: Path, files: dict[str, str]) -> None:
    assert judged(tmp_path, {"LICENSE.md": MIT} | files)[0] == "license_not_allowed"


@pytest.mark.parametrize(
    ("files", "header"),
    [
        ({"LICENSE": MIT, "src/LICENSE": "../LICENSE"}, ""),
        ({"LICENSE": MIT, "src/LICENSE": "See the LICENSE file in the root folder.\n"}, ""),
        ({"LICENSE": f"See the LICENSE file.\n\n{MIT}"}, ""),
        ({"LICENSE": MIT, "src/COPYRIGHT": HOLDER}, ""),
        ({"licenses/MIT.txt": MIT, "src/licenses": "../licenses"}, ""),
        ({"LICENSE": MIT, "package.json": package("SEE LICENSE IN LICENSE")}, ""),
        ({"LICENSE.txt": MIT, "pyproject.toml": project('license = {file = "LICENSE.txt"}')}, ""),
        ({"LICENSE": MIT, "setup.cfg": "[metadata]\nlicense = file: LICENSE\n"}, ""),
        ({"LICENSE": MIT, "setup.cfg": "[metadata]\nlicense_files = LICENSE\n"}, ""),
        ({"LICENSE": MIT, "PKG-INFO": "License: UNKNOWN\n"}, ""),
        ({"LICENSE": MIT, "PKG-INFO": "License: LICENSE\n"}, ""),
        ({"LICENSE": MIT, "PKG-INFO": "License: BSD license (see license.txt for details), Copyright (c) 2000, A B\n"}, ""),
        ({"PKG-INFO": "License-Expression: MIT OR LicenseRef-Commercial\n"}, ""),
        ({"LICENSE": MIT, "package.json": package({"type": "MIT", "url": "https://example.org/LICENSE"})}, ""),
        ({"LICENSE": MIT}, "# See the LICENSE file for details.\n"),
    ],
)
def test_what_is_answered_stays_allowed(tmp_path: Path, files: dict[str, str], header: str) -> None:
    assert judged(tmp_path, files, header=header)[0] == "kept"


def test_a_link_is_read_at_its_own_place_from_the_file_it_leads_to(tmp_path: Path) -> None:
    files = {"COPYING": GPL, "LICENSE": MIT, "src/LICENSE": "../COPYING"}

    assert judged(tmp_path, files)[1]["nearest_file"] == "GPL-3.0-or-later"
    assert judged(tmp_path, {"COPYING.txt": GPL, "src/LICENSE": "../LICENSE"} | {"LICENSE": MIT})[1]["nearest_file"] == "MIT"


def test_a_header_that_points_above_the_nearest_file_gets_both(tmp_path: Path) -> None:
    files = {"LICENSE": GPL, "src/COPYING": MIT}

    assert judged(tmp_path, files, header="# See LICENSE for details.\n")[0] == "license_not_allowed"


def test_files_that_all_name_each_other_are_asked_once_each(tmp_path: Path) -> None:
    names = [f"COPYING-{number}" for number in range(40)]

    assert judged(tmp_path, dict.fromkeys(names, "\n".join(names)), header=MIT_HEADER)[0] == "license_unknown"


def test_a_pointer_to_a_file_that_says_nothing_is_an_unknown_license(tmp_path: Path) -> None:
    files = {"LICENSE": HOLDER, "package.json": package("MIT")}

    assert judged(tmp_path, files, header="# See LICENSE for details.\n")[0] == "license_unknown"


EVIL = "The Software shall not be used for commercial purposes."
NO_TRAINING = "The Software may not be used to train machine learning models."


@pytest.mark.parametrize(
    "text",
    [
        MIT.replace("subject to the following conditions:", f"subject to the following conditions:\n\n{EVIL}"),
        MIT.replace("Permission is hereby granted", "Permission is not granted"),
        f"{MIT}\n{EVIL}\n",
    ],
)
def test_words_that_take_back_what_a_license_text_grants_are_not_passed_over(tmp_path: Path, text: str) -> None:
    assert judged(tmp_path, {"LICENSE": text})[0] in {"license_unknown", "license_not_allowed"}


@pytest.mark.parametrize("text", [f"{MIT}\n{NO_TRAINING}\n", f"{NO_TRAINING}\n\n{MIT}"])
def test_a_reservation_against_training_has_a_reason_of_its_own(tmp_path: Path, text: str) -> None:
    assert judged(tmp_path, {"LICENSE": text})[0] == "license_reserved"


def test_words_that_take_back_what_a_header_grants_are_not_passed_over(tmp_path: Path) -> None:
    text = MIT.replace("subject to the following conditions:", f"subject to the following conditions:\n\n{EVIL}")

    assert judged(tmp_path, {"LICENSE": MIT}, header=f'"""\n{text}"""\n')[0] in {"license_unknown", "license_not_allowed"}


@pytest.mark.parametrize(
    "text",
    [
        MIT.replace("THE SOFTWARE IS PROVIDED", "THE PROGRAM CALLED FROB IS PROVIDED"),
        f"{MIT}\nThe names of the authors may not be used in advertising without permission.\n",
        f"{MIT}\nContributions are the copyright of those who sent them.\n",
    ],
)
def test_harmless_words_in_and_beside_a_license_text_stay_allowed(tmp_path: Path, text: str) -> None:
    assert judged(tmp_path, {"LICENSE": text})[0] == "kept"


@pytest.mark.parametrize(
    ("files", "header", "verdict"),
    [
        ({"docs/COPYING": GPL}, "# See docs/COPYING for license terms.\n", "license_not_allowed"),
        ({"src/docs/COPYING": GPL}, "# See docs/COPYING for license terms.\n", "license_not_allowed"),
        ({}, "# See docs/COPYING for license terms.\n", "license_unknown"),
        ({"docs/COPYING": MIT}, "# See docs/COPYING for license terms.\n", "kept"),
        ({}, "# See the LICENSE file for details.\n", "kept"),
        ({}, "# https://example.org/see/docs/COPYING\n", "kept"),
        (
            {},
            "# Use of this software is governed by the Business Source License\n# included in the file licenses/BSL.txt.\n",
            "x",
        ),
    ],
)
def test_a_sentence_that_points_to_a_file_is_a_pointer(tmp_path: Path, files: dict[str, str], header: str, verdict: str) -> None:
    found = judged(tmp_path, {"LICENSE": MIT} | files, header=header)[0]

    assert found == verdict or (verdict == "x" and found.startswith("license_"))


def test_a_header_does_not_add_a_choice_to_a_single_license(tmp_path: Path) -> None:
    verdict, said = judged(tmp_path, {"LICENSE": GPL}, header="# SPDX-License-Identifier: MIT OR GPL-3.0-or-later\n")

    assert (verdict, said["nearest_file"]) == ("license_not_allowed", "GPL-3.0-or-later")


@pytest.mark.parametrize("license_", [["MIT", "GPL-3.0-only"], [{"type": "GPL-3.0-only"}]])
def test_every_license_of_a_list_counts(tmp_path: Path, license_: object) -> None:
    assert "GPL-3.0-only" in (judged(tmp_path, {"package.json": package(license_)})[1]["declared"] or "")


@pytest.mark.parametrize(
    "text", ["[" * 99_999, "1", "[]", '"MIT"', "{}", '{"license": []}', '{"license": {}}', '{"licenses": [null]}']
)
def test_odd_manifests_do_not_stop_the_block(tmp_path: Path, text: str) -> None:
    assert judged(tmp_path, {"package.json": text})[0] in {"no_license", "license_unknown"}
