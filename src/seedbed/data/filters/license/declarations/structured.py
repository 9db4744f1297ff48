"""Licenses in manifests of JSON, TOML, YAML and XML: which keys, by the format's own documentation."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterator
from typing import Any
from xml.etree import ElementTree

from seedbed.data.filters.license.declarations.base import LICENSE_KEYS, LicenseDeclaration, Reader, stated, table


def json_keys(*paths: str) -> Reader:
    """Reads the values at dotted paths of a JSON object; of a key that is there twice, both values."""

    def read(text: str) -> Iterator[LicenseDeclaration]:
        data = json.loads(text, object_pairs_hook=_every_value)
        for entry in data if isinstance(data, list) else [data]:
            for path in paths:
                *folders, key = path.split(".")
                yield from stated(table(entry, *folders).get(key), key)

    return read


def _every_value(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object, without the parser's choice of the last of two licenses."""
    data = dict(pairs)
    for key in {key for key, _ in pairs} & set(LICENSE_KEYS):
        values = [value for name, value in pairs if name == key]
        data[key] = values if len(values) > 1 else values[0]
    return data


def toml_keys(*paths: str) -> Reader:
    """Reads the values at dotted paths of a TOML file."""

    def read(text: str) -> Iterator[LicenseDeclaration]:
        data = tomllib.loads(text)
        for path in paths:
            *folders, key = path.split(".")
            yield from stated(table(data, *folders).get(key), key)

    return read


def cargo(text: str) -> Iterator[LicenseDeclaration]:
    """`Cargo.toml`; what it takes from its workspace is declared by the manifest there."""
    data = tomllib.loads(text)
    for entry in (table(data, "package"), table(data, "project"), table(data, "workspace", "package")):
        license_, file = entry.get("license"), entry.get("license-file")
        yield from () if isinstance(license_, dict) else stated(license_)
        if isinstance(file, str):
            yield LicenseDeclaration("license-file", file, is_file=True)


_YAML_LINE = re.compile(
    r"^(?P<indent>[ ]*)(?P<item>-[ ]+)?(?P<key>[\"']?[\w.-]+[\"']?)[ ]*:(?:[ ]+(?P<value>.*?))?[ ]*$", re.MULTILINE
)


def yaml_keys(*keys: str) -> Reader:
    """Reads keys wherever they stand in YAML, by lines: recipes of Conda hold templates, which no YAML parser reads.

    A value may stand on the line, in the list or table below it, or as a block of text.
    """

    def read(text: str) -> Iterator[LicenseDeclaration]:
        lines = text.replace("\t", "  ").splitlines()
        for number, line in enumerate(lines):
            match = _YAML_LINE.match(line)
            if match and match["key"].strip("\"'") in keys:
                key, indent = match["key"].strip("\"'"), len(match["indent"]) + len(match["item"] or "")
                value = _uncommented(match["value"] or "")
                below = [] if value and value[0] not in "|>[{" else _below(lines[number + 1 :], indent)
                for words in _yaml_words(value, below):
                    yield LicenseDeclaration(key, words, is_file=key in {"license_file", "license-file"})

    return read


def _uncommented(value: str) -> str:
    return re.sub(r"(?:^|\s)#.*", "", value).strip()


def _below(lines: list[str], indent: int) -> list[str]:
    """Lines that belong to a key: deeper ones, and items of a list at the same depth."""
    inside: list[str] = []
    for line in lines:
        depth = len(line) - len(line.lstrip())
        if line.strip() and depth <= indent and not (depth == indent and line.lstrip().startswith("- ")):
            break
        inside.append(line.strip())
    return inside


def _yaml_words(value: str, below: list[str]) -> Iterator[str]:
    if value.startswith(("[", "{")):
        value = " ".join([value, *map(_uncommented, below)]) if not value.endswith(("]", "}")) else value
        entries = value.strip("[]{} ").split(",")
        yield from (entry.rpartition(": ")[2].strip(" \"'") for entry in entries)
    elif value.startswith(("|", ">")):
        yield (" " if value.startswith(">") else "\n").join(below).strip()
    elif value:
        yield value.strip("\"'")
    else:
        for line in map(_uncommented, below):
            key, colon, words = line.removeprefix("- ").partition(": ")
            if not colon or key.strip() in {"type", "name", "id", "text", "title", "spdx", "url", "license", "identifier"}:
                yield (words if colon else key).strip(" \"'")


def xml_elements(*names: str) -> Reader:
    """Reads elements by name, in any namespace, with their `name` and `url`; a `type="file"` names the license's file."""

    def read(text: str) -> Iterator[LicenseDeclaration]:
        root = ElementTree.fromstring(text)  # noqa: S314  entities are bounded by expat, time by the caller
        for element in root.iter():
            name = element.tag.rpartition("}")[2]
            if name.lower() not in names:
                continue
            words = (element.text or "").strip()
            parts = [words, *((element.findtext(f"{{*}}{part}") or "").strip() for part in ("name", "url"))]
            is_file = element.get("type") == "file" or name.lower().endswith("file")
            yield LicenseDeclaration(name, "\n".join(part for part in parts if part), is_file=is_file)

    return read


def pom(text: str) -> Iterator[LicenseDeclaration]:
    """A Maven `pom.xml`: the licenses of the project, not those of its plugins' configuration."""
    project = ElementTree.fromstring(text)  # noqa: S314  as above
    for entry in project.findall("./{*}licenses/{*}license"):
        parts = [(entry.findtext(f"{{*}}{part}") or "").strip() for part in ("name", "url", "comments")]
        yield LicenseDeclaration("license", "\n".join(part for part in parts if part))
