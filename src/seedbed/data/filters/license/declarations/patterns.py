"""Licenses in manifests that are programs or formats of their own: found by pattern, and unreadable where no literal follows."""

from __future__ import annotations

import re
from collections.abc import Iterator

from seedbed.data.filters.license.declarations.base import LicenseDeclaration, Reader

_LITERAL = re.compile(r"""(?P<quote>["'])(?P<words>(?:(?!(?P=quote)|\n).)*)(?P=quote)""")
_LIST = re.compile(r"[\[{(][^\]})]*[\]})]")


def literals(before: str, *, comment: str = r"//|#|--") -> Reader:
    """Reads the quoted words that follow a pattern: one literal, or all of a list in brackets.

    Args: before: what stands before the value; comment: what begins a line that is none.
    """
    start = re.compile(before, re.MULTILINE)
    commented = re.compile(rf"^[ \t]*(?:{comment}|\*)")

    def read(text: str) -> Iterator[LicenseDeclaration]:
        for match in start.finditer(text):
            line = text[text.rfind("\n", 0, match.start()) + 1 : match.end()]
            if commented.match(line):
                continue
            rest = text[match.end() : match.end() + 2_000]
            listed = _LIST.match(rest)
            inside = listed[0] if listed else rest.partition("\n")[0]
            words = [literal["words"] for literal in _LITERAL.finditer(inside)]
            if not words:
                yield LicenseDeclaration("license", line.strip()[:200] or match[0], is_readable=False)
            yield from (LicenseDeclaration("license", entry.strip()) for entry in words)

    return read


def gradle(text: str) -> Iterator[LicenseDeclaration]:
    """The licenses of a Maven publication in a build script of Gradle: `license { name = 'X' }`, `license { name.set("X") }`."""
    for block in re.finditer(r"\blicenses?\s*\{", text):
        inside = text[block.end() : block.end() + 1_000].partition("}")[0]
        if "{" in inside or not re.search(r"\b(?:name|url)\b", inside):
            continue
        for match in re.finditer(r"\b(?:name|url)\b(?:\.set\(|\s*=|\s|\()", inside):
            yield from literals(r"\A\s*")(inside[match.end() :].partition("\n")[0].partition(";")[0])
    yield from literals(r"^[ \t]*(?:project\.)?(?:pomL|POM_L|ext\.l|l)icen[sc]e(?:Name|_NAME)?\s*=\s*")(text)


def fields(*names: str) -> Reader:
    """Reads header fields such as `License: MIT`, with the indented lines that continue them."""
    alternatives = "|".join(names)
    start = re.compile(
        rf"^[ \t]*(?P<name>{alternatives})[ \t]*[:=][ \t]*(?P<words>.*(?:\n[ \t]+\S.*)*)", re.MULTILINE | re.IGNORECASE
    )

    def read(text: str) -> Iterator[LicenseDeclaration]:
        for match in start.finditer(text):
            is_file = match["name"].lower().endswith("file")
            yield LicenseDeclaration(match["name"], " ".join(match["words"].split()).strip("\"'"), is_file=is_file)

    return read


def r_description(text: str) -> Iterator[LicenseDeclaration]:
    """`DESCRIPTION` of an R package: `MIT + file LICENSE` adds a file to a license, `| file LICENSE` offers it."""
    for declaration in fields("License")(text):
        license_, _, _ = declaration.words.partition("+ file")
        yield LicenseDeclaration("License", license_.strip() or declaration.words)


def bundle(text: str) -> Iterator[LicenseDeclaration]:
    """`META-INF/MANIFEST.MF` of an OSGi bundle; lines are continued by one blank."""
    unfolded = re.sub(r"\r?\n ", "", text)
    for words in re.findall(r"^Bundle-License:[ ]*(.*)$", unfolded, re.MULTILINE):
        for part in re.split(r",(?=[^,]*)", words):
            yield LicenseDeclaration("Bundle-License", part.partition(";")[0].strip(" \"'"))


def s_expression(text: str) -> Iterator[LicenseDeclaration]:
    """`(license MIT)` of Dune, `:license {:name "MIT"}` of Leiningen and `(license gpl3+)` of Guix."""
    for inside in re.findall(r"\(licenses?\s+([^()]*)\)", text):
        yield from (LicenseDeclaration("license", words.strip("\"'")) for words in _quoted_or_all(inside))
    for inside in re.findall(r":licenses?\s*(\[?\{[^}]*\}|\"[^\"]*\")", text):
        names = re.findall(r":(?:name|url|spdx-id)\s+\"([^\"]*)\"", inside) or re.findall(r"\"([^\"]*)\"", inside)
        yield from (LicenseDeclaration("license", words) for words in names)


def _quoted_or_all(inside: str) -> list[str]:
    return re.findall(r"\"([^\"]*)\"", inside) or [inside.strip()]


def build_kinds(text: str) -> Iterator[LicenseDeclaration]:
    """Kinds of license in build files of Bazel and Android; `notice` and `unencumbered` name none."""
    for inside in re.findall(r"\b(?:licenses\s*\(|license_kinds\s*[:=])\s*\[([^\]]*)\]", text):
        for words in re.findall(r"\"([^\"]*)\"", inside):
            if words not in {"notice", "unencumbered", "permissive"}:
                yield LicenseDeclaration("licenses", words.rpartition("license-identifier-")[2])
