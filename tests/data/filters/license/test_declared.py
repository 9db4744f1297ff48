"""What manifests declare: classifiers list, a License field states; every match says on which line its own words stand."""

from __future__ import annotations

from itertools import count
from pathlib import Path

import pytest
from datatrove.data import Document

from seedbed.data.filters.license.declared import declared
from seedbed.data.filters.license.filters import LicenseCollector
from seedbed.data.filters.license.legal_files import store

APACHE, BSD = "License :: OSI Approved :: Apache Software License", "License :: OSI Approved :: BSD License"
MIT, GPL = "License :: OSI Approved :: MIT License", "License :: OSI Approved :: GNU General Public License v3 (GPLv3)"
SOURCES = count()


def pkg_info(license_: str | None, *classifiers: str) -> str:
    head = ["Metadata-Version: 2.3", "Name: submit", "Version: 1", "Summary: permit the mit limit"]
    field = [f"License: {license_}"] if license_ else []
    return "\n".join([*head, *(f"Classifier: {one}" for one in classifiers), *field]) + "\n"


def pyproject(license_: str, *classifiers: str) -> str:
    listed = "".join(f'    "{one}",\n' for one in classifiers)
    return f'[project]\nname = "submit"\nversion = "1"\nlicense = {{text = "{license_}"}}\nclassifiers = [\n{listed}]\n'


def evidence(tmp_path: Path, files: dict[str, str]) -> dict[str, object]:
    """The declared evidence of a file beside these manifests."""
    source = str(next(SOURCES))
    store(str(tmp_path), source, files)
    document = Document(text="x = 1\n", id="0", metadata={"path": "a.py", "source": source})
    LicenseCollector(str(tmp_path)).filter(document)
    return document.metadata["license_declared"]


@pytest.mark.parametrize("name", ["PKG-INFO", "pyproject.toml"])
def test_classifiers_that_name_the_sides_of_a_stated_choice_add_nothing(tmp_path: Path, name: str) -> None:
    write = pkg_info if name == "PKG-INFO" else pyproject

    said = evidence(tmp_path, {name: write("Apache-2.0 OR BSD-3-Clause", APACHE, BSD)})

    assert said["expression"] == "Apache-2.0 OR BSD-3-Clause"
    assert {match["expression"]: match["role"] for match in said["matches"]} == {
        "Apache-2.0 OR BSD-3-Clause": "decides",
        "Apache-2.0": "repeats",
        "BSD-3-Clause": "repeats",
    }


def test_a_choice_in_one_manifest_answers_the_classifiers_of_the_one_beside_it(tmp_path: Path) -> None:
    files = {"PKG-INFO": pkg_info(None, APACHE, BSD), "pyproject.toml": pyproject("Apache-2.0 OR BSD-3-Clause")}

    assert evidence(tmp_path, files)["expression"] == "Apache-2.0 OR BSD-3-Clause"


@pytest.mark.parametrize(
    ("license_", "classifiers", "expression"),
    [
        ("Apache-2.0 OR BSD-3-Clause", (APACHE, BSD, GPL), "GPL-3.0-only AND (Apache-2.0 OR BSD-3-Clause)"),
        ("Apache-2.0 OR BSD-3-Clause", (APACHE, MIT), "Apache-2.0 AND MIT"),
        ("MIT OR GPL-3.0-only", (GPL,), "GPL-3.0-only"),
        ("Apache-2.0 AND BSD-3-Clause", (APACHE, BSD), "Apache-2.0 AND BSD-3-Clause"),
        (None, (APACHE, BSD), "Apache-2.0 AND BSD-3-Clause"),
        ("MIT", (GPL,), "GPL-3.0-only AND MIT"),
    ],
)
def test_every_other_classifier_still_counts(
    tmp_path: Path, license_: str | None, classifiers: tuple[str, ...], expression: str
) -> None:
    assert evidence(tmp_path, {"PKG-INFO": pkg_info(license_, *classifiers)})["expression"] == expression


def test_a_manifest_that_states_both_is_not_answered_by_a_choice_in_another(tmp_path: Path) -> None:
    files = {"PKG-INFO": pkg_info("Apache-2.0 AND MIT"), "pyproject.toml": pyproject("Apache-2.0 OR MIT", APACHE, MIT)}

    assert evidence(tmp_path, files)["expression"] == "Apache-2.0 AND MIT"


def lines(name: str, text: str) -> list[tuple[str, int, int]]:
    return [(match.expression, match.start_line, match.end_line) for one in declared(name, text) for match in one.matches]


def test_each_classifier_is_found_on_its_own_line() -> None:
    text = pkg_info("Apache-2.0 OR BSD-3-Clause", APACHE, BSD)

    assert lines("PKG-INFO", text) == [("Apache-2.0 OR BSD-3-Clause", 7, 7), ("Apache-2.0", 5, 5), ("BSD-3-Clause", 6, 6)]


def test_a_field_is_not_taken_for_the_classifier_that_ends_in_its_words() -> None:
    assert lines("PKG-INFO", pkg_info("MIT License", MIT)) == [("MIT", 6, 6), ("MIT", 5, 5)]


def test_dual_license_adds_nothing_where_both_are_named() -> None:
    assert [one for one, *_ in lines("PKG-INFO", pkg_info("Dual License", APACHE, BSD))] == ["Apache-2.0", "BSD-3-Clause"]
    assert "LicenseRef-scancode-unknown-license-reference" in {
        one for one, *_ in lines("PKG-INFO", pkg_info("Dual License", APACHE))
    }


def test_files_to_pack_declare_nothing() -> None:
    text = "[metadata]\nname = a\nlicense_files =\n    LICENSE\nlicense = New BSD\n"

    assert lines("setup.cfg", text) == [("BSD-3-Clause", 5, 5)]


@pytest.mark.parametrize(
    ("name", "text", "line"),
    [
        ("PKG-INFO", pkg_info("MIT"), 5),
        ("Cargo.toml", '[package]\nname = "mit"\nversion = "1.0.0"\nlicense = "MIT"\n', 4),
        ("package.json", '{\n "name": "mit",\n "license": {\n  "type": "MIT"\n }\n}\n', 4),
        ("setup.cfg", "[metadata]\nname = submit\nlicense = MIT\n", 3),
        (
            "pom.xml",
            (
                "<!-- Licensed under the Apache License, Version 2.0 (the one) -->\n<project><modelVersion>4.0.0</modelVersion>"
                "<groupId>a</groupId><artifactId>b</artifactId>\n<version>1</version><licenses><license>\n"
                "<name>Apache License, Version 2.0</name>\n</license></licenses></project>\n"
            ),
            4,
        ),
    ],
)
def test_words_are_found_where_they_are_the_value(name: str, text: str, line: int) -> None:
    assert {found for _, found, _ in lines(name, text)} == {line}


def test_words_of_several_lines_are_found_whole(mit: str) -> None:
    text = '[project]\nname = "submit"\nversion = "1"\nlicense = {text = """\n' + mit + '"""}\n'

    (found,) = lines("pyproject.toml", text)

    assert found == ("MIT", 5, 4 + len(mit.splitlines()))


def test_evidence_of_several_files_lists_them(tmp_path: Path) -> None:
    said = evidence(tmp_path, {"PKG-INFO": pkg_info("MIT"), "pyproject.toml": pyproject("MIT")})

    assert said["files"] == ["PKG-INFO", "pyproject.toml"]
