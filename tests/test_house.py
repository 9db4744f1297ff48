"""Laws of the house, checked on the syntax trees.

Tests act from outside: none takes a private name of our code, replaces a part of it, or takes its files as material
(`tests/frozen.py` has code for that). Names say what data is, files and functions are short, a stage of the pipeline is order only.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from statistics import median, quantiles

import pytest

TESTS = Path(__file__).parent
OURS = {"seedbed", "pipeline", "localhub"}
REPLACES = {"setattr", "delattr", "setitem", "delitem", "patch", "object"}


def is_ours(module: str | None) -> bool:
    return (module or "").partition(".")[0] in OURS


def is_private(name: str) -> bool:
    return name.startswith("_") and not name.startswith("__")


def root(node: ast.expr) -> str:
    """The first name of `a.b.c`; "" for anything else."""
    while isinstance(node, ast.Attribute):
        node = node.value
    return node.id if isinstance(node, ast.Name) else ""


def imported(tree: ast.AST) -> Iterator[tuple[str, str]]:
    """Each name that an import brings, and the dotted name that it stands for."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((alias.asname or alias.name.partition(".")[0], alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level:
            yield from ((alias.asname or alias.name, f"{node.module}.{alias.name}") for alias in node.names)


def instances(tree: ast.AST, ours: set[str]) -> Iterator[str]:
    """Names that are annotated with, or made by, something of ours."""
    for node in ast.walk(tree):
        if isinstance(node, ast.arg) and node.annotation and root(node.annotation) in ours:
            yield node.arg
        elif isinstance(node, ast.Assign) and isinstance(node.value, ast.Call) and root(node.value.func) in ours:
            yield from (target.id for target in node.targets if isinstance(target, ast.Name))
        elif isinstance(node, ast.withitem) and isinstance(node.context_expr, ast.Call) and root(node.context_expr.func) in ours:
            yield from (name.id for name in [node.optional_vars] if isinstance(name, ast.Name))


def replaced(call: ast.Call, ours: set[str]) -> bool:
    """Whether a call such as `monkeypatch.setattr` aims at something of ours."""
    name = call.func.attr if isinstance(call.func, ast.Attribute) else root(call.func)
    if name not in REPLACES or not call.args:
        return False
    target = call.args[0]
    return is_ours(target.value) if isinstance(target, ast.Constant) and isinstance(target.value, str) else root(target) in ours


def reads_source(node: ast.AST, ours: set[str]) -> bool:
    """Whether a node names a file of our own code: `src/seedbed/...`, `... / "src" / "seedbed"`, `module.__file__`."""
    if isinstance(node, ast.Constant):
        return isinstance(node.value, str) and node.value.split("/")[:2] == ["src", "seedbed"]
    if isinstance(node, ast.BinOp):
        return ast.unparse(node).endswith("'src' / 'seedbed'")
    return isinstance(node, ast.Attribute) and node.attr == "__file__" and root(node) in ours


def offences(text: str) -> list[str]:
    """Lines that reach into our own code, with why."""
    tree = ast.parse(text)
    names = [(name, dotted) for name, dotted in imported(tree) if is_ours(dotted)]
    bad = [f"imports {dotted}" for _, dotted in names if any(map(is_private, dotted.split(".")))]
    taken = {name for name, _ in names}
    ours = taken | set(instances(tree, taken))
    for node in ast.walk(tree):
        is_part = isinstance(node, ast.Attribute) and is_private(node.attr) and root(node) in ours
        is_set = isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store | ast.Del) and root(node) in taken
        if is_part or is_set or (isinstance(node, ast.Call) and replaced(node, ours)) or reads_source(node, taken):
            bad.append(f"line {getattr(node, 'lineno', 0)}: {ast.unparse(node)}")
    return bad


@pytest.mark.parametrize("path", sorted(TESTS.rglob("*.py")), ids=lambda path: path.relative_to(TESTS).as_posix())
def test_a_test_acts_from_outside(path: Path) -> None:
    assert offences(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    "text",
    [
        "from seedbed.core.syntax.tree import _memo",
        "import seedbed._inner",
        "from seedbed import stage\nstage._add(1)",
        "from seedbed import stage\nstage.run = None",
        "from pipeline import tokenize\nmonkeypatch.setattr(tokenize, 'measure', None)",
        "from seedbed.sandbox import bubblewrap\nmonkeypatch.setattr(bubblewrap.shutil, 'which', None)",
        "monkeypatch.setattr('seedbed.core.runs.stage.run', None)",
        "from unittest.mock import patch\npatch('pipeline.tokenize.measure')",
        "(ROOT / 'src/seedbed/core/io/files.py').read_text()",
        "(ROOT / 'src' / 'seedbed' / 'locks.py').read_text()",
        "from seedbed import locks\nopen(locks.__file__)",
        "from seedbed.cache import Cache\ncache = Cache()\ncache._entries",
        "from seedbed.cache import Cache\ndef test(cache: Cache) -> None:\n    cache.inner._entries",
    ],
)
def test_reaching_into_our_code_is_seen(text: str) -> None:
    assert len(offences(text)) == 1


@pytest.mark.parametrize(
    "text",
    [
        "monkeypatch.setattr('os.sched_getaffinity', None)",
        "import pwd\nmonkeypatch.setattr(pwd, 'getpwuid', None)",
        "import os\nos._exit(0)",
        "class A:\n    def f(self) -> None:\n        self._x = 1",
        "from seedbed import __version__",
    ],
)
def test_what_belongs_to_others_may_be_replaced(text: str) -> None:
    assert offences(text) == []


ROOT = TESTS.parent
SOURCES = [path for folder in ("src", "pipeline", "spaces") for path in sorted((ROOT / folder).rglob("*.py"))]
RIDDLES = {"one", "told", "found", "said", "whoever"}
"""Names that do not say what the data is: `source`, `document`, `emitted` do."""
PUBLISHED = {("manifests", "ablation.py"): {"found"}, ("manifests", "finetune.py"): {"found"}}
"""Keys of published files: another name would be another format."""
MOST_LINES, MOST_PIPELINE_LINES = 400, 120


def named(tree: ast.AST) -> Iterator[str]:
    """Every name that code gives: variables, parameters, attributes, functions and classes."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id
        elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
            yield node.attr
        elif isinstance(node, ast.arg):
            yield node.arg
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.name


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_names_say_what_the_data_is(path: Path) -> None:
    names = {name.strip("_") for name in named(ast.parse(path.read_text(encoding="utf-8")))}

    assert names & RIDDLES <= PUBLISHED.get(path.parts[-2:], set())


@pytest.mark.parametrize("text", ["one = 1", "for told in x: ...", "def f(found): ...", "self.said = 1", "[one for one in x]"])
def test_a_riddle_is_seen(text: str) -> None:
    assert set(named(ast.parse(text))) & RIDDLES


def test_files_are_short_and_the_pipeline_is_order_only() -> None:
    lines = {path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8").count("\n") for path in SOURCES}

    assert [path for path, count in lines.items() if count > MOST_LINES] == []
    assert [path for path, count in lines.items() if path.startswith("pipeline/") and count > MOST_PIPELINE_LINES] == []


def test_functions_are_short() -> None:
    nodes = (node for path in SOURCES for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))))
    lengths = [
        node.end_lineno - node.lineno + 1
        for node in nodes
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.end_lineno is not None
    ]

    assert median(lengths) < 10
    assert quantiles(lengths, n=10)[-1] < 25
    assert max(lengths) <= 60


def public_functions(node: ast.AST) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef) and not child.name.startswith("_"):
            yield child
        elif isinstance(child, ast.ClassDef) and not child.name.startswith("_"):
            yield from public_functions(child)


def raises(node: ast.AST) -> bool:
    """Whether the code itself raises something, functions inside it aside."""
    inner = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda | ast.ClassDef
    children = [child for child in ast.iter_child_nodes(node) if not isinstance(child, inner)]
    return any((isinstance(child, ast.Raise) and child.exc is not None) or raises(child) for child in children)


def test_public_functions_say_what_they_raise() -> None:
    paths = [
        path for path in SOURCES if "cli" not in path.parts and "harness" not in path.parts
    ]  # a command's docstring is its help
    functions = [
        (f"{path.relative_to(ROOT)}: {function.name}", function)
        for path in paths
        for function in public_functions(ast.parse(path.read_text(encoding="utf-8")))
    ]

    silent = [name for name, function in functions if raises(function) and "aise" not in (ast.get_docstring(function) or "")]
    assert silent == []
