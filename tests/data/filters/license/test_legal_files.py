"""Which files are legal files, and that their texts travel whole."""

from __future__ import annotations

from collections import deque
from pathlib import Path

import pytest
from datatrove.data import Document

from seedbed.data.filters.license.legal_files import LegalFiles, load
from seedbed.data.filters.license.legal_names import LegalKind, kind_of


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("LICENSE", LegalKind.LICENSE),
        ("a/LICENCE.txt", LegalKind.LICENSE),
        ("LICENSE-MIT", LegalKind.LICENSE),
        ("MIT-LICENSE.txt", LegalKind.LICENSE),
        ("UNLICENSE", LegalKind.LICENSE),
        ("COPYING.LESSER", LegalKind.LICENSE),
        ("COPYRIGHT", LegalKind.LICENSE),
        ("gpl-3.0.txt", LegalKind.LICENSE),
        ("LICENSES/MIT.txt", LegalKind.TEXTS),
        ("doc/licenses/GPL.txt", LegalKind.TEXTS),
        ("NOTICE", LegalKind.THIRD_PARTY),
        ("ThirdPartyNotices.txt", LegalKind.THIRD_PARTY),
        ("LICENSE.bundled", LegalKind.THIRD_PARTY),
        ("LICENSES_bundled.txt", LegalKind.THIRD_PARTY),
        ("a/package.json", LegalKind.MANIFEST),
        ("PKG-INFO", LegalKind.MANIFEST),
        ("license.py", None),
        ("licenses/__init__.py", None),
        ("src/copying.c", None),
        ("setup.py", LegalKind.MANIFEST),
        ("README", LegalKind.README),
        ("LICENSE2.txt", LegalKind.LICENSE),
        ("LICENSE GPL.txt", LegalKind.LICENSE),
        ("COPYING3", LegalKind.LICENSE),
        ("LICENSE.pdf", LegalKind.LICENSE),
        ("p\\LICENSE", LegalKind.LICENSE),
        ("LICENSE/gpl", LegalKind.TEXTS),
        ("gpl.txt", LegalKind.HINT),
        ("GPL", LegalKind.HINT),
        ("GPL-3.0-or-later.txt", LegalKind.HINT),
        ("EULA.txt", LegalKind.HINT),
        ("jquery.LICENSE.txt", LegalKind.COMPONENT),
        ("LICENSE.in", LegalKind.HINT),
        ("LICENSE.json", LegalKind.HINT),
        ("LICENSE.py", LegalKind.HINT),
        ("license/words.txt", None),
        ("license.png", None),
        ("License.class", None),
        ("gpl", None),
        ("mit", None),
    ],
)
def test_name_says_the_kind(path: str, kind: LegalKind | None) -> None:
    assert kind_of(path) is kind


def test_all_documents_pass_and_legal_texts_are_kept(tmp_path: Path) -> None:
    paths = [("one", "a.py"), ("two", "LICENSE"), ("one", "LICENSE"), ("one", "sub/package.json")]
    documents = [Document(text=f"{source} {path}", id=path, metadata={"source": source, "path": path}) for source, path in paths]

    passed = list(LegalFiles(str(tmp_path)).run(iter(documents)))

    assert passed == documents
    assert load(str(tmp_path), "one") == {"LICENSE": "one LICENSE", "sub/package.json": "one sub/package.json"}
    assert load(str(tmp_path), "two") == {"LICENSE": "two LICENSE"}
    assert load(str(tmp_path), "three") == {}


def document(path: str, text: str = "", **metadata: str) -> Document:
    return Document(text=text, id=path, metadata={"source": "one", "path": path, **metadata})


def test_what_cannot_be_read_is_remembered_as_such(tmp_path: Path) -> None:
    documents = [document("LICENSE", decode_error="binary"), document("COPYING", decode_error="empty"), document("a.py")]

    deque(LegalFiles(str(tmp_path)).run(iter(documents)), maxlen=0)

    assert load(str(tmp_path), "one") == {"LICENSE": None, "COPYING": ""}


def test_links_are_remembered_by_their_targets(tmp_path: Path) -> None:
    links = {"LICENSE": "legal/gpl.txt", "src/COPYING": "../COPYING", "b.py": "a.py"}

    deque(LegalFiles(str(tmp_path), {"one": links, "two": links}).run(iter([document("a.py")])), maxlen=0)

    assert load(str(tmp_path), "one") == {"LICENSE": "./legal/gpl.txt", "src/COPYING": "../COPYING"}
    assert load(str(tmp_path), "two") == {}


def test_nothing_is_written_before_the_last_document(tmp_path: Path) -> None:
    documents = [Document(text="x", id=path, metadata={"source": "one", "path": path}) for path in ("LICENSE", "a.py")]
    steps = LegalFiles(str(tmp_path)).run(iter(documents))

    next(steps)
    next(steps)

    assert list(tmp_path.iterdir()) == []
