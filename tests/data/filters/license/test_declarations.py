"""Every format that declares a license is read; what a declaration says adds to the license file, whatever its kind."""

from __future__ import annotations

from pathlib import Path

import pytest

from seedbed.data.filters.license.declarations import READERS, BrokenManifestError, declarations
from tests.data.filters.license.conftest import MIT
from tests.data.filters.license.judging import GPL, judged

COPYLEFT = {
    "setup.cfg": "[metadata]\nlicense = GPLv3\n",
    "setup.py": "from setuptools import setup\nLIC='GPLv3'\nsetup(name='a', license=LIC)\n",
    "sub.gemspec": "Gem::Specification.new do |s|\n  s.license = 'GPL-3.0'\nend\n",
    "b.gemspec": "Gem::Specification.new do |s|\n  s.licenses = ['MIT', 'GPL-2.0']\nend\n",
    "build.gradle.kts": 'publishing { publications { create<MavenPublication>("m") { pom { licenses { license { name.set("GNU General Public License v3.0")\n url.set("https://www.gnu.org/licenses/gpl-3.0.html") } } } } } }\n',
    "composer.json": '{"license": ["GPL-3.0-or-later"]}',
    "vcpkg.json": '{"name":"a","license":"LGPL-2.1-or-later"}',
    "library.properties": "name=A\nlicense=GPL-3.0\n",
    "library.json": '{"name":"A","license":"GPL-3.0-only"}',
    "component.json": '{"license":"GPL-3.0"}',
    "package.yaml": "name: a\nlicense: GPL-3\n",
    "a.cabal": "name: a\nlicense:   GPL-3\nlicense-file: LICENSE\n",
    "DESCRIPTION": "Package: a\nLicense: GPL (>= 2)\n",
    "a.podspec": "Pod::Spec.new do |s|\n s.license = { :type => 'GPL-3.0', :file => 'LICENSE' }\nend\n",
    "a.nuspec": '<?xml version="1.0"?><package xmlns="http://schemas.microsoft.com/packaging/2013/05/nuspec.xsd"><metadata><license type="expression">GPL-3.0-only</license></metadata></package>',
    "a.csproj": "<Project><PropertyGroup><PackageLicenseExpression>GPL-3.0-only</PackageLicenseExpression></PropertyGroup></Project>",
    "conanfile.py": "class A:\n    name='a'\n    license = 'GPL-3.0-only'\n",
    "mix.exs": 'defp package do\n [licenses: ["GPL-3.0-only"], links: %{}]\nend\n',
    "deno.json": '{"license":"GPL-3.0-only"}',
    "jsr.json": '{"license":"GPL-3.0-only"}',
    "meta.yaml": "{% set v='1' %}\npackage:\n  name: a\nabout:\n  license: GPL-3.0-only\n  license_file: LICENSE\n",
    "recipe/meta.yaml": "about:\n  license: GPL-3.0-only\n",
    "a-1.rockspec": 'package="a"\ndescription = {\n license = "GPL-3.0"\n}\n',
    "dune-project": "(lang dune 3.0)\n(license GPL-3.0-only)\n",
    "a.opam": 'opam-version: "2.0"\nlicense: "GPL-3.0-only"\n',
    "META.json": '{"license":["gpl_3"]}',
    "META.yml": "---\nname: a\nlicense: gpl\n",
    "CITATION.cff": "cff-version: 1.2.0\nlicense:\n  - MIT\n  - GPL-3.0-only\n",
    "codemeta.json": '{"license":"https://spdx.org/licenses/GPL-3.0-only"}',
    "pkg.spec": "Name: a\nLicense: GPLv3+\n",
    "PKGBUILD": "pkgname=a\nlicense=('GPL3')\n",
    "build.sbt": 'licenses += ("GPL-3.0", url("https://www.gnu.org/licenses/gpl-3.0.txt"))\n',
    "project.clj": '(defproject a "1" :license {:name "GPL-3.0" :url "x"})\n',
    "package.xml": "<package><license>GPLv3</license></package>",
    "shard.yml": "name: a\nlicense: GPL-3.0\n",
    "a.nimble": 'license = "GPL-3.0"\n',
    "gleam.toml": 'name="a"\nlicences=["GPL-3.0-only"]\n',
    "elm.json": '{"license":"GPL-3.0"}',
    "snapcraft.yaml": "name: a\nlicense: GPL-3.0\n",
    "galaxy.yml": "license:\n- GPL-3.0-only\n",
    "meta/main.yml": "galaxy_info:\n  license: GPL-3.0-only\n",
    "default.nix": "{ meta = {\n license = lib.licenses.gpl3Only;\n}; }",
    "Makefile.PL": "WriteMakefile(NAME=>'A', LICENSE => 'gpl_3');\n",
    "META-INF/MANIFEST.MF": "Manifest-Version: 1.0\nBundle-License: https://www.gnu.org/licenses/gpl-3.0.html\n",
    ".zenodo.json": '{"license":{"id":"GPL-3.0-only"}}',
    "xmake.lua": 'set_license("GPL-3.0")\n',
    "bower.json": '{"license":"MIT","license":"GPL-3.0"}',
    "__openerp__.py": "{'name':'a','license':'AGPL-3'}\n",
    "pyproject.toml": '[project]\nname="a"\nversion="1"\nlicense="Proprietary"\n',
    "Cargo.toml": '[package]\nname="a"\nversion="1.0.0"\nlicense="MIT AND GPL-3.0-only"\n',
    "info.json": '{"license":"GPL-3.0"}',
    "datapackage.json": '{"licenses":[{"name":"GPL-3.0"}]}',
    "old/setup.py": "print 'x'\nsetup(\n    license='GPLv3',\n)\n",
}
"""A declaration of each kind that no policy allows, by file."""

HARMLESS = {
    "setup.py": "from setuptools import setup\nsetup(name='a', license='MIT', classifiers=['License :: OSI Approved :: MIT License'])\n",
    "build.gradle": "plugins { id 'java' }\n",
    "META.yml": "license: unknown\n",
    "package.json": '{"name":"a","license":"MIT"}',
    "a.gemspec": "Gem::Specification.new do |s|\n  s.license = 'MIT'\n  s.files = Dir['LICENSE']\nend\n",
    "composer.json": '{"license":"MIT"}',
    "DESCRIPTION": "Package: a\nLicense: MIT + file LICENSE\n",
    "meta.yaml": "about:\n  license: MIT\n  license_family: MIT\n  license_file: LICENSE\n",
    "a.cabal": "license: MIT\nlicense-file: LICENSE\n",
    "a.podspec": "s.license = { :type => 'MIT', :file => 'LICENSE' }\n",
    "meson.build": "project('a','c', license: 'MIT')\n",
    "info.json": "[1,2,",
    "BUILD": 'licenses(["notice"])\n',
    "pom.xml": "<project><licenses><license><name>MIT License</name><url>https://opensource.org/licenses/MIT</url></license></licenses></project>",
    "CMakeLists.txt": "project(a)\n",
    "Cargo.toml": '[package]\nname="a"\nversion="1.0.0"\nlicense-file="LICENSE"\n',
    "mix.exs": '[licenses: ["MIT"]]\n',
    "README.md": "# A\n\n[![License: MIT](https://img.shields.io/badge/License-MIT-y.svg)](LICENSE)\n\nText.\n\n## License\n\nMIT © [A](https://a.example). See [LICENSE](LICENSE).\n",
    "README.rst": "A\n=\n\nSee the LICENSE file for details.\n\nLicense\n-------\n\nMIT\n",
    "README": "A\n\nLicense: MIT\n",
    "robots.txt": "User-agent: *\nDisallow: /admin\n",
    "OFL.txt": "This Font Software is licensed under the SIL Open Font License, Version 1.1.\n",
    "LICENSE-docs": "Attribution 4.0 International. https://creativecommons.org/licenses/by/4.0/\n",
    "AI-POLICY.md": "Contributions made with generative tools are welcome. Tell us in the pull request.\n",
    "b.py.license": "SPDX-License-Identifier: GPL-3.0-only\n",
    "LICENSE-MIT": MIT,
    "debian/copyright": "Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/\n\nFiles: *\nCopyright: A\nLicense: Expat\n\nFiles: debian/*\nCopyright: B\nLicense: GPL-2+\n",
    "ThirdPartyNotices.txt": GPL,
    "REUSE.toml": 'version = 1\n[[annotations]]\npath = "docs/**"\nSPDX-License-Identifier = "GPL-3.0-only"\n',
    "README.txt": "A\n\nThird-party licenses\n--------------------\n\nGNU GPL v3 for foo.\n",
    "package-lock.json": '{"license":"GPL-3.0"}',
}


@pytest.mark.parametrize("name", COPYLEFT)
def test_a_declaration_adds_to_a_permissive_license_file(tmp_path: Path, name: str) -> None:
    path = "old/a.py" if name.startswith("old/") else "a.py"

    assert judged(tmp_path, {"LICENSE": MIT, name: COPYLEFT[name]}, path)[0] in {"license_not_allowed", "license_unknown"}


@pytest.mark.parametrize("name", HARMLESS)
def test_a_harmless_file_takes_nothing_back(tmp_path: Path, name: str) -> None:
    assert judged(tmp_path, {"LICENSE": MIT, name: HARMLESS[name]})[0] == "kept"


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("setup.py", "from setuptools import setup\nsetup(name='a', license='MIT')\n"),
        ("DESCRIPTION", "Package: a\nLicense: Apache License 2.0\n"),
        ("a.gemspec", "Gem::Specification.new do |s|\n  s.license = 'MIT'\nend\n"),
        ("meson.build", "project('a', 'c', license : 'BSD-3-Clause')\n"),
        ("README.md", "# a\n\n## License\n\nMIT\n"),
        ("REUSE.toml", 'version = 1\n[[annotations]]\npath = "**"\nSPDX-License-Identifier = "MIT"\n'),
    ],
)
def test_a_declaration_alone_is_enough(tmp_path: Path, name: str, text: str) -> None:
    assert judged(tmp_path, {name: text})[0] == "kept"


@pytest.mark.parametrize(
    "value", ["compute()", "about['license']", "f'{name}'", "LICENSES[0]", "'MIT' + suffix", "LICENSE if x else 'MIT'"]
)
def test_a_computed_license_is_unknown_unless_the_built_metadata_have_it(tmp_path: Path, value: str) -> None:
    files = {"LICENSE": MIT, "setup.py": f"setup(name='a', license={value})\n"}

    assert judged(tmp_path, files)[0] == "license_unknown"
    assert judged(tmp_path, files | {"PKG-INFO": "Metadata-Version: 2.1\nName: a\nLicense: MIT\n"})[0] == "kept"


@pytest.mark.parametrize("words", ["MIT, no AI training", "MIT for research", "MIT plus custom terms", "MIT (non-commercial)"])
def test_words_beside_a_name_are_a_condition(tmp_path: Path, words: str) -> None:
    assert judged(tmp_path, {"package.json": f'{{"license": "{words}"}}'})[0] != "kept"


def test_a_license_that_stands_twice_counts_twice(tmp_path: Path) -> None:
    assert "GPL-3.0" in judged(tmp_path, {"bower.json": '{"license": "GPL-3.0", "license": "MIT"}'})[1]


@pytest.mark.parametrize("name", sorted(READERS))
@pytest.mark.parametrize("text", ["", "\0", "license", "license: [", "{" * 2_000, "license = (\n" * 400, "\ufefflicense: MIT\n"])
def test_no_text_stops_a_reader(name: str, text: str) -> None:
    path = name.replace("*", "a").replace("[cfv]", "c").replace("[sb]", "")
    try:
        found = declarations(path, text)
    except BrokenManifestError:
        return

    assert all(declaration.words for declaration in found)
