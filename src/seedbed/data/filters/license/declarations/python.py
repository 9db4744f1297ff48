"""Licenses in Python's manifests, `setup.py` included: programs are parsed and never run."""

from __future__ import annotations

import ast
import configparser
import re
import tomllib
import warnings
from collections.abc import Iterator
from email.parser import HeaderParser

from seedbed.data.filters.license.declarations.base import (
    CLASSIFIER,
    LICENSE_KEYS,
    LicenseDeclaration,
    classifiers,
    stated,
    table,
)

EXPRESSION_FIELD = "License-Expression"
"""The field of core metadata 2.4 (PEP 639) that stands above the others; its value is an SPDX expression or an error."""


def core_metadata(text: str) -> Iterator[LicenseDeclaration]:
    """`PKG-INFO` and `METADATA`; also Android's file of the latter name, by its types of license."""
    fields = HeaderParser().parsestr(text)
    expressions = fields.get_all(EXPRESSION_FIELD, [])
    for expression in expressions:
        yield LicenseDeclaration(EXPRESSION_FIELD, str(expression).strip())
    for kind in re.findall(r"^[ \t]*license_type:\s*(RESTRICTED\w*|RECIPROCAL|BY_EXCEPTION_ONLY)", text, re.MULTILINE):
        yield LicenseDeclaration("license_type", kind)
    if not expressions:
        for words in fields.get_all("License", []):
            if words.strip().upper() != "UNKNOWN":  # what setuptools writes for a package that declares nothing
                yield LicenseDeclaration("License", str(words).strip())
        for words in CLASSIFIER.findall(text):  # also below a License field that ends the header by a blank line
            yield LicenseDeclaration("Classifier", words)


def description(text: str) -> tuple[int, str]:
    """The description in core metadata, which is the package's README, and the number of lines above it."""
    head, gap, body = text.replace("\r\n", "\n").partition("\n\n")
    return (head.count("\n") + 2, body) if gap else (0, "")


def pyproject(text: str) -> Iterator[LicenseDeclaration]:
    """`pyproject.toml` of every common backend."""
    data = tomllib.loads(text)
    tool = table(data, "tool")
    for entry in (table(data, "project"), table(tool, "poetry"), table(tool, "flit", "metadata"), table(tool, "pdm")):
        yield from stated(entry.get("license"))
        yield from classifiers(entry.get("classifiers"))


def setup_cfg(text: str) -> Iterator[LicenseDeclaration]:
    """`setup.cfg` of setuptools."""
    parser = configparser.ConfigParser(strict=False, interpolation=None)
    parser.read_string(text)
    metadata = parser["metadata"] if parser.has_section("metadata") else {}
    for key in ("license", "licence", "license_expression"):
        value = metadata.get(key, "")
        file = re.fullmatch(r"file:\s*(\S+)\s*", value)
        attribute = value.strip().startswith("attr:")
        yield from [LicenseDeclaration(key, file[1], is_file=True)] if file else ()
        if value and not file:
            yield LicenseDeclaration(key, value.strip(), is_readable=not attribute)
    for key in ("classifiers", "classifier"):
        yield from classifiers(metadata.get(key, ""))


def program(text: str) -> Iterator[LicenseDeclaration]:
    """Licenses in `setup.py`, `conanfile.py`, an Odoo manifest and a Spack recipe: arguments, attributes, entries, calls.

    Of a program that this Python cannot parse (Python 2), the literals after `license =` and the classifiers count.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of the parsed program: invalid escapes
            tree = ast.parse(text)
    except (SyntaxError, ValueError, MemoryError):
        yield from _unparsed(text)
        return
    constants = {
        target.id: node.value
        for node in tree.body
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    for node in ast.walk(tree):
        for value in _values(node):
            yield from _value(value, constants, text)
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield from classifiers(node.value)


def _values(node: ast.AST) -> Iterator[ast.expr]:
    """What a node of a program gives as the license."""
    if isinstance(node, ast.Call):
        yield from (keyword.value for keyword in node.keywords if keyword.arg in _PROGRAM_KEYS)
        is_license = isinstance(node.func, ast.Name) and node.func.id == "license"
        yield from (node.args[:1] if is_license else ())
    elif isinstance(node, ast.Dict):
        pairs = zip(node.keys, node.values, strict=True)
        yield from (value for key, value in pairs if isinstance(key, ast.Constant) and key.value in _PROGRAM_KEYS)
    elif isinstance(node, ast.Assign):
        names = {target.id for target in node.targets if isinstance(target, ast.Name)}
        subscripts = {
            target.slice.value
            for target in node.targets
            if isinstance(target, ast.Subscript) and isinstance(target.slice, ast.Constant)
        }
        yield from [node.value] if (names & {*_PROGRAM_KEYS, "__license__"}) | (subscripts & set(_PROGRAM_KEYS)) else ()


_PROGRAM_KEYS = (*LICENSE_KEYS, "license_expression")
_NAMES_FILE = re.compile(r"(?i)[\w./-]*(?:licen[cs]e|copying)[\w./-]*")


def _value(value: ast.expr, constants: dict[str, ast.expr], text: str) -> Iterator[LicenseDeclaration]:
    """A license in a program: a literal, a constant of the module, or a file that is opened; else it cannot be read."""
    value = constants.get(value.id, value) if isinstance(value, ast.Name) else value
    if isinstance(value, ast.Tuple | ast.List):
        for part in value.elts:
            yield from _value(part, constants, text)
    elif isinstance(value, ast.Constant):
        known = isinstance(value.value, str) and value.value.strip().upper() != "UNKNOWN"
        yield from [LicenseDeclaration("license", str(value.value).strip())] if known else ()
    elif not isinstance(value, ast.Dict):
        calls = [node for node in ast.walk(value) if isinstance(node, ast.Call)]
        arguments = [argument.value for call in calls for argument in call.args if isinstance(argument, ast.Constant)]
        literals = [words for words in arguments if isinstance(words, str)]
        files = [words for words in literals if _NAMES_FILE.fullmatch(words) and not words.startswith("__")]
        if isinstance(value, ast.BinOp | ast.JoinedStr) or len(files) != 1:
            words = ast.get_source_segment(text, value) or "license"
            yield LicenseDeclaration("license", words.partition("\n")[0][:200], is_readable=False)
        else:
            yield LicenseDeclaration("license", files[0], is_file=True)


def _unparsed(text: str) -> Iterator[LicenseDeclaration]:
    literal = re.compile(
        r"""^[ \t]*["']?licen[cs]e["']?\s*[=:]\s*(?:u?(["'])(?P<words>[^"'\n]*)\1)?(?P<rest>[^\n]*)""", re.MULTILINE
    )
    for match in literal.finditer(text):
        words = match["words"]
        yield LicenseDeclaration(
            "license", (words if words is not None else match["rest"]).strip(), is_readable=words is not None
        )
    for words in re.findall(r"License ::[^\"'\n]*", text):
        yield LicenseDeclaration("classifiers", words.strip())
