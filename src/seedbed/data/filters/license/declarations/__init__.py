"""Which manifests declare licenses, and the words in which they do.

One table: a file's name, or its last folder and name, and the reader of its format. Sources: the documentation of each.
"""

from __future__ import annotations

import configparser
import re
from collections.abc import Mapping
from fnmatch import fnmatchcase
from functools import lru_cache
from types import MappingProxyType
from xml.etree import ElementTree

from seedbed.data.filters.license.declarations.base import LICENSE_KEYS, LicenseDeclaration, Reader
from seedbed.data.filters.license.declarations.patterns import (
    build_kinds,
    bundle,
    fields,
    gradle,
    literals,
    r_description,
    s_expression,
)
from seedbed.data.filters.license.declarations.python import core_metadata, program, pyproject, setup_cfg
from seedbed.data.filters.license.declarations.structured import cargo, json_keys, pom, toml_keys, xml_elements, yaml_keys

_JSON = json_keys(*LICENSE_KEYS)
_YAML = yaml_keys("license", "licence", "licenses", "license-url", "license_file", "license_family")
_ASSIGNED = r"(?<![\w-])licen[cs]es?\s*(?:=>|\+?=|:|\()\s*"
_XML = xml_elements("license", "licence", "licenseurl", "packagelicenseexpression", "packagelicensefile", "packagelicenseurl")

READERS: Mapping[str, Reader] = MappingProxyType(
    {
        # Python
        "PKG-INFO": core_metadata,
        "METADATA": core_metadata,
        "*.egg-info": core_metadata,
        "pyproject.toml": pyproject,
        "setup.cfg": setup_cfg,
        "setup.py": program,
        "conanfile.py": program,
        "__manifest__.py": program,
        "__openerp__.py": program,
        "__terp__.py": program,
        # JavaScript and PHP
        "package.json": _JSON,
        "package.json5": literals(r"[\"']?licen[cs]es?[\"']?\s*:\s*"),
        "bower.json": _JSON,
        "component.json": _JSON,
        "composer.json": _JSON,
        "deno.json": _JSON,
        "deno.jsonc": literals(r"\"licen[cs]es?\"\s*:\s*"),
        "jsr.json": _JSON,
        # C and C++
        "meson.build": literals(r"\blicense\s*:\s*"),
        "vcpkg.json": _JSON,
        "library.json": _JSON,
        "library.properties": fields("license"),
        "xmake.lua": literals(r"\bset_license\s*\(?\s*"),
        "CMakeLists.txt": literals(r"(?i:CPACK_[A-Z_]*PACKAGE_LICENSE)\s+"),
        "Android.bp": build_kinds,
        "BUILD": build_kinds,
        "BUILD.bazel": build_kinds,
        # Java, Kotlin, Scala, Clojure
        "pom.xml": pom,
        "*.pom": pom,
        "build.gradle": gradle,
        "build.gradle.kts": gradle,
        "publish.gradle": gradle,
        "gradle.properties": fields("POM_LICEN[CS]E_NAME", "POM_LICEN[CS]E", r"(?:project\.)?licen[cs]e(?:Name)?"),
        "build.sbt": literals(r"\blicenses\s*(?:in\s+\w+\s*)?(?:\+\+?=|:=)\s*(?:Seq|List)?\s*"),
        "build.sc": literals(r"\blicenses\s*=\s*(?:Seq|List)?\s*"),
        "project.clj": s_expression,
        "META-INF/MANIFEST.MF": bundle,
        # Rust, Go, Swift, .NET
        "Cargo.toml": cargo,
        "*.podspec": literals(r"\.license\s*=\s*"),
        "*.podspec.json": _JSON,
        "*.nuspec": _XML,
        "*.[cfv][sb]proj": _XML,
        "Directory.Build.props": _XML,
        # Ruby, Perl, Lua, R, Julia
        "*.gemspec": literals(r"\.licenses?\s*\+?=\s*"),
        "META.json": _JSON,
        "META.yml": _YAML,
        "dist.ini": fields("license"),
        "Makefile.PL": literals(r"(?i:[\"']?\blicense[\"']?\s*(?:=>)?\s+)(?=[\"'\[\w])"),
        "Build.PL": literals(r"[\"']?\blicense[\"']?\s*=>\s*"),
        "*.rockspec": literals(r"\blicense\s*=\s*"),
        "DESCRIPTION": r_description,
        "Project.toml": toml_keys("license"),
        # Haskell, OCaml, Erlang, Elixir, Gleam, Nim, D, V, Crystal, Elm, Haxe, Fortran
        "*.cabal": fields("license", "license-file"),
        "package.yaml": _YAML,
        "dune-project": s_expression,
        "opam": literals(r"^license\s*:\s*"),
        "*.opam": literals(r"^license\s*:\s*"),
        "*.app.src": literals(r"\{\s*licenses\s*,\s*"),
        "mix.exs": literals(r"\blicenses\s*:\s*"),
        "gleam.toml": toml_keys("licences", "licenses"),
        "*.nimble": literals(r"^license\s*=\s*"),
        "dub.json": _JSON,
        "dub.sdl": literals(r"^license\s+"),
        "v.mod": literals(r"\blicense\s*:\s*"),
        "shard.yml": _YAML,
        "elm.json": _JSON,
        "haxelib.json": _JSON,
        "fpm.toml": toml_keys("license"),
        "typst.toml": toml_keys("package.license"),
        "wally.toml": toml_keys("package.license"),
        "extension.toml": toml_keys("license"),
        # Packagers and platforms
        "meta.yaml": _YAML,
        "recipe.yaml": _YAML,
        "snapcraft.yaml": _YAML,
        "galaxy.yml": _YAML,
        "meta/main.yml": _YAML,
        "publiccode.yml": _YAML,
        "package.xml": _XML,
        "*.metainfo.xml": xml_elements("project_license"),
        "*.appdata.xml": xml_elements("project_license"),
        "*.spec": fields("License"),
        "PKGBUILD": literals(r"^license=\s*"),
        "APKBUILD": literals(r"^license=\s*"),
        "*.ebuild": literals(r"^LICENSE=\s*"),
        "default.nix": literals(r"^[ \t]*license\s*=\s*"),
        "info.json": _JSON,
        "module.json": _JSON,
        # Citations and data packages
        "CITATION.cff": yaml_keys("license", "license-url"),
        "codemeta.json": _JSON,
        ".zenodo.json": _JSON,
        "datapackage.json": _JSON,
    }
)

_NAMES = {pattern: reader for pattern, reader in READERS.items() if not set("*/[") & set(pattern)}
_PATTERNS = {pattern: reader for pattern, reader in READERS.items() if pattern not in _NAMES}

_ALWAYS_MANIFESTS = frozenset({"PKG-INFO", "METADATA", "pyproject.toml", "setup.cfg", "package.json", "Cargo.toml", "pom.xml"})
"""Names that nothing else has: such a file is a broken manifest even where it says nothing of a license."""


class BrokenManifestError(ValueError):
    """A manifest that its own format's parser refuses."""


def is_manifest(path: str) -> bool:
    """Whether a path names a manifest that may declare a license."""
    return _reader(*path.replace("\\", "/").split("/")[-2:]) is not None


@lru_cache(maxsize=20_000)
def _reader(*parts: str) -> Reader | None:
    name = parts[-1]
    patterns = (
        reader for pattern, reader in _PATTERNS.items() if fnmatchcase("/".join(parts) if "/" in pattern else name, pattern)
    )
    return _NAMES.get(name) or next(patterns, None)


def declarations(path: str, text: str) -> list[LicenseDeclaration]:
    """Declarations in the manifest at this path, in its order; none when it declares nothing.

    Raises: BrokenManifestError when the parser of its format refuses it. A file of a common name must mention a license.
    """
    reader = _reader(*path.replace("\\", "/").split("/")[-2:])
    try:
        listed = reader(text.removeprefix("\ufeff")) if reader else ()
        return list(dict.fromkeys(declaration for declaration in listed if declaration.words.upper() not in {"", "UNKNOWN"}))
    except (ValueError, configparser.Error, ElementTree.ParseError, RecursionError) as error:
        is_known_format = path.rpartition("/")[2] in _ALWAYS_MANIFESTS
        if not is_known_format and not re.search(r"(?i)licen[cs]|proprietary", text):
            return []
        raise BrokenManifestError(f"{path}: {error}") from error
