"""A license as a manifest declares it: the words and their field."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

CLASSIFIER = re.compile(r"^(?:Classifier:)?[ \t]*(License ::.*?)[ \t]*$", re.MULTILINE)
LICENSE_KEYS = ("license", "licence", "licenses", "licences")


@dataclass(frozen=True, slots=True)
class LicenseDeclaration:
    """Words that declare a license, and their field.

    is_file: they are the path of a file that holds the license. is_readable: False where a program computes the license;
    the words are then those of the program.
    """

    field: str
    words: str
    is_file: bool = False
    is_readable: bool = True


Reader = Callable[[str], Iterator[LicenseDeclaration]]


def stated(value: Any, field: str = "license") -> Iterator[LicenseDeclaration]:
    """A license as text, as a table with `text`, `type`, `name`, `id` or `url`, as the `file` that has it, or a list of these."""
    if isinstance(value, list):
        for part in value:
            yield from stated(part, field)
        return
    if isinstance(value, dict):
        if isinstance(value.get("file"), str):
            yield LicenseDeclaration(field, value["file"], is_file=True)
        names = (value[key] for key in ("text", "type", "name", "id", "@id", "spdx", "identifier", "url") if value.get(key))
        value = next(names, None)
        if isinstance(value, dict | list):
            yield from stated(value, field)
            return
    if value is not None and not isinstance(value, bool):
        yield LicenseDeclaration(field, str(value).strip())


def classifiers(values: Any) -> Iterator[LicenseDeclaration]:
    """Trove classifiers of licenses among the entries of a list, or in the lines of a text."""
    listed = values if isinstance(values, list) else CLASSIFIER.findall(values) if isinstance(values, str) else []
    return (
        LicenseDeclaration("classifiers", str(value).strip()) for value in listed if str(value).strip().startswith("License ::")
    )


def table(data: Any, *keys: str) -> Mapping[str, Any]:
    """The table at the end of a path of keys; an empty one where there is none."""
    for key in keys:
        data = data.get(key) if isinstance(data, dict) else None
    return data if isinstance(data, dict) else {}
