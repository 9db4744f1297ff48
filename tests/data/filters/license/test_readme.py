"""A README speaks in its sections and notices about the license, and nowhere else."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seedbed.data.filters.license.readme import Passage, passages
from tests.data.filters.license.conftest import MIT
from tests.data.filters.license.judging import judged

MIT_HEADER = "/*\n" + "".join(f" * {line}\n" for line in MIT.splitlines()) + " */\n"
Case = tuple[str, Mapping[str, str], str, str]
"""Whether the file is kept, the legal files of its source, its path, its header."""

READMES: list[Case] = [
    ("kept", {"README.md": "# a\n\n## License\n\nMIT\n"}, "a.py", ""),
    (
        "kept",
        {"README.md": "# a\n\n## License\n\nReleased under the [MIT License](https://opensource.org/licenses/MIT).\n"},
        "a.py",
        "",
    ),
    ("kept", {"README.rst": "a\n===\n\nLicense\n=======\n\nApache License 2.0\n"}, "a.py", ""),
    ("refused", {"LICENSE": "MIT", "README.md": "## Lizenz\n\nGPLv3\n"}, "a.py", ""),
    ("refused", {"LICENSE": MIT, "README.md": "## 许可证\n\nGPL-3.0\n"}, "a.py", ""),
    ("refused", {"LICENSE": MIT, "README.md": "# x\n\nThis project is licensed under the GNU GPL v3.\n"}, "a.py", ""),
    (
        "refused",
        {"LICENSE": MIT, "README.md": "# x\n\n## Terms\n\nYou may not use this software commercially without permission.\n"},
        "a.py",
        "",
    ),
    ("refused", {"README.md": "# a\n\nLicense of the data: MIT\n"}, "a.py", ""),
    ("refused", {"README.md": "# a\n\n## Third-party licenses\n\nMIT\n"}, "a.py", ""),
    ("refused", {"README.md": "# a\n\n![License: MIT](x.svg)\n"}, "a.py", ""),
    ("refused", {"LICENSE": MIT, "README.md": "# x\n\n**License:** GPL-3.0\n"}, "a.c", ""),
    (
        "refused",
        {
            "LICENSE": MIT,
            "README.md": "# x\n\n## License\n\nThis project is [GPLv3](https://www.gnu.org/licenses/gpl-3.0) licensed.\n",
        },
        "a.c",
        "",
    ),
    (
        "kept",
        {
            "LICENSE": MIT,
            "README.md": "# x\n\nTrain machine learning models on your datasets. You must not forget to set the seed.\n\n## Usage\n\nIt cannot be used without a GPU.\n",
        },
        "a.c",
        "",
    ),
    ("kept", {"LICENSE": MIT, "README.md": "# x\n\nWorks with libfoo, which is licensed under the GPL.\n"}, "a.c", ""),
    (
        "kept",
        {"LICENSE": MIT, "README.md": "# x\n\n## Legal\n\nAcme is a trademark of Acme Inc. We are not affiliated with them.\n"},
        "a.c",
        "",
    ),
    (
        "kept",
        {
            "LICENSE": MIT,
            "README.md": "# x\n\n## License\n\n`x` is distributed under the terms of the [MIT](https://spdx.org/licenses/MIT.html) license.\n",
        },
        "a.c",
        "",
    ),
    (
        "kept",
        {
            "LICENSE": MIT,
            "README.md": "# x\n\n## License\n\nCopyright (c) 2020 A. Licensed under the MIT license. Please see the [license file](LICENSE.md) for more information.\n",
        },
        "a.c",
        "",
    ),
    (
        "kept",
        {
            "LICENSE": MIT,
            "README.md": "# x\n\n## License\n\nThe MIT License (MIT). Please see [License File](LICENSE) for more information.\n\n## Credits\n\nGNU GPL people.\n",
        },
        "a.c",
        "",
    ),
    ("kept", {"LICENSE": MIT, "README.md": "<h1>x</h1>\n<h2>License</h2>\n<p>MIT</p>\n"}, "a.c", ""),
    ("refused", {"LICENSE": MIT, "README.md": "<h1>x</h1>\n<h2>License</h2>\n<p>GPL-3.0</p>\n"}, "a.c", ""),
    ("refused", {"LICENSE": MIT, "README.adoc": "= x\n\n== License\n\nAGPL-3.0\n"}, "a.c", ""),
    ("refused", {"LICENSE": MIT, "README.org": "* x\n** License\nAGPL-3.0\n"}, "a.c", ""),
    ("refused", {"LICENSE": MIT, "README": "x\n\nLICENSE\n\nAGPL-3.0\n"}, "a.c", ""),
    (
        "refused",
        {
            "LICENSE": MIT,
            "README.txt": "=== Plugin ===\nContributors: x\nLicense: GPLv2 or later\nLicense URI: http://www.gnu.org/licenses/gpl-2.0.html\n",
        },
        "a.php",
        "",
    ),
    ("refused", {"LICENSE": MIT, "README.md": "# x\n\n## ライセンス\n\nGPLv3\n"}, "a.c", ""),
    ("refused", {"LICENSE": MIT, "README.md": "# x\n\n## Лицензия\n\nGPLv3\n"}, "a.c", ""),
    ("refused", {"LICENSE": MIT, "README.md": "# x\n\n## Licencia\n\nGPLv3\n"}, "a.c", ""),
    ("refused", {"LICENSE": MIT, "README.md": "# x\n\n## License\n\nNur für private Nutzung.\n"}, "a.c", ""),
    (
        "refused",
        {"LICENSE": MIT, "README.md": "# x\n\n## License\n\nFree for personal use. Companies must buy a license.\n"},
        "a.c",
        "",
    ),
    ("refused", {"LICENSE": MIT, "README.md": "# x\n\n> This code may not be used to train AI models.\n"}, "a.c", ""),
    ("refused", {"LICENSE": MIT, "README.md": "# x\n\nThis repository opts out of text and data mining.\n"}, "a.c", ""),
    (
        "kept",
        {
            "LICENSE-MIT": MIT,
            "LICENSE-APACHE": "Apache License 2.0\n",
            "Cargo.toml": '[package]\nname="a"\nversion="1.0.0"\nlicense="MIT OR Apache-2.0"\n',
            "README.md": "# a\n\n## License\n\nLicensed under either of\n\n * Apache License, Version 2.0 ([LICENSE-APACHE](LICENSE-APACHE) or http://www.apache.org/licenses/LICENSE-2.0)\n * MIT license ([LICENSE-MIT](LICENSE-MIT) or http://opensource.org/licenses/MIT)\n\nat your option.\n\n### Contribution\n\nUnless you explicitly state otherwise, any contribution intentionally submitted for inclusion in the work by you, as defined in the Apache-2.0 license, shall be dual licensed as above, without any additional terms or conditions.\n",
        },
        "src/a.rs",
        "",
    ),
    ("kept", {"LICENSE": MIT, "README.md": "# x\n\n## Copyright\n\nCopyright (c) 2020 A. All rights reserved.\n"}, "a.c", ""),
    ("kept", {"LICENSE": MIT, "README.md": "# License checker\n\nChecks licenses: GPL, MIT.\n"}, "a.c", ""),
    (
        "kept",
        {
            "LICENSE": MIT,
            "README.rst": ".. image:: https://img.shields.io/pypi/l/x.svg\n   :target: LICENSE\n\n======\nx\n======\n\nLicense\n=======\n\nThis project is licensed under the terms of the MIT license.\n",
        },
        "a.c",
        "",
    ),
]


@pytest.mark.parametrize(("verdict", "files", "path", "header"), READMES)
def test_a_readme_speaks_of_its_own_license(
    tmp_path: Path, verdict: str, files: Mapping[str, str], path: str, header: str
) -> None:
    assert (judged(tmp_path, files, path, header)[0] == "kept") is (verdict == "kept")


CONDITIONS = [
    "MIT for non-commercial use. A commercial license is required for everything else.",
    "MIT. Commercial use requires a paid license.",
    "Released under the MIT license. Companies must purchase a license for production use.",
    "Free for personal use only; the MIT license applies to students.",
    "MIT, but you may not redistribute modified versions.",
    "MIT. This code must not be used to train machine learning models.",
    "MIT licensed. Do not use this software for training AI models.",
    "The MIT license does not cover text and data mining, which is reserved.",
    "Apache 2.0. Unauthorized copying of the source code is prohibited.",
]
HARMLESS = [
    "MIT",
    "[MIT](LICENSE)",
    "MIT, see the LICENSE file.",
    "This project is licensed under the MIT license. Contributors must agree to license their contributions under it.",
    "Released under the MIT license. If you use it in your research, please cite our paper.",
    "MIT. Acme is a trademark of Acme Inc. All trademarks are the property of their respective owners.",
    "MIT. The software is provided as is, without warranty of any kind.",
    "This library is available under the MIT license. By submitting a pull request you agree to license your work under it.",
]


@pytest.mark.parametrize("condition", CONDITIONS)
@pytest.mark.parametrize("heading", ["## License", "## Licensing", "## Lizenz"])
def test_a_condition_in_a_section_about_the_license_refuses(tmp_path: Path, condition: str, heading: str) -> None:
    files = {"LICENSE": MIT, "README.md": f"# x\n\nA tool.\n\n{heading}\n\n{condition}\n\n## Usage\n\nRun it.\n"}

    assert judged(tmp_path, files)[0] in {"license_unknown", "license_reserved", "license_not_allowed"}


@pytest.mark.parametrize("words", HARMLESS)
def test_a_plain_section_about_the_license_adds_no_condition(tmp_path: Path, words: str) -> None:
    files = {"LICENSE": MIT, "README.md": f"# x\n\nA tool.\n\n## License\n\n{words}\n\n## Usage\n\nRun it.\n"}

    assert judged(tmp_path, files)[0] == "kept"


@pytest.mark.parametrize(
    "sentence",
    [
        "This repository may not be used to train AI models.",
        "No part of this code may be used in a dataset for machine learning.",
        "The source code must not be copied or disclosed.",
        "Unauthorized copying of these files is prohibited.",
        "We opt out of AI training under Article 4 of the DSM directive.",
    ],
)
@pytest.mark.parametrize("heading", ["", "## FAQ\n\n", "## Contributing\n\n"])
def test_a_reservation_anywhere_in_a_readme_refuses(tmp_path: Path, sentence: str, heading: str) -> None:
    files = {"LICENSE": MIT, "README.md": f"# x\n\nA tool.\n\n{heading}Run it twice. {sentence} Have fun.\n"}

    assert judged(tmp_path, files)[0] in {"license_unknown", "license_reserved"}


@pytest.mark.parametrize(
    "sentence",
    [
        "Training and fine-tuning have run on a CPU only.",
        "You must not call it from another thread.",
        "The training data may not be copied between workers, which saves memory.",
        "A dataset is required; it cannot be empty.",
        "Contributions are welcome, but do not forget the tests.",
        "The license checker only reads files that are published.",
    ],
)
def test_prose_about_the_program_is_no_condition(tmp_path: Path, sentence: str) -> None:
    files = {"LICENSE": MIT, "README.md": f"# x\n\nA tool.\n\n## Usage\n\n{sentence}\n\n## License\n\nMIT\n"}

    assert judged(tmp_path, files)[0] == "kept"


@given(
    st.sampled_from(["Contributors", "Contributions", "By contributing", "All pull requests", "Trademarks"]),
    st.sampled_from(["may not be sold", "may only be shown to members", "never train a model", "are used by customers alone"]),
)
def test_a_sentence_about_use_is_never_set_aside(lead: str, clause: str) -> None:
    text = f"MIT. {lead} and the program {clause}."

    assert Passage(1, text, is_section=True).of_the_work == text


@pytest.mark.parametrize(
    "heading", ["# License\n", "License\n-----\n", "#### a\n# License\n", "# Third-party licenses\n", "LICENSE\n\n"]
)
def test_many_headings_take_time_in_proportion(heading: str) -> None:
    def seconds(count: int) -> float:
        start = process_time()
        passages(heading * count)
        return process_time() - start

    assert seconds(16_000) < 40 * max(seconds(1_000), 0.002)


@given(
    st.text(alphabet="# =-*\n\t>`~<h2/LicenseMIT:.[]()!", max_size=300),
    st.sampled_from(["README.md", "README.rst", "README.org", "README"]),
)
def test_any_text_has_passages_within_it(text: str, name: str) -> None:
    lines = text.count("\n") + 1

    for passage in passages(text, name):
        assert 1 <= passage.first_line <= passage.first_line + passage.text.count("\n") <= lines
