"""What manifests state about their license, in their own words; they are read as data, nothing is ever executed."""

from __future__ import annotations

import configparser
import json
import re
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from email.parser import HeaderParser
from typing import Any
from xml.etree import ElementTree

EXPRESSION_FIELD = "License-Expression"
"""The field of core metadata 2.4 (PEP 639) that stands above the others; its value is an SPDX expression or an error."""

_CLASSIFIER = re.compile(r"^(?:Classifier:)?[ \t]*(License ::.*?)[ \t]*$", re.MULTILINE)


class BrokenManifestError(ValueError):
    """A manifest that its own format's parser refuses."""


@dataclass(frozen=True, slots=True)
class Statement:
    """Words about a license. `field` is where they stand; of `is_file` they are the path of a file that has the license."""

    field: str
    words: str
    is_file: bool = False


def statements(name: str, text: str) -> list[Statement]:
    """Statements in the manifest of this name, in its order; none when it declares nothing.

    Raises: BrokenManifestError.
    """
    try:
        return [one for one in _READERS[name](text) if one.words]
    except (ValueError, configparser.Error, ElementTree.ParseError, RecursionError) as error:
        raise BrokenManifestError(f"{name}: {error}") from error


def _core_metadata(text: str) -> Iterator[Statement]:
    fields = HeaderParser().parsestr(text)
    expressions = fields.get_all(EXPRESSION_FIELD, [])
    for expression in expressions:
        yield Statement(EXPRESSION_FIELD, str(expression).strip())
    if not expressions:
        for words in fields.get_all("License", []):
            if words.strip().upper() != "UNKNOWN":  # what setuptools writes for a package that declares nothing
                yield Statement("License", str(words).strip())
        for words in _CLASSIFIER.findall(text):  # also below a License field that ends the header by a blank line
            yield Statement("Classifier", words)


def _pyproject(text: str) -> Iterator[Statement]:
    data = tomllib.loads(text)
    tool = _table(data, "tool")
    for table in (_table(data, "project"), _table(tool, "poetry"), _table(tool, "flit", "metadata")):
        yield from _words(table.get("license"))
        yield from _classifiers(table.get("classifiers"))


def _setup_cfg(text: str) -> Iterator[Statement]:
    parser = configparser.ConfigParser(strict=False, interpolation=None)
    parser.read_string(text)
    metadata = parser["metadata"] if parser.has_section("metadata") else {}
    for key in ("license", "licence"):
        yield from _words(metadata.get(key))
    for key in ("classifiers", "classifier"):
        yield from _classifiers(_CLASSIFIER.findall(metadata.get(key, "")))


def _package_json(text: str) -> Iterator[Statement]:
    data = json.loads(text)
    for key in ("license", "licence", "licenses", "licences"):
        stated = data.get(key) if isinstance(data, dict) else None
        for one in stated if isinstance(stated, list) else [stated]:
            yield from _words(one)


def _cargo(text: str) -> Iterator[Statement]:
    data = tomllib.loads(text)
    for table in (_table(data, "package"), _table(data, "workspace", "package")):
        stated, file = table.get("license"), table.get("license-file")
        yield from () if isinstance(stated, dict) else _words(stated)  # {workspace = true}: the manifest above says it
        if isinstance(file, str):
            yield Statement("license-file", file, is_file=True)


def _pom(text: str) -> Iterator[Statement]:
    project = ElementTree.fromstring(text)  # noqa: S314  entities are bounded by expat, time by the caller
    for entry in project.findall("./{*}licenses/{*}license"):
        parts = [(entry.findtext(f"{{*}}{part}") or "").strip() for part in ("name", "url")]
        yield Statement("license", "\n".join(part for part in parts if part))


_READERS: dict[str, Callable[[str], Iterator[Statement]]] = {
    "PKG-INFO": _core_metadata,
    "METADATA": _core_metadata,
    "pyproject.toml": _pyproject,
    "setup.cfg": _setup_cfg,
    "package.json": _package_json,
    "Cargo.toml": _cargo,
    "pom.xml": _pom,
}


def _table(data: Mapping[str, Any], *keys: str) -> Mapping[str, Any]:
    for key in keys:
        inner = data.get(key)
        data = inner if isinstance(inner, dict) else {}
    return data


def _words(value: Any) -> Iterator[Statement]:
    """A license as text, or as a table with `text`, `type`, `name` or `url`, or with the `file` that has it."""
    if isinstance(value, dict):
        if isinstance(value.get("file"), str):
            yield Statement("license", value["file"], is_file=True)
        value = next((value[key] for key in ("text", "type", "name", "url") if value.get(key)), None)
    if value is not None:
        yield Statement("license", str(value).strip())


def _classifiers(values: Any) -> Iterator[Statement]:
    listed: Iterable[Any] = values if isinstance(values, list) else []
    return (Statement("classifiers", str(one).strip()) for one in listed if str(one).strip().startswith("License ::"))
