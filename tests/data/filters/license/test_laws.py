"""Evidence only adds: no legal file turns a refused file into a kept one, but for the exceptions that the documents name."""

from __future__ import annotations

import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.data.filters.license.conftest import MIT
from tests.data.filters.license.judging import GPL, judged

METADATA = "Metadata-Version: 2.1\nName: a\nVersion: 1\nLicense: "
PACKAGE = '{"name": "a", "license": "MIT"}'
REFUSED: list[dict[str, str]] = [
    {"LICENSE": GPL},
    {"COPYING": GPL, "src/package.json": PACKAGE},
    {"package.json": '{"license": "GPL-3.0-only"}'},
    {"LICENSE": MIT, "setup.py": "setup(license='GPLv3')\n"},
    {"LICENSE": MIT, "src/pkg/README.md": "# a\n\n## License\n\nMPL-2.0\n"},
    {"LICENSE": MIT, "COMMONS-CLAUSE.md": "You may not sell the software.\n"},
    {"LICENSE": MIT, "ai.txt": "User-Agent: *\nDisallow: /\n"},
    {"LICENSE": MIT, "src/pkg-1.dist-info/METADATA": f"{METADATA}GPL-3.0\n"},
    {"LICENSE": MIT, "REUSE.toml": 'version = 1\n[[annotations]]\npath = "src/**"\nSPDX-License-Identifier = "GPL-3.0-only"\n'},
    {"LICENSE": MIT, "src/pkg/a.py.license": "SPDX-License-Identifier: GPL-3.0-only\n"},
    {"LICENSE": "Alle Rechte vorbehalten.\n"},
]
"""Sources whose file `src/pkg/a.py` no policy lets pass."""

ADDING = {
    "LICENSE-jquery.txt": MIT,
    "LICENSE.regex": MIT,
    "jquery.LICENSE.txt": MIT,
    "COPYING.foo": MIT,
    "mit.txt": MIT,
    "LICENSES/MIT.txt": MIT,
    "legal/LICENSE": MIT,
    "NOTICE": MIT,
    "LICENSE-docs": MIT,
    "b.py.license": "SPDX-License-Identifier: MIT\n",
    "package.json": PACKAGE,
    "setup.cfg": "[metadata]\nlicense = MIT\n",
    "composer.json": PACKAGE,
    "README.md": "# a\n\n## License\n\nMIT\n",
    "TERMS.md": MIT,
    "REUSE.toml": 'version = 1\n[[annotations]]\npath = "**"\nSPDX-License-Identifier = "MIT"\n',
    "a-1.dist-info/METADATA": f"{METADATA}MIT\n",
    "META-INF/MANIFEST.MF": "Bundle-License: MIT\n",
    "robots.txt": "User-agent: *\nAllow: /\n",
    "COPYRIGHT": "Copyright 2020 A. Person. All rights reserved.\n",
}
"""Files that say MIT, or nothing, and hide nothing wherever they lie."""


@settings(max_examples=80, deadline=None)
@given(
    st.sampled_from(REFUSED),
    st.dictionaries(st.tuples(st.sampled_from(["", "src/", "src/pkg/"]), st.sampled_from(sorted(ADDING))), st.none(), max_size=4),
)
def test_no_file_that_adds_lets_a_refused_file_pass(refused: dict[str, str], places: dict[tuple[str, str], None]) -> None:
    added = {folder + name: ADDING[name] for folder, name in places}

    with tempfile.TemporaryDirectory() as folder:
        assert judged(Path(folder), added | refused, "src/pkg/a.py")[0] != "kept"


@settings(max_examples=40, deadline=None)
@given(
    st.sampled_from([files for files in REFUSED if len(files) > 1 and "COPYING" not in files]),
    st.sampled_from(["src/pkg/", "src/"]),
)
def test_a_nearer_license_file_hides_other_license_files_alone(refused: dict[str, str], folder: str) -> None:
    """The one exception, a vendored package's own license file, takes nothing from terms, declarations and patterns above."""
    with tempfile.TemporaryDirectory() as store:
        assert judged(Path(store), refused | {f"{folder}LICENSE": MIT}, "src/pkg/a.py")[0] != "kept"


def test_the_exceptions_are_the_nearest_license_file_and_the_package_of_its_own(tmp_path: Path) -> None:
    whole = {"src/pkg/LICENSE": MIT, "src/pkg/package.json": PACKAGE}

    assert judged(tmp_path, {"LICENSE": GPL, "src/pkg/LICENSE": MIT}, "src/pkg/a.py")[0] == "kept"
    assert judged(tmp_path, {"package.json": '{"license": "GPL-3.0-only"}'} | whole, "src/pkg/a.py")[0] == "kept"
