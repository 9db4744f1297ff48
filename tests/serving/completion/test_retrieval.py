"""Signatures of a project and its packages: read and never imported, found by names and imports, within a budget."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seedbed.core.errors import InputError
from seedbed.core.syntax import LANGUAGES
from seedbed.serving.completion.retrieval import ProjectRetriever, Store
from seedbed.serving.completion.retrieval.project_files import declarations
from tests import frozen

LOADER = '''"""Loading."""

raise RuntimeError("a file that is read must not be run")


class Loader:
    """Reads tables from a folder. Slowly."""

    def load_table(self, name: str, *, limit: int = 10) -> list[str]:
        """Rows of one table.

        More words.
        """
        return []


def unrelated(x):
    return x
'''
USER = "from pkg.loader import Loader\n\n\ndef main():\n    loader = Loader()\n    rows = loader."


@dataclass(frozen=True)
class Cursor:
    prefix: str
    path: str
    suffix: str = ""
    language: str = "Python"


def words(text: str) -> int:
    return len(text.split())


@pytest.fixture
def store(tmp_path: Path) -> Store:
    (tmp_path / "pkg").mkdir()
    (tmp_path / "pkg" / "loader.py").write_text(LOADER)
    (tmp_path / "main.py").write_text(USER)
    store = Store()
    store.add_project(tmp_path)
    return store


def retrieved(store: Store, prefix: str = USER, budget: int = 60, path: str = "main.py") -> str:
    return ProjectRetriever(store).retrieve(Cursor(prefix, path), budget, words)


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("Python", 'def f(a: int, *b) -> str:\n    """Say it. And more."""\n', ("f", "", "def f(a: int, *b) -> str:", "Say it.")),
        ("JavaScript", "/** Adds.\n * @param a */\nfunction add(a, b = 1) { return a; }", ("add", "", "function add(a, b = 1)", "Adds.")),
        ("TypeScript", "class A {\n get(id: string): B { return 1 } }", ("get", "A", "get(id: string): B", "")),
        ("C", "/* Opens it. */\nstatic int open_it(const char *name) {\n}", ("open_it", "", "static int open_it(const char *name)", "Opens it.")),
        ("C++", "struct A { int size() const { return 1; } };", ("size", "A", "int size() const", "")),
        ("Java", "class A {\n /** Runs. */\n public void run(int x) throws E { } }", ("run", "A", "public void run(int x) throws E", "Runs.")),
        ("Go", "package m\n// Open opens.\nfunc Open(name string) (*File, error) {\n}", ("Open", "", "func Open(name string) (*File, error)", "Open opens.")),
        ("Rust", "/// Reads it.\npub fn read<R>(r: R) -> u8 { 1 }", ("read", "", "pub fn read<R>(r: R) -> u8", "Reads it.")),
    ],
)  # fmt: skip
def test_signatures_are_read_in_every_language(language: str, text: str, expected: tuple[str, ...]) -> None:
    one = declarations(text, language)[-1]

    assert (one.name, one.owner, one.signature, one.sentence) == expected


def test_what_is_imported_and_named_near_the_cursor_is_shown_as_comments(store: Store) -> None:
    text = retrieved(store)

    assert (
        "# pkg/loader.py: Loader: def load_table(self, name: str, *, limit: int = 10) -> list[str]:  Rows of one table.\n" in text
    )
    assert "# pkg/loader.py: class Loader:  Reads tables from a folder.\n" in text
    assert "unrelated" not in text
    assert all(line.startswith("# ") for line in text.splitlines())


def test_the_file_itself_is_left_out(store: Store) -> None:
    assert "main.py" not in retrieved(store, USER + "\nmain(", path="main.py")


@pytest.fixture(scope="module")
def uses(tmp_path_factory: pytest.TempPathFactory) -> Store:
    """Of a project that finds what a file uses."""
    folder = tmp_path_factory.mktemp("uses")
    for name, text in frozen.files("uses/*.py").items():
        (folder / Path(name).name).write_text(text, encoding="utf-8")
    store = Store()
    store.add_project(folder)
    return store


@settings(deadline=None)
@given(budget=st.integers(0, 60))
def test_the_budget_is_kept(uses: Store, budget: int) -> None:
    text = retrieved(uses, "from seedbed.core.syntax import parse\nimports_of(parsed)\ncalls_of(parts_of(", budget, "x.py")

    assert words(text) <= budget


def test_a_cursor_without_names_gets_nothing(store: Store) -> None:
    assert retrieved(store, "") == ""


def test_only_what_changed_is_read_again_and_what_is_gone_is_forgotten(tmp_path: Path, store: Store) -> None:
    assert store.add_project(tmp_path) == 0
    (tmp_path / "pkg" / "loader.py").write_text(LOADER.replace("load_table", "load_everything"))
    (tmp_path / "main.py").unlink()

    assert store.add_project(tmp_path) == 1
    assert store.named(["load_table", "main"], 9) == []
    assert [hit.name for hit in store.about(["everything"], 9)] == ["load_everything"]


def test_a_package_is_read_from_its_record_and_not_imported(store: Store) -> None:
    assert store.add_package("pyyaml") > 5

    text = retrieved(store, "import yaml\n\ndata = yaml.safe_load(", path="a.py")

    assert "yaml/__init__.py: def safe_load(stream):" in text


def test_names_of_files_stay_on_the_line_of_their_comment(tmp_path: Path) -> None:
    for number, name in enumerate([b"a\nimport evil\nx.py", b"b\xff.py", b"c\x1b[31m.py"]):
        (tmp_path / os.fsdecode(name)).write_text(f"def helper{number}(x):\n    return x\n")
    store = Store()

    store.add_project(tmp_path)

    text = retrieved(store, "helper0(helper1(helper2(", budget=100)
    assert sorted(text.splitlines()) == [
        "# a\ufffdimport evil\ufffdx.py: def helper0(x):",
        "# b\ufffd.py: def helper1(x):",
        "# c\ufffd[31m.py: def helper2(x):",
    ]


def test_a_signature_with_a_credential_is_put_before_no_model(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text('def join(a):\n    pass\n\n\ndef connect(password="Xk29vPq81ZtLw4Rm7Yc3"):\n    pass\n')
    store = Store()

    store.add_project(tmp_path)

    assert retrieved(store, "connect(join(") == "# a.py: def join(a):\n"


def test_a_database_on_disk_is_there_the_next_time(tmp_path: Path) -> None:
    (tmp_path / "project").mkdir()
    (tmp_path / "project" / "loader.py").write_text(LOADER)
    first = Store(tmp_path / "store.sqlite")
    first.add_project(tmp_path / "project")
    first.close()

    again = Store(tmp_path / "store.sqlite")

    assert again.add_project(tmp_path / "project") == 0
    assert [hit.owner for hit in again.named(["load_table"], 9)] == ["Loader"]


def test_what_cannot_be_indexed_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "x.sqlite").write_bytes(b"no database at all, and long enough to tell" * 9)

    with pytest.raises(InputError, match="not a database of declarations"):
        Store(tmp_path / "x.sqlite")
    with pytest.raises(InputError, match="no such folder"):
        Store().add_project(tmp_path / "missing")


@pytest.mark.parametrize("name", ["no-such-package-at-all", "", "../../etc", "x\ny", "\udcff"])
def test_a_package_that_is_none_is_one_line(name: str) -> None:
    with pytest.raises(InputError, match=r"^'[^\n]*': not installed here\. Allowed: the name of an installed package\.$"):
        Store().add_package(name)


@settings(deadline=None)
@given(st.sampled_from(sorted(LANGUAGES)), st.text(max_size=80))
def test_no_text_makes_it_fail(language: str, text: str) -> None:
    assert all(one.name for one in declarations(text, language))
