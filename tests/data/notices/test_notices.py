"""Notices travel: every sample has its row, every row its statements and texts, every release its place on the page."""

from __future__ import annotations

import hashlib
import posixpath
import re
from pathlib import Path
from typing import Any

import pytest

from seedbed.core.errors import ManifestError
from seedbed.core.manifests import integrity
from seedbed.data.notices.address import web_address
from seedbed.data.notices.check import check
from seedbed.data.notices.tables import ATTRIBUTION, LICENSE_TEXTS, NOTICE_COLUMNS, PAGE, TEXT_COLUMNS, read
from seedbed.publishing.cards import notice_page
from tests.data.notices.datasets import Sources, build, rewrite
from tests.invented_dataset import make_manifest, write_dataset

GRANT = "\nPermission is granted to everyone to use, copy and change this for any purpose.\n"
SOURCES: Sources = {
    "alpha": {
        "LICENSE": "Copyright (c) 2011-2020 Ann Alder" + GRANT,
        "NOTICE": "Alpha\nCopyright 2012 The Alpha Foundation\n\nIncludes code by Bo, copyright 1999 Bo Birch.\n",
        "alpha/a.py": "# Copyright 2015 Cy Cedar <cy@example.org>\n# Copyright 2016 Di Dogwood\nimport os\n",
        "alpha/b.py": "import os\n",
        "alpha/vendor/elm/LICENSE.txt": "Copyright © 2003 Élise Elm\n" + GRANT,
        "alpha/vendor/elm/e.c": "/* elm.c\n * (c) 2004 Fi Fir, all rights reserved\n */\nint x;\n",
    },
    "beta": {
        "COPYING": "Copyright (c) 2011-2020 Ann Alder" + GRANT,
        "b.js": "// Copyright The Beta Authors\nlet b = 1\n",
        "sub/LICENSE": "../COPYING",
        "sub/c.js": "let c = 1\n",
    },
    "gamma": {"g.py": "# no license file, no statement\nimport os\n"},
}
_SIMPLE = re.compile(r"(?:copyright|\(c\)|©).*?(?:19|20)\d\d.*|copyright the \w+ authors", re.IGNORECASE)


def simple_reader(text: str) -> list[str]:
    """Lines with a sign or the word, and a year behind it; written without a look at the rules that it checks."""
    lines = (match[0] for line in text.splitlines() if (match := _SIMPLE.search(line)))
    return [line.strip(" */#.") for line in lines]


def above(path: str) -> set[str]:
    folders = {""}
    while folder := posixpath.dirname(path):
        folders.add(folder)
        path = folder
    return folders


def notices(folder: Path) -> dict[str, dict[str, Any]]:
    return {row["notice_id"]: row for row in read(folder / ATTRIBUTION)}


def test_the_row_of_a_sample_names_every_statement_of_its_own_and_of_the_legal_files_that_apply(tmp_path: Path) -> None:
    folder, kept, _ = build(SOURCES, tmp_path)
    rows = notices(folder)

    for document in kept:
        files = SOURCES[document.metadata["project"].rpartition("/")[2]]
        legal = [
            text
            for path, text in files.items()
            if posixpath.dirname(path) in above(document.metadata["path"]) and not path.endswith((".py", ".c", ".js"))
        ]
        wanted = [line for text in [document.text, *legal] for line in simple_reader(text)]
        statements = "\n".join(rows[document.metadata["notice_id"]]["copyrights"])
        assert [line for line in wanted if line not in statements] == []


def test_each_license_file_is_there_once_and_byte_for_byte(tmp_path: Path) -> None:
    folder, _, counts = build(SOURCES, tmp_path)
    texts = [row["text"] for row in read(folder / LICENSE_TEXTS)]

    files = {text for files in SOURCES.values() for path, text in files.items() if not path.endswith((".py", ".c", ".js"))}
    assert sorted(texts) == sorted(files - {"../COPYING"})  # a link stands for the file that it leads to
    assert counts.texts == len(texts) == 3
    for row in read(folder / LICENSE_TEXTS):
        assert hashlib.sha256(row["text"].encode()).hexdigest() == row["sha256"]


def test_the_page_names_every_release_and_holds_every_statement_and_text(tmp_path: Path) -> None:
    folder, _, _ = build(SOURCES, tmp_path)
    page = (folder / PAGE).read_text(encoding="utf-8")

    for project in SOURCES:
        assert f"\n## `pkg:pypi/{project}@1.0`\n" in page
        assert f"<https://pypi.org/project/{project}/1.0/>" in page
    for name in (
        "Ann Alder",
        "The Alpha Foundation",
        "Bo Birch",
        "Cy Cedar",
        "Di Dogwood",
        "Élise Elm",
        "Fi Fir",
        "The Beta Authors",
    ):
        assert name in page
    assert page.count("Permission is granted to everyone") == 2


def test_a_file_inherits_a_notice_and_never_that_of_a_folder_beside_it(tmp_path: Path) -> None:
    folder, kept, _ = build(SOURCES, tmp_path)
    rows = notices(folder)
    paths = {each.metadata["path"]: [file["path"] for file in rows[each.metadata["notice_id"]]["files"]] for each in kept}

    assert paths["alpha/b.py"] == ["LICENSE", "NOTICE"]
    assert paths["alpha/vendor/elm/e.c"] == ["LICENSE", "NOTICE", "alpha/vendor/elm/LICENSE.txt"]
    assert paths["sub/c.js"] == ["COPYING"]
    assert paths["g.py"] == []


@pytest.mark.parametrize("tasks", [2, 3, 7])
def test_the_number_of_tasks_never_changes_the_bytes(tmp_path: Path, tasks: int) -> None:
    first, _, _ = build(SOURCES, tmp_path / "first")

    second, _, _ = build(SOURCES, tmp_path / "second", tasks)

    for name in (ATTRIBUTION, LICENSE_TEXTS, PAGE):
        assert (first / name).read_bytes() == (second / name).read_bytes()


def test_a_file_that_cannot_be_read_is_listed_and_makes_the_notice_incomplete(tmp_path: Path) -> None:
    many = "\n".join(f"Copyright 2020 Holder {number}" for number in range(900))
    folder, _, counts = build({"alpha": {"LICENSE": many, "a.py": "import os\n"}}, tmp_path)

    (row,) = notices(folder).values()
    assert not row["is_complete"]
    assert counts.incomplete == 1
    assert "Not every statement" in (folder / PAGE).read_text(encoding="utf-8")
    assert [text["text"] for text in read(folder / LICENSE_TEXTS)] == [many]


HOSTILE = (
    "Copyright 2020 <img src=x onerror=alert(1)>",
    "Copyright 2020 [link](javascript:alert(1)) | `code` **bold**",
    "Copyright 2020 \u202eevil\u202c\u200b holder",
    "Copyright 2020 ## `pkg:pypi/other@1.0`",
)


def test_hostile_names_and_texts_stay_inside_their_place(tmp_path: Path) -> None:
    text = "\n".join(HOSTILE) + "\n```\n# Not a heading\n```\n## `pkg:pypi/other@1.0`\n````\n<script>\n" + GRANT
    code = "".join(f"# {line}\n" for line in HOSTILE)
    folder, _, _ = build({"alpha": {"LICENSE": text, "a.py": code}}, tmp_path)
    lines = (folder / PAGE).read_text(encoding="utf-8").splitlines()
    fence = next(number for number, line in enumerate(lines) if line.startswith("`````"))

    outside = "\n".join(lines[:fence])
    assert lines[-1] == lines[fence].removesuffix("text")
    assert not re.search(r"(?<!\\)<(?!https://pypi)", outside)
    assert not re.search(r"(?<!\\)\]\(javascript", outside)
    assert [line for line in lines[:fence] if line.startswith("## ")] == ["## `pkg:pypi/alpha@1.0`"]
    assert not any(letter in line for line in lines for letter in "\u202e\u202c\u200b")
    assert [row["text"] for row in read(folder / LICENSE_TEXTS)] == [text]
    check(folder)


def lose_a_notice(folder: Path) -> None:
    rewrite(folder / ATTRIBUTION, NOTICE_COLUMNS, list(read(folder / ATTRIBUTION))[1:])


def lose_a_text(folder: Path) -> None:
    rewrite(folder / LICENSE_TEXTS, TEXT_COLUMNS, list(read(folder / LICENSE_TEXTS))[1:])


def change_a_text(folder: Path) -> None:
    first, *others = read(folder / LICENSE_TEXTS)
    rewrite(folder / LICENSE_TEXTS, TEXT_COLUMNS, [first | {"text": first["text"] + " "}, *others])


def double_a_text(folder: Path) -> None:
    first, *others = read(folder / LICENSE_TEXTS)
    rewrite(folder / LICENSE_TEXTS, TEXT_COLUMNS, [first, first, *others])


def forget_a_release(folder: Path) -> None:
    page = folder / PAGE
    page.write_text(page.read_text(encoding="utf-8").replace("## `pkg:pypi/beta@1.0`", ""), encoding="utf-8")


def forget_a_file(folder: Path) -> None:
    (folder / PAGE).unlink()


@pytest.mark.parametrize(
    ("harm", "problem"),
    [
        (lose_a_notice, "no notice of pkg:pypi/alpha@1.0#"),
        (lose_a_text, "license_texts.parquet: .*: missing"),
        (change_a_text, "another text than its digest"),
        (double_a_text, "more than once"),
        (forget_a_release, "NOTICE.md: does not name pkg:pypi/beta@1.0"),
        (forget_a_file, "NOTICE.md: missing"),
    ],
)
def test_a_notice_that_is_lost_is_seen(tmp_path: Path, harm: Any, problem: str) -> None:
    folder, _, _ = build(SOURCES, tmp_path)
    check(folder)

    harm(folder)

    with pytest.raises(ManifestError, match=problem):
        check(folder)


@pytest.mark.parametrize("name", [ATTRIBUTION, LICENSE_TEXTS, PAGE])
def test_a_manifest_that_forgets_the_notices_fails_the_check_of_the_folder(tmp_path: Path, name: str) -> None:
    write_dataset(tmp_path)
    facts = make_manifest(tmp_path)
    integrity.seal(facts, tmp_path)
    integrity.verify(tmp_path)
    check(tmp_path)

    (tmp_path / name).unlink()
    integrity.seal(facts, tmp_path)

    with pytest.raises(ManifestError, match=f"{name}: missing"):
        integrity.verify(tmp_path)


def test_a_page_that_would_be_too_long_names_the_texts(tmp_path: Path) -> None:
    folder, _, counts = build(SOURCES, tmp_path)

    notice_page.write("A dataset", counts.model_copy(update={"text_bytes": notice_page.MAX_TEXT_BYTES + 1}), folder)

    page = (folder / PAGE).read_text(encoding="utf-8")
    assert "Permission is granted" not in page
    assert "are in `license_texts.parquet`" in page
    check(folder)


@pytest.mark.parametrize(
    ("source", "address"),
    [
        ("pkg:pypi/six@1.16.0", "https://pypi.org/project/six/1.16.0/"),
        ("https://example.org/a/b.git@0123456789abcdef", "https://example.org/a/b/tree/0123456789abcdef"),
        ("pkg:generic/alpha@0123", None),
        ("pkg:pypi/a/../b@1", None),
    ],
)
def test_the_page_of_a_source(source: str, address: str | None) -> None:
    assert web_address(source) == address
