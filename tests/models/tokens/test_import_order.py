"""The order of a project's files: what is imported stands first, and the order never depends on how they came."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seedbed.models.tokens.packing import imports_first


@dataclass(frozen=True)
class Source:
    path: str
    language: str
    text: str


def order(language: str, files: dict[str, str]) -> list[str]:
    return [file.path for file in imports_first([Source(path, language, text) for path, text in files.items()])]


IMPORTS = [
    ("Python", "pkg/a.py", "from .z import f\n", "pkg/z.py"),
    ("Python", "pkg/a.py", "from . import z\n", "pkg/z.py"),
    ("Python", "pkg/sub/a.py", "from ..z import f\n", "pkg/z.py"),
    ("Python", "pkg/a.py", "from pkg.z import (\n    f,\n)\n", "src/pkg/z.py"),
    ("Python", "a.py", "import pkg.z as z\n", "lib/pkg/z/__init__.py"),
    ("Python", "a.py", "def f():\n    from pkg import z\n", "pkg/z.py"),
    ("JavaScript", "lib/a.js", 'import x from "./z";\n', "lib/z.js"),
    ("JavaScript", "lib/a.js", "const x = require('../z')\n", "z/index.js"),
    ("TypeScript", "src/a.ts", 'export { x } from "./z.js";\n', "src/z.ts"),
    ("TypeScript", "src/a.ts", 'import type { X } from "./deep/z";\n', "src/deep/z.tsx"),
    ("C", "src/a.c", '#include "z.h"\n', "src/z.h"),
    ("C", "a.c", '#include "sub/z.h"\n', "include/sub/z.h"),
    ("C++", "a.cc", "#  include <proj/z.hpp>\n", "include/proj/z.hpp"),
    ("Java", "src/org/x/A.java", "import org.x.y.Z;\n", "src/org/x/y/Z.java"),
    ("Java", "src/org/x/A.java", "import static org.x.y.Z.f;\n", "src/org/x/y/Z.java"),
    ("Go", "cmd/a.go", 'import (\n\t"fmt"\n\tz "example.com/u/proj/internal/z"\n)\n', "internal/z/z.go"),
    ("Rust", "src/main.rs", "mod z;\n", "src/z.rs"),
    ("Rust", "src/main.rs", "pub(crate) mod z;\n", "src/z/mod.rs"),
    ("Rust", "src/a.rs", "use crate::deep::z::Thing;\n", "src/deep/z.rs"),
    ("Rust", "src/deep/a.rs", "use super::z::Thing;\n", "src/deep/z.rs"),
]


@pytest.mark.parametrize(("language", "path", "text", "imported"), IMPORTS, ids=lambda value: str(value)[:40].strip())
def test_an_imported_file_stands_before_the_one_that_imports_it(language: str, path: str, text: str, imported: str) -> None:
    files = {path: text, imported: "", f"{path}.other": ""}

    ordered = order(language, files)

    assert ordered.index(imported) < ordered.index(path)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("Python", "import os\nfrom json import load\n"),
        ("Go", 'import "fmt"\n'),
        ("C", "#include <string.h>\n"),
        ("SQL", "import os\n"),
    ],
)
def test_what_the_standard_library_has_is_not_looked_for(language: str, text: str) -> None:
    names = ["a", "z/os.py", "z/json.py", "z/fmt/fmt.go", "z/string.h"]

    assert order(language, dict.fromkeys(names, text)) == ["a", "z/json.py", "z/os.py", "z/string.h", "z/fmt/fmt.go"]


def test_without_imports_shallow_paths_come_first_then_names() -> None:
    assert order("Python", dict.fromkeys(["b/c.py", "b.py", "a/b/c.py", "a.py"], "")) == ["a.py", "b.py", "b/c.py", "a/b/c.py"]


def test_the_nearest_file_is_meant_where_several_would_do() -> None:
    files = {"one/a.c": '#include "z.h"\n', "two/z.h": "", "one/inc/z.h": "", "zz.c": ""}

    assert order("C", files) == ["zz.c", "one/inc/z.h", "one/a.c", "two/z.h"]


def test_a_circle_is_broken_at_its_first_file() -> None:
    files = {"a.py": "import b\n", "b.py": "import c\n", "c.py": "import a\n"}

    assert order("Python", files) == ["c.py", "b.py", "a.py"]


def test_a_chain_of_ten_thousand_files_is_no_recursion() -> None:
    files = {f"m{number}.py": f"import m{number + 1}\n" for number in range(10_000)}

    assert order("Python", files)[0] == "m9999.py"


def test_two_files_of_one_path_are_both_kept() -> None:
    files = [Source("a.py", "Python", "1"), Source("a.py", "Python", "2")]

    assert len(imports_first(files)) == 2


@given(order=st.permutations(range(6)), edges=st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5))))
def test_the_order_in_which_files_come_never_matters(order: list[int], edges: list[tuple[int, int]]) -> None:
    texts = {file: "".join(f"import m{other}\n" for number, other in edges if number == file) for file in range(6)}
    files = [Source(f"m{file}.py", "Python", texts[file]) for file in range(6)]

    assert imports_first([files[file] for file in order]) == imports_first(files)
