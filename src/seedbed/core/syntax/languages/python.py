"""Python."""

from __future__ import annotations

import re
import symtable
import sys
import warnings
from posixpath import dirname
from typing import TYPE_CHECKING, Final

from seedbed.core.syntax.language import (
    QUOTED_LIKE_PYTHON,
    Grammar,
    Imports,
    Language,
    Leaves,
    NativeParser,
    OlderVersion,
    Structure,
    bound,
    clues,
    parts_of,
    text_of,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tree_sitter import Node

    from seedbed.core.syntax.language import Binding, PathEnds

_BYTE_ORDER_MARK: Final = "\ufeff"
_UNFINISHED: Final = 0x4000 | 0x200
"""PyCF_ALLOW_INCOMPLETE_INPUT and PyCF_DONT_IMPLY_DEDENT, which the interactive prompt (codeop) asks with."""

_IMPORT_LINE: Final = re.compile(
    r"^[ \t]*(?:from[ \t]+(\.*)([\w.]*)[ \t]+import[ \t]+([^#\n]+)|import[ \t]+([\w., \t]+))", re.MULTILINE
)


def native_error(text: str) -> str | None:
    """The complaint of this interpreter's parser, or None when it accepts the text (or is no judge of it).

    Building the symbol table parses as `ast.parse` does, at half the cost since no Python objects are made.
    A text nested too deep for the parser is not refused: Python reads it given more stack.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            symtable.symtable(text.removeprefix(_BYTE_ORDER_MARK), "sample", "exec")
        except (RecursionError, MemoryError):
            return None
        except SyntaxError as error:
            return f"line {error.lineno}: {error.msg}"
        except ValueError as error:
            return str(error)
    return None


def is_beginning(text: str) -> bool:
    """Whether more text could mend a text, as the interactive prompt asks it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            compile(text, "completion", "exec", _UNFINISHED, dont_inherit=True)
        except SyntaxError as error:
            return error.msg == "incomplete input"
        except ValueError:  # a null character
            return False
        except (RecursionError, MemoryError):  # nested too deep for this parser, not for Python
            return True
    return True


def _imports(node: Node) -> Iterator[Binding]:
    home = parts_of(text_of(node.child_by_field_name("module_name")))
    is_from = node.type == "import_from_statement"
    items = node.children_by_field_name("name")
    for item in items:
        parts = home + parts_of(text_of(item.child_by_field_name("name") or item))
        if alias := text_of(item.child_by_field_name("alias")):
            yield bound(parts, alias)
        elif parts and not is_from:
            yield parts, parts[0], parts[:1]  # `import os.path` makes the name `os`
        elif parts:
            yield bound(parts, parts[-1])
    if is_from and not items:
        yield bound(home, "")


def _imported_files(path: str, text: str) -> Iterator[PathEnds]:
    for dots, module, names, modules in _IMPORT_LINE.findall(text):
        for name in modules.split(","):
            words = name.split()
            if words and words[0].split(".")[0] not in sys.stdlib_module_names:
                yield _files(words[0].replace(".", "/"))
        if not names or (not dots and module.split(".")[0] in sys.stdlib_module_names):
            continue
        base = _above(path, len(dots)) if dots else ""
        home = "/".join(part for part in (base, module.replace(".", "/")) if part)
        for name in re.findall(r"\w+", names) or [""]:
            yield _files(f"{home}/{name}".strip("/")) + (_files(home) if home else ())


def _files(module: str) -> PathEnds:
    return (f"{module}.py", f"{module}/__init__.py", f"{module}.pyi")


def _above(path: str, levels: int) -> str:
    """The folder of a path, or one `levels - 1` above it."""
    for _ in range(levels):
        path = dirname(path)
    return path


_PYTHON_2: Final = OlderVersion(
    name="python2",
    tokens=("print", "exec", "<>"),
    newer_tokens=("async", "await", "nonlocal", ":="),
    forms=re.compile(
        r"""
          ^[ \t]* except \s+ (?: [\w.]+ | \([^()]*\) ) \s* , \s* \w+ \s* :   # except X, e:
        | ^[ \t]* raise \s+ [\w.]+ \s* , \s* \S                             # raise X, "message"
        | (?<![\w.]) 0 [0-7]* [1-7] [0-7]* [lL]? \b (?!\.)                  # 0777
        | (?<![\w.]) (?: \d+ | 0[xX][0-9a-fA-F]+ ) [lL] \b                  # 10L
        | (?<![\w"']) [uU][rR] ["']                                         # ur"..."
        | (?<!`) ` [^`\n]+ ` (?!`)                                          # `x` for repr(x)
        | ^[ \t]* def \s+ \w+ \s* \( [^()]* \(                              # def f(a, (b, c)):
        """,
        re.VERBOSE | re.MULTILINE,
    ),
)

LANGUAGE: Final = Language(
    name="Python",
    key="python",
    grammars=(
        Grammar(
            "tree_sitter_python",
            leaves=Leaves(
                identifiers=frozenset({"identifier"}),
                comments=frozenset({"comment"}),
                strings=frozenset({"string"}),
                numbers=frozenset({"integer", "float"}),
            ),
        ),
    ),
    suffixes=(".py", ".pyi", ".pyw"),
    relatives=frozenset({"Cython", "Starlark", "Jupyter Notebook", "SageMath", "Snakemake", "Xonsh", "MicroPython"}),
    structure=Structure(
        functions=frozenset({"function_definition"}),
        controls=frozenset(
            {"if_statement", "for_statement", "while_statement", "try_statement", "with_statement", "match_statement"}
        ),
        scopes=frozenset({"class_definition"}),
        decisions=frozenset({"if", "elif", "for", "while", "except", "finally", "and", "or", "case", "except*"}),
        conditions_from_signature=True,
    ),
    clues=clues(
        r"^[ \t]*(?:async )?def \w+[ \t]*\(",
        r"^[ \t]*(?:from [\w.]+ import\b|import [\w.]+(?:, *[\w.]+)*(?: as \w+)?[ \t]*$)",
        r"^[ \t]*class \w+[ \t]*(?:\(.*\))?:",
        r"^[ \t]*(?:if|elif|for|while|with|try|except|else|finally)\b[^{};]*:[ \t]*(?:#.*)?$",
        r"\bself\.\w+|\b__\w+__\b",
        r"^[ \t]*(?:raise \w+|pass$|yield\b|del \w|@\w[\w.]*(?:\(.*\))?$|print\()",
        first_words="def class import from elif except try with raise async return print",
    ),
    line_comment="#",
    block_comment=None,
    blocks="indentation",
    quoted=QUOTED_LIKE_PYTHON,
    imports=Imports(("import_statement", "import_from_statement"), _imports, _imported_files),
    native=NativeParser(native_error, is_beginning, _PYTHON_2),
    highlighting="python",
)
