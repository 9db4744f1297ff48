"""The code that decides what a module does: what it imports, however deep, and nothing else; words are no code."""

from __future__ import annotations

import platform
from importlib.metadata import version
from pathlib import Path

import pytest

from seedbed.core.runs.keys import Code, code_of

MODULES = {
    "seedbed/__init__.py": "",
    "seedbed/core/__init__.py": "LIMIT = 1\n",
    "seedbed/core/text.py": "import re\n\ndef clean(text):\n    return text.strip()\n",
    "seedbed/core/unused.py": "X = 1\n",
    "pipeline/__init__.py": "",
    "pipeline/stage.py": "from seedbed.core import text\n\ndef run():\n    return text.clean(' a ')\n",
}


def tree(folder: Path, **changes: str) -> Path:
    """The modules above below a folder, some with another text; `_init` stands for `__init__`, `__` for a slash."""
    names = {name.replace("__", "/").replace("_init", "__init__"): text for name, text in changes.items()}
    for name, text in (MODULES | {f"{name}.py": text for name, text in names.items()}).items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


def code(folder: Path, module: str = "pipeline.stage") -> Code:
    return code_of(module, path=[folder])


def test_every_module_that_is_imported_counts_with_its_packages(tmp_path: Path) -> None:
    assert list(code(tree(tmp_path)).files) == ["pipeline", "pipeline.stage", "seedbed", "seedbed.core", "seedbed.core.text"]


@pytest.mark.parametrize(
    "text",
    [
        "import seedbed.core.unused",
        "from seedbed.core import unused",
        "from seedbed.core.unused import X",
        "from seedbed.core.unused import *",
        "def run():\n    import seedbed.core.unused",
        "def run():\n    if True:\n        from seedbed.core import unused as other",
        "from . import other",
        "from .other import unused",
        "try:\n    from seedbed.core import unused\nexcept ImportError:\n    unused = None",
    ],
)
def test_an_import_counts_however_it_is_written(tmp_path: Path, text: str) -> None:
    tree(tmp_path, pipeline__stage=text, pipeline__other="from seedbed.core import unused\n")

    assert "seedbed.core.unused" in code(tmp_path).files


def test_a_relative_import_of_packages_above_counts(tmp_path: Path) -> None:
    tree(tmp_path, pipeline__deep___init="", pipeline__deep__stage="from ..other import X\n", pipeline__other="X = 1\n")

    assert "pipeline.other" in code(tmp_path, "pipeline.deep.stage").files


@pytest.mark.parametrize("name", [name for name in MODULES if "unused" not in name])
def test_an_edit_of_any_of_them_changes_the_hash(tmp_path: Path, name: str) -> None:
    before, edited = code(tree(tmp_path / "before")), tree(tmp_path / "after")

    (edited / name).write_text(f"{MODULES[name]}\nEDITED = 1\n")

    assert code(edited).sha256 != before.sha256


def test_an_edit_of_a_module_that_is_not_imported_changes_nothing(tmp_path: Path) -> None:
    before = code(tree(tmp_path / "before"))

    after = code(tree(tmp_path / "after", seedbed__core__unused="X = 2\n"))

    assert after == before


@pytest.mark.parametrize(
    "text",
    [
        "# a comment\nfrom seedbed.core import text\n\n\ndef run():  # another\n    return text.clean(' a ')\n",
        '"""A module."""\nfrom seedbed.core import text\n\ndef run():\n    """Run."""\n    return text.clean(" a ")\n',
        "from seedbed.core import (\n    text,\n)\n\ndef run():\n    return text.clean(\n        ' a ',\n    )\n",
    ],
)
def test_comments_docstrings_and_layout_change_nothing(tmp_path: Path, text: str) -> None:
    before = code(tree(tmp_path / "before"))

    assert code(tree(tmp_path / "after", pipeline__stage=text)) == before


def test_what_only_type_checkers_import_does_not_count(tmp_path: Path) -> None:
    tree(
        tmp_path,
        pipeline__stage="if TYPE_CHECKING:\n    from seedbed.core import unused\nelse:\n    from seedbed.core import text\n",
    )

    assert "seedbed.core.unused" not in code(tmp_path).files
    assert "seedbed.core.text" in code(tmp_path).files


def test_of_a_module_that_asks_where_it_is_every_data_file_beside_it_counts(tmp_path: Path) -> None:
    tree(tmp_path, pipeline__stage="from pathlib import Path\nWORDS = Path(__file__).with_name('words.txt').read_text()\n")
    (tmp_path / "pipeline" / "words.txt").write_text("one")
    (tmp_path / "pipeline" / "other.txt").write_text("one")
    before = code(tmp_path)
    assert "pipeline.stage:words.txt" in before.files
    assert "pipeline.stage:other.txt" in before.files  # it may be found by a pattern

    edited = tree(tmp_path / "edited", pipeline__stage=(tmp_path / "pipeline" / "stage.py").read_text())
    (edited / "pipeline" / "words.txt").write_text("two")

    assert code(edited).sha256 != before.sha256


def test_of_a_folder_that_a_module_names_beside_itself_every_file_counts(tmp_path: Path) -> None:
    tree(tmp_path, pipeline__stage="PLACE = __file__ + 'harness'\n", pipeline__harness__program="X = 1\n")

    assert "pipeline.stage:harness/program.py" in code(tmp_path).files


def test_a_module_that_looks_for_modules_counts_every_one_beside_it(tmp_path: Path) -> None:
    tree(tmp_path, seedbed__core___init="import pkgutil\nNAMES = [*pkgutil.iter_modules(__path__)]\n")

    assert "seedbed.core.unused" in code(tmp_path).files


def test_packages_of_others_count_by_their_version(tmp_path: Path) -> None:
    tree(tmp_path, pipeline__stage="import re\nimport yaml\nfrom datatrove.data import Document\nimport no_such_package\n")

    minor = ".".join(platform.python_version_tuple()[:2])
    assert code(tmp_path).packages == {
        "python": minor,
        "datatrove": version("datatrove"),
        "no-such-package": "not installed",
        "pyyaml": version("pyyaml"),
    }


def test_a_grammar_counts_where_its_name_stands_in_a_table(tmp_path: Path) -> None:
    tree(tmp_path, seedbed__core__text="GRAMMARS = {'Python': 'tree_sitter_python'}\n")

    assert code(tmp_path).packages["tree-sitter-python"] == version("tree-sitter-python")


def test_a_module_that_is_none_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModuleNotFoundError, match=r"pipeline\.gone"):
        code(tree(tmp_path), "pipeline.gone")
