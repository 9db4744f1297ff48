"""What a legal file means by its name and place: for the folder, a package, one component, one file, or everything below."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.data.filters.license.conftest import MIT
from tests.data.filters.license.judging import GPL, SPDX_MIT, judged

MIT_HEADER = "/*\n" + "".join(f" * {line}\n" for line in MIT.splitlines()) + " */\n"
Case = tuple[str, Mapping[str, str], str, str]
"""Whether the file is kept, the legal files of its source, its path, its header."""

PLACES: list[Case] = [
    ("kept", {"LICENSE": "BSD-3-Clause"}, "a.py", ""),
    ("kept", {"LICENSE": "Apache 2.0\n"}, "a.py", ""),
    ("refused", {"LICENSE": "GPL"}, "a.py", ""),
    ("refused", {"LICENSE": "Alle Rechte vorbehalten. Nutzung nur mit Genehmigung.\n"}, "a.py", SPDX_MIT),
    ("refused", {"LICENSE": "All rights reserved."}, "a.py", SPDX_MIT),
    ("refused", {"LICENSE": "Copyright 2024 Acme. All rights reserved.\n"}, "a.py", SPDX_MIT),
    ("refused", {"LICENSE": "Property of Acme GmbH.\n"}, "a.py", SPDX_MIT),
    ("refused", {"LICENSE": "https://example.com/eula\n"}, "a.py", SPDX_MIT),
    ("refused", {"LICENSE": "版权所有，保留一切权利。\n"}, "a.py", SPDX_MIT),
    ("refused", {"LICENSE": "Все права защищены.\n"}, "a.py", SPDX_MIT),
    ("refused", {"LICENSE": "Tous droits réservés.\n"}, "a.py", SPDX_MIT),
    ("kept", {"LICENSE": "Copyright 2020 A\n", "package.json": '{"license":"MIT"}'}, "a.py", ""),
    ("refused", {"LICENSE": GPL, "web/LICENSE-jquery.txt": MIT}, "web/a.js", ""),
    ("refused", {"LICENSE": GPL, "web/COPYING.foo": MIT}, "web/a.js", ""),
    ("refused", {"web/LICENSE-jquery.txt": MIT}, "web/a.js", ""),
    ("kept", {"web/LICENSE-jquery.txt": MIT}, "web/a.js", SPDX_MIT),
    ("kept", {"LICENSE": GPL, "web/LICENSE-MIT": MIT, "web/LICENSE-APACHE": "Apache-2.0\n"}, "web/a.js", ""),
    ("refused", {"package.json": '{"license":"GPL-3.0"}', "sub/package.json": '{"license":"MIT"}'}, "sub/a.js", ""),
    (
        "kept",
        {"package.json": '{"license":"GPL-3.0"}', "sub/package.json": '{"license":"MIT"}', "sub/LICENSE": MIT},
        "sub/a.js",
        "",
    ),
    ("refused", {"package.json": '{"license":"GPL-3.0"}', "sub/LICENSE": MIT}, "sub/a.js", ""),
    (
        "refused",
        {
            "s-1.0.dist-info/METADATA": "Metadata-Version: 2.1\nName: gp\nVersion: 1\nLicense: GPL-3.0\n",
            "s-1.0.dist-info/RECORD": "s/__init__.py,,\ns/static/app.js,,\n",
            "s/static/LICENSE": MIT,
        },
        "s/static/app.js",
        "",
    ),
    (
        "refused",
        {
            "s-1.0.dist-info/METADATA": "Metadata-Version: 2.1\nName: gp\nVersion: 1\n",
            "s-1.0.dist-info/licenses/COPYING": GPL,
            "s/static/LICENSE": MIT,
        },
        "s/static/app.js",
        "",
    ),
    (
        "kept",
        {
            "LICENSE": MIT,
            "lib/gp-1.0.dist-info/METADATA": "Metadata-Version: 2.1\nName: gp\nVersion: 1\nLicense: GPL-3.0\n",
            "lib/gp-1.0.dist-info/RECORD": "gp/a.py,,\n",
        },
        "lib/other/a.py",
        "",
    ),
    (
        "refused",
        {
            "LICENSE": MIT,
            "lib/PyGP-1.0.dist-info/METADATA": "Metadata-Version: 2.1\nName: gp\nVersion: 1\nLicense: GPL-3.0\n",
            "lib/PyGP-1.0.dist-info/RECORD": "gp/a.py,,\n",
        },
        "lib/gp/a.py",
        "",
    ),
    (
        "refused",
        {
            "LICENSE": MIT,
            "lib/six_gp-1.0.dist-info/METADATA": "Metadata-Version: 2.1\nName: gp\nVersion: 1\nLicense: GPL-3.0\n",
            "lib/six_gp-1.0.dist-info/top_level.txt": "gpsix\n",
        },
        "lib/gpsix.py",
        "",
    ),
    (
        "refused",
        {"lib/gp-1.0.dist-info/METADATA": "Metadata-Version: 2.1\nName: gp\nVersion: 1\nLicense: MIT\n"},
        "lib/handler.py",
        "",
    ),
    ("kept", {"lib/gp-1.0.dist-info/METADATA": "Metadata-Version: 2.1\nName: gp\nVersion: 1\nLicense: MIT\n"}, "lib/gp/a.py", ""),
    (
        "refused",
        {
            "LICENSE": MIT,
            "src/gp.egg-info/PKG-INFO": "Metadata-Version: 2.1\nName: gp\nVersion: 1\nLicense: GPL-3.0\n",
            "src/gp.egg-info/top_level.txt": "gp\n",
        },
        "src/gp/core.py",
        "",
    ),
    (
        "refused",
        {"LICENSE": MIT, "gp-1.egg-info": "Metadata-Version: 2.1\nName: gp\nVersion: 1\nLicense: GPL-3.0\n"},
        "gp/a.py",
        "",
    ),
    ("kept", {"META-INF/LICENSE": MIT}, "org/a/B.java", ""),
    (
        "refused",
        {
            "META-INF/LICENSE": MIT,
            "META-INF/maven/g/a/pom.xml": "<project><licenses><license><name>GPL v3</name></license></licenses></project>",
        },
        "org/a/B.java",
        "",
    ),
    ("refused", {"LICENSE": MIT, "lib/META-INF/MANIFEST.MF": "Bundle-License: GPL-3.0-only\n"}, "lib/org/B.java", ""),
    ("refused", {"LICENSE": MIT, "a.py.license": "SPDX-License-Identifier: GPL-3.0-only\n"}, "a.py", ""),
    ("kept", {"a.py.license": "SPDX-License-Identifier: MIT\n"}, "a.py", ""),
    ("refused", {"a.py.license": "SPDX-License-Identifier: MIT\n"}, "b.py", ""),
    (
        "refused",
        {
            "LICENSE": MIT,
            "REUSE.toml": 'version = 1\n[[annotations]]\npath = ["gpl/**", "x/*.py"]\nSPDX-License-Identifier = "GPL-3.0-only"\n',
        },
        "gpl/b/a.py",
        "",
    ),
    (
        "refused",
        {
            "LICENSE": MIT,
            "REUSE.toml": 'version = 1\n[[annotations]]\npath = ["gpl/**", "x/*.py"]\nSPDX-License-Identifier = "GPL-3.0-only"\n',
        },
        "x/a.py",
        "",
    ),
    (
        "kept",
        {
            "LICENSE": MIT,
            "REUSE.toml": 'version = 1\n[[annotations]]\npath = ["gpl/**", "x/*.py"]\nSPDX-License-Identifier = "GPL-3.0-only"\n',
        },
        "x/y/a.py",
        "",
    ),
    ("refused", {"LICENSE": MIT, "REUSE.toml": "version = \n"}, "x/y/a.py", ""),
    (
        "kept",
        {
            "REUSE.toml": 'version = 1\n[[annotations]]\npath = "**"\nSPDX-License-Identifier = "GPL-3.0-only"\n[[annotations]]\npath = "lib/**"\nSPDX-License-Identifier = "MIT"\n',
            "LICENSES/MIT.txt": MIT,
            "LICENSES/GPL-3.0-only.txt": GPL,
        },
        "lib/a.py",
        "",
    ),
    (
        "refused",
        {
            "LICENSE": MIT,
            "debian/copyright": "Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/\n\nFiles: *\nCopyright: A\nLicense: Expat\n\nFiles: lib/*\nCopyright: B\nLicense: GPL-2+\n",
        },
        "lib/x/a.c",
        "",
    ),
    ("refused", {"package.json": '{"license":"MIT"}', "legal/LICENSE": GPL}, "a.js", ""),
    ("refused", {"package.json": '{"license":"MIT"}', "docs/legal/COPYING": GPL}, "a.js", ""),
    ("refused", {"package.json": '{"license":"MIT"}', "license/COPYING": GPL}, "src/a.js", ""),
    (
        "kept",
        {"LICENSE": "Attribution 4.0 International\nhttps://creativecommons.org/licenses/by/4.0/\n", "LICENSE-CODE": MIT},
        "a.py",
        "",
    ),
    ("refused", {"LICENSE": GPL, "LICENSE-CODE": MIT}, "a.py", ""),
    ("refused", {"COPYING": GPL}, "a.c", MIT_HEADER),
    (
        "kept",
        {
            "LICENSE-MIT": MIT,
            "COPYING": GPL,
            "LICENSE-BSD": "BSD-3-Clause\n",
            "Cargo.toml": '[package]\nname="a"\nversion="1.0.0"\nlicense="(MIT OR GPL-3.0-or-later) AND BSD-3-Clause"\n',
        },
        "a.rs",
        "",
    ),
    ("refused", {"LICENSE": MIT, "package.json": '{"license":"SEE LICENSE IN EULA.md"}', "EULA.md": "Pay.\n"}, "a.js", ""),
    (
        "refused",
        {
            "LICENSE": MIT,
            "crates/a/Cargo.toml": "[package]\nlicense-file.workspace = true\n",
            "crates/a/LICENSE": MIT,
            "Cargo.toml": '[workspace.package]\nlicense-file = "LICENSE-GPL"\n',
            "LICENSE-GPL": GPL,
        },
        "crates/a/a.rs",
        "",
    ),
    ("refused", {"LICENSE": MIT, "MODULE_LICENSE_GPL": ""}, "a.c", ""),
    ("refused", {"LICENSE": MIT, "setup.py": "setup(license=compute())\n"}, "a.py", ""),
    (
        "kept",
        {
            "LICENSE": MIT,
            "setup.py": "setup(license=compute())\n",
            "PKG-INFO": "Metadata-Version: 2.1\nName: gp\nVersion: 1\nLicense: MIT\n",
        },
        "a.py",
        "",
    ),
    ("kept", {"LICENSE": MIT, "setup.py": "setup(license=open('LICENSE').read())\n"}, "a.py", ""),
    (
        "refused",
        {
            "LICENSE": MIT,
            "METADATA": "Metadata-Version: 2.1\nName: gp\nVersion: 1\nLicense: MIT\n\n# gp\n\n## License\n\nFree for non-commercial use only.\n",
        },
        "a.py",
        "",
    ),
    (
        "kept",
        {
            "LICENSE": MIT,
            "pyproject.toml": '[project]\nname="a"\nversion="1"\nlicense={text="MIT License"}\nclassifiers=["License :: OSI Approved :: MIT License"]\n',
        },
        "a.py",
        "",
    ),
    (
        "refused",
        {"LICENSE": MIT, "pyproject.toml": '[project]\nname="a"\nversion="1"\nlicense={text="MIT License with no AI use"}\n'},
        "a.py",
        "",
    ),
    ("refused", {"LICENSE": MIT, "a/b/package.json": '{"license":"CC-BY-NC-4.0"}'}, "a/b/c/d.js", ""),
    ("refused", {"LICENSE": MIT, "CITATION.cff": "license: CC-BY-NC-4.0\n"}, "a.py", ""),
    ("refused", {"LICENSE": MIT, "Gemfile.gemspec": "s.license = LICENSE_NAME\n"}, "a.rb", ""),
    ("refused", {"LICENSE": MIT, "mix.exs": "licenses: [@license]\n"}, "a.ex", ""),
    (
        "refused",
        {"LICENSE": MIT, "meson.build": "project('a', 'c',\n  license : ['MIT', 'GPL-2.0-or-later'],\n  version: '1')\n"},
        "a.c",
        "",
    ),
    ("refused", {"LICENSE": MIT, "META.yml": "license: [mit, gpl]\n"}, "a.pl", ""),
    ("refused", {"LICENSE": MIT, "__manifest__.py": "# coding\n{\n 'name': 'x',\n 'license': 'OEEL-1',\n}\n"}, "models/a.py", ""),
    (
        "refused",
        {
            "LICENSE": MIT,
            "LICENSES/GPL-3.0-only.txt": GPL,
            "LICENSES/MIT.txt": MIT,
            "src/a.py.license": "SPDX-FileCopyrightText: x\nSPDX-License-Identifier: GPL-3.0-only\n",
        },
        "src/a.py",
        "",
    ),
    ("refused", {"LICENSES/GPL-3.0-or-later.txt": GPL, "LICENSES/MIT.txt": MIT}, "src/a.py", ""),
    (
        "kept",
        {
            "LICENSES/GPL-3.0-or-later.txt": GPL,
            "LICENSES/MIT.txt": MIT,
            ".reuse/dep5": "Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/\n\nFiles: *\nCopyright: x\nLicense: MIT\n",
        },
        "src/a.py",
        "",
    ),
    ("refused", {"LICENSE": MIT, ".reuse/dep5": "garbage\n"}, "src/a.py", ""),
    ("refused", {"LICENSE": "", "package.json": '{"name":"x"}'}, "a.js", ""),
    ("refused", {"LICENSE": MIT, "LICENSE.de": "Dies ist freie Software, Nutzung nur privat.\n"}, "a.c", ""),
    ("kept", {"LICENSE": MIT, "src/setup.py": "x = 1\n"}, "src/a.py", ""),
    (
        "kept",
        {
            "LICENSE": MIT,
            "src/DESCRIPTION": "a module\n",
            "src/BUILD": "go_library()\n",
            "src/info.json": "{broken",
            "src/package.xml": "<not xml",
        },
        "src/a.py",
        "",
    ),
]


@pytest.mark.parametrize(("verdict", "files", "path", "header"), PLACES)
def test_a_file_speaks_for_what_its_name_and_place_say(
    tmp_path: Path, verdict: str, files: Mapping[str, str], path: str, header: str
) -> None:
    assert (judged(tmp_path, files, path, header)[0] == "kept") is (verdict == "kept")


TERMS: list[Case] = [
    ("refused", {"LICENSE": MIT, "NOAI": ""}, "a.py", ""),
    ("refused", {"LICENSE": MIT, "ai.txt": "User-Agent: *\nDisallow: *\n"}, "a.py", ""),
    ("refused", {"LICENSE": MIT, "tdmrep.json": '[{"location":"/","tdm-reservation":1}]'}, "a.py", ""),
    ("refused", {"LICENSE": MIT, ".well-known/tdmrep.json": '[{"location":"/","tdm-reservation":1}]'}, "a.py", ""),
    ("refused", {"LICENSE": MIT, "robots.txt": "User-agent: GPTBot\nDisallow: /\n"}, "a.py", ""),
    ("refused", {"LICENSE": MIT, "ACCEPTABLE_USE.md": "Do not use it for weapons.\n"}, "a.py", ""),
    ("refused", {"LICENSE": MIT, "TERMS.md": "By using this you accept everything.\n"}, "a.py", ""),
    ("refused", {"LICENSE": MIT, "ADDITIONAL_TERMS": "Share revenue with us.\n"}, "a.py", ""),
    ("refused", {"LICENSE": MIT, "AI_POLICY.md": "Do not scrape this repository for training.\n"}, "a.py", ""),
    ("refused", {"LICENSE": MIT, "src/vendor/x/LICENSE": MIT, "NO-AI.txt": "no"}, "src/vendor/x/a.py", ""),
    ("refused", {"LICENSE": MIT, "PATENTS": "You may not sue us.\n"}, "a.c", ""),
    ("refused", {"LICENSE": MIT, "COMMERCIAL.md": "Companies pay.\n"}, "a.c", ""),
    ("kept", {"LICENSE": MIT, "docs/terms.txt": "apple\nbanana\n"}, "docs/a.py", ""),
]


@pytest.mark.parametrize(("verdict", "files", "path", "header"), TERMS)
def test_terms_and_reservations_add_whatever_license_lies_between(
    tmp_path: Path, verdict: str, files: Mapping[str, str], path: str, header: str
) -> None:
    assert (judged(tmp_path, files, path, header)[0] == "kept") is (verdict == "kept")
