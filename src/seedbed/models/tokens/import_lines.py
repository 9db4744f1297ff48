r"""What a file's import lines name, as ends of paths: by expressions on lines, without a parse."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator
from posixpath import dirname, normpath
from typing import Final

Choices = tuple[str, ...]
"""Ends of paths that one import may mean, the likeliest first; one that ends in `/` means a folder's files."""

_PYTHON: Final = re.compile(
    r"^[ \t]*(?:from[ \t]+(\.*)([\w.]*)[ \t]+import[ \t]+([^#\n]+)|import[ \t]+([\w., \t]+))", re.MULTILINE
)
_SCRIPT: Final = re.compile(r"""(?:\bfrom|\bimport|\brequire\()\s*["'](\.{1,2}/[^"'\n]+)["']""")
_INCLUDE: Final = re.compile(r"""^[ \t]*#[ \t]*include[ \t]*(?:"([^"\n]+)"|<([^>\n]+/[^>\n]+)>)""", re.MULTILINE)
_JAVA: Final = re.compile(r"^import[ \t]+(static[ \t]+)?([\w.]+)[ \t]*;", re.MULTILINE)
_GO: Final = re.compile(r"""^(?:import)?[ \t]*(?:[\w.]+[ \t]+)?"([\w-]+\.[^"\n]+/[^"\n]+)"$""", re.MULTILINE)
_RUST: Final = re.compile(
    r"^[ \t]*(?:pub(?:\([^)]*\))?[ \t]+)?(?:mod[ \t]+(\w+)[ \t]*;|use[ \t]+(crate|super)((?:::\w+)+))", re.MULTILINE
)
_SCRIPT_ENDS: Final = ("", ".ts", ".tsx", ".js", ".jsx", ".mjs", ".cjs", ".d.ts", "/index.ts", "/index.js")


def named_paths(language: str, path: str, text: str) -> Iterator[Choices]:
    """What each import of a file may mean; nothing for a language that is not known here."""
    if find := _FINDERS.get(language):
        yield from find(path, text)


def _python(path: str, text: str) -> Iterator[Choices]:
    for dots, module, names, modules in _PYTHON.findall(text):
        for name in modules.split(","):
            words = name.split()
            if words and words[0].split(".")[0] not in sys.stdlib_module_names:
                yield _python_files(words[0].replace(".", "/"))
        if not names or (not dots and module.split(".")[0] in sys.stdlib_module_names):
            continue
        base = _above(path, len(dots)) if dots else ""
        home = "/".join(part for part in (base, module.replace(".", "/")) if part)
        for name in re.findall(r"\w+", names) or [""]:
            yield _python_files(f"{home}/{name}".strip("/")) + (_python_files(home) if home else ())


def _python_files(module: str) -> Choices:
    return (f"{module}.py", f"{module}/__init__.py", f"{module}.pyi")


def _script(path: str, text: str) -> Iterator[Choices]:
    for name in _SCRIPT.findall(text):
        target = normpath(f"{dirname(path)}/{name}").lstrip("/")
        stem = target.removesuffix(".js")  # what TypeScript writes for a file that will be one
        yield (*(f"{target}{end}" for end in _SCRIPT_ENDS), f"{stem}.ts", f"{stem}.tsx")


def _include(path: str, text: str) -> Iterator[Choices]:
    for quoted, pointed in _INCLUDE.findall(text):
        name = normpath(quoted or pointed)
        yield (normpath(f"{dirname(path)}/{name}").lstrip("/"), name.lstrip("./"))


def _java(_: str, text: str) -> Iterator[Choices]:
    for static, name in _JAVA.findall(text):
        parts = name.split(".")
        yield ("/".join(parts[:-1] if static else parts) + ".java",)


def _go(_: str, text: str) -> Iterator[Choices]:
    for name in _GO.findall(text):
        parts = name.split("/")
        yield tuple("/".join(parts[start:]) + "/" for start in range(1, len(parts)))


def _rust(path: str, text: str) -> Iterator[Choices]:
    folder, _, name = path.rpartition("/")
    own = folder if name in {"mod.rs", "lib.rs", "main.rs"} else path.removesuffix(".rs")
    for module, start, rest in _RUST.findall(text):
        if module:
            yield _rust_files(f"{own}/{module}".lstrip("/"))
            continue
        parts = rest.strip(":").split("::")
        base = "" if start == "crate" else f"{dirname(own)}/".lstrip("/")
        yield tuple(end for stop in range(len(parts), 0, -1) for end in _rust_files(base + "/".join(parts[:stop])))


def _rust_files(module: str) -> Choices:
    return (f"{module}.rs", f"{module}/mod.rs")


def _above(path: str, levels: int) -> str:
    """The folder of a path, or one `levels - 1` above it."""
    for _ in range(levels):
        path = dirname(path)
    return path


_FINDERS: Final[dict[str, Callable[[str, str], Iterator[Choices]]]] = {
    "Python": _python,
    "JavaScript": _script,
    "TypeScript": _script,
    "C": _include,
    "C++": _include,
    "Java": _java,
    "Go": _go,
    "Rust": _rust,
}
