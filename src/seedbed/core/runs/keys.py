"""The key of finished work: a hash of what decides a stage's outcome. Work under another key is never read."""

from __future__ import annotations

import ast
import hashlib
import json
import re
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.machinery import PathFinder
from importlib.metadata import PackageNotFoundError, packages_distributions, version
from pathlib import Path
from typing import Final

OWN: Final = "seedbed"
_NAMED_BY_DATA: Final = re.compile(r"tree_sitter_[a-z_]+")
"""Grammars are imported by a name that stands in a table."""
_LOOKS_FOR_MODULES: Final = frozenset({"iter_modules", "walk_packages"})
_IMPORTS_BY_NAME: Final = frozenset({"import_module", "__import__"})
_ASKS_WHERE_IT_IS: Final = frozenset({"__file__", "__package__"})
_FINDS_DATA: Final = frozenset({"importlib.resources", "resources", "PackageLoader"})
"""What a module imports that reads files of packages."""
_DOTTED: Final = re.compile(r"\.*[A-Za-z_]\w*(\.[A-Za-z_]\w*)*", re.ASCII)
_MAX_PATH: Final = 100
_CODE: Final = frozenset({".py", ".pyc", ".pyi", ".typed"})


@dataclass(frozen=True, slots=True)
class Code:
    """What can change the outcome of a module.

    `files` has the hash of each module that it imports, however deep, unless that belongs to an installed package, and of the
    data files beside those that read any. `packages` has the version of Python and of every package that those modules import.
    """

    files: Mapping[str, str]
    packages: Mapping[str, str]

    @property
    def sha256(self) -> str:
        """Hash of both, hexadecimal."""
        return hashlib.sha256(json.dumps([dict(self.files), dict(self.packages)], sort_keys=True).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class _Module:
    """Of a syntax tree: its hash; `(level, module, names)` of its imports; identifiers; string constants.

    `makes_names`: it imports by a name that it puts together, such as `import_module(f"{__name__}.{part}")`.
    """

    sha256: str
    imports: tuple[tuple[int, str, tuple[str, ...]], ...]
    identifiers: frozenset[str]
    strings: frozenset[str]
    makes_names: bool


class _Places(dict[str, Path | None]):
    """Where a top-level module lies whose files are hashed; None for one of Python or of an installed package."""

    def __init__(self, path: list[str] | None, ours: Iterable[str]) -> None:
        super().__init__({top: _place(top, path) for top in ours})
        self._path = path

    def __missing__(self, top: str) -> Path | None:
        is_known = not top or top in sys.stdlib_module_names or top in _distributions()
        self[top] = place = None if is_known else _place(top, self._path)
        return place


def code_of(*modules: str, path: Sequence[Path] | None = None) -> Code:
    """The code that decides what these modules do.

    Args: modules: dotted names; path: folders where packages are looked for, those of Python itself by default.
    Raises: ModuleNotFoundError when there is no such module.
    """
    return _code_of(modules, [*map(str, path)]) if path is not None else _loaded_code(modules)


@cache
def _loaded_code(modules: tuple[str, ...]) -> Code:
    """Of what this process imports: an edit meanwhile does not reach it."""
    return _code_of(modules, None)


def _code_of(modules: tuple[str, ...], path: list[str] | None) -> Code:
    places = _Places(path, {OWN, *map(_top, modules)})
    for name in modules:
        if _file_of(name, places) is None:
            raise ModuleNotFoundError(name)
    files: dict[str, str] = {}
    foreign: set[str] = set()
    seen, waiting = set[str](), [*modules]
    while waiting:
        if (name := waiting.pop()) in seen:
            continue
        seen.add(name)
        if not places[_top(name)]:
            foreign.add(_top(name))
        elif file := _file_of(name, places):
            parsed = _parsed(file.read_bytes())
            files |= {name: parsed.sha256, **_data_hashes(name, file, parsed)}
            waiting += _imported(name, file, parsed, places)
    return Code(dict(sorted(files.items())), _versions(foreign))


def _top(name: str) -> str:
    return name.partition(".")[0]


def _place(top: str, path: list[str] | None) -> Path | None:
    """Folder of a package, or file of a module without its suffix; None where there is none."""
    loaded = getattr(sys.modules.get(top), "__path__", None) if path is None else None
    spec = None if loaded else PathFinder.find_spec(top, path)
    folders = loaded or (spec and spec.submodule_search_locations)  # a wheel's pipeline is on no path: it is loaded
    if folders:
        return Path(next(iter(folders)))
    return Path(spec.origin).with_suffix("") if spec and spec.origin and spec.origin.endswith(".py") else None


def _file_of(name: str, places: Mapping[str, Path | None]) -> Path | None:
    """The file of a module of ours; None for a name that is no module, such as a function's."""
    top, *rest = name.split(".")
    if not (place := places[top]):
        return None
    place = place.joinpath(*rest)
    files = (place / "__init__.py", place.with_name(f"{place.name}.py"))
    return next((file for file in files if file.is_file()), None)


def _imported(name: str, file: Path, parsed: _Module, places: Mapping[str, Path | None]) -> Iterator[str]:
    """Every module that importing this one imports; names that are no module are among them, and have no file."""
    package = name if file.name == "__init__.py" else name.rpartition(".")[0]
    for level, module, names in parsed.imports:
        base = _absolute("." * level + module, package)
        yield from _with_packages(base)
        if places[_top(base)]:
            yield from (f"{base}.{part}" for part in names)
    yield from _with_packages(package)
    yield from filter(_NAMED_BY_DATA.fullmatch, parsed.strings)
    if parsed.identifiers & _IMPORTS_BY_NAME:
        named = {_absolute(text, package) for text in parsed.strings if _DOTTED.fullmatch(text)}
        yield from (part for other in named if places[_top(other)] for part in _with_packages(other))
    if parsed.makes_names or parsed.identifiers & _LOOKS_FOR_MODULES:
        for module_file in file.parent.rglob("*.py"):
            yield ".".join((package, *module_file.relative_to(file.parent).with_suffix("").parts)).removesuffix(".__init__")


def _absolute(name: str, package: str) -> str:
    """A module's name as it stands in an import of this package, without its leading dots."""
    plain = name.lstrip(".")
    return ".".join(filter(None, (_above(package, len(name) - len(plain)), plain)))


def _above(package: str, level: int) -> str:
    """Where a relative import starts: no dot, nothing; one dot, the package; each further dot, one package up."""
    return ".".join(package.split(".")[: len(package.split(".")) - level + 1]) if level else ""


def _with_packages(name: str) -> Iterator[str]:
    parts = name.split(".") if name else []
    yield from (".".join(parts[:count]) for count in range(1, len(parts) + 1))


def _data_hashes(module: str, file: Path, parsed: _Module) -> dict[str, str]:
    """Hash of each file that a module may read from beside itself: every data file, and the programs that it names."""
    imported = {name for _, base, names in parsed.imports for name in (base, *names)}
    if not (parsed.identifiers & _ASKS_WHERE_IT_IS or imported & _FINDS_DATA):
        return {}
    names = (name for name in parsed.strings if name.strip("./") and len(name) <= _MAX_PATH and name.isprintable())
    places = [place for name in names if file.parent in (place := file.parent / name).parents]
    named = {path for place in places for path in (place, *place.rglob("*")) if path.suffix == ".py"}
    beside = {path for path in file.parent.rglob("*") if path.suffix not in _CODE}
    data = {path for path in named | beside if path.is_file()}
    return {f"{module}:{path.relative_to(file.parent).as_posix()}": _data_sha256(path) for path in data}


@lru_cache(maxsize=1024)
def _parsed(source: bytes) -> _Module:
    tree = _WithoutWords().visit(ast.parse(source))
    nodes = list(ast.walk(tree))
    return _Module(
        sha256=hashlib.sha256(ast.dump(tree).encode()).hexdigest(),
        imports=tuple(_imports(nodes)),
        identifiers=frozenset(_identifiers(nodes)),
        strings=frozenset(node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)),
        makes_names=any(map(_makes_a_name, nodes)),
    )


def _makes_a_name(node: ast.AST) -> bool:
    if not isinstance(node, ast.Call) or not {*_identifiers([node.func])} & _IMPORTS_BY_NAME:
        return False
    return any(isinstance(argument, ast.JoinedStr | ast.BinOp) for argument in node.args[:1])


class _WithoutWords(ast.NodeTransformer):
    """Take out docstrings, and what only type checkers import."""

    def visit_Expr(self, node: ast.Expr) -> ast.AST | None:
        is_text = isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)
        return None if is_text else self.generic_visit(node)

    def visit_If(self, node: ast.If) -> ast.AST:
        if isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING":
            node.body = []
        return self.generic_visit(node)


def _imports(nodes: Iterable[ast.AST]) -> Iterator[tuple[int, str, tuple[str, ...]]]:
    for node in nodes:
        if isinstance(node, ast.Import):
            yield from ((0, alias.name, ()) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.level, node.module or "", tuple(alias.name for alias in node.names)


def _identifiers(nodes: Iterable[ast.AST]) -> Iterator[str]:
    for node in nodes:
        if isinstance(node, ast.Name):
            yield node.id
        elif isinstance(node, ast.Attribute):
            yield node.attr


def _versions(modules: Iterable[str]) -> dict[str, str]:
    """Version of Python, and of each distribution that holds one of these top-level modules."""
    known = _distributions()
    names = {name for module in modules if module not in sys.stdlib_module_names for name in known.get(module, (module,))}
    versions = {"python": f"{sys.version_info.major}.{sys.version_info.minor}"}
    return versions | {_plain(name): _version(name) for name in sorted(names)}


@cache
def _distributions() -> Mapping[str, list[str]]:
    return packages_distributions()


def _plain(distribution: str) -> str:
    """The name as the package index writes it: `huggingface_hub` is `huggingface-hub`."""
    return re.sub(r"[-_.]+", "-", distribution).lower()


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "not installed"


def _data_sha256(path: Path) -> str:
    """Hash of a data file; of a program by its syntax tree, as of a module."""
    content = path.read_bytes()
    return _parsed(content).sha256 if path.suffix == ".py" else hashlib.sha256(content).hexdigest()


@dataclass(frozen=True, slots=True)
class Stage:
    """A stage, and what decides its outcome.

    `module` is the dotted name of the module that runs it. `reads` are keys of the recipe, such as `limits.max_bytes`: the
    stage is given no others. `filters` are those of the stage that an ablation can leave out. `after` are the stages whose
    files it reads.
    """

    name: str
    module: str
    reads: tuple[str, ...] = ()
    after: tuple[Stage, ...] = ()
    filters: tuple[str, ...] = ()

    @property
    def code(self) -> Code:
        """The code that decides what it does."""
        return code_of(self.module)

    def before(self) -> Iterator[Stage]:
        """Every stage before this one, the first of them first."""
        stages = {name: stage for earlier in self.after for stage in (*earlier.before(), earlier) for name in [stage.name]}
        yield from stages.values()


def key_of(code: Code, *parts: object) -> str:
    """Hash of code and of everything else that decides, hexadecimal. Args: parts: values that JSON knows."""
    return hashlib.sha256(json.dumps([code.sha256, *parts], sort_keys=True).encode()).hexdigest()
