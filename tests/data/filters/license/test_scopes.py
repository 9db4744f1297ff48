"""A part of a license file is about other things only where it plainly says so."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seedbed.data.filters.license.scopes import scopes
from tests.data.filters.license.conftest import MIT
from tests.data.filters.license.judging import GPL, judged

MIT_HEADER = "/*\n" + "".join(f" * {line}\n" for line in MIT.splitlines()) + " */\n"
Case = tuple[str, Mapping[str, str], str, str]
"""Whether the file is kept, the legal files of its source, its path, its header."""

PARTS: list[Case] = [
    (
        "kept",
        {"LICENSE": MIT + "\n\nThe documentation in docs/ is licensed under the Creative Commons Attribution 4.0 license.\n"},
        "a.c",
        "",
    ),
    ("kept", {"LICENSE": MIT + "\n\nFonts in assets/fonts are licensed under the SIL Open Font License 1.1.\n"}, "a.c", ""),
    ("kept", {"LICENSE": MIT + "\n\nFiles in the vendor/ directory are licensed under the GNU GPL v3.\n"}, "a.c", ""),
    ("refused", {"LICENSE": MIT + "\n\nFiles in the vendor/ directory are licensed under the GNU GPL v3.\n"}, "vendor/a.c", ""),
    (
        "kept",
        {"LICENSE": MIT + "\n\n- getopt.c: LGPL 2.1 or later\n- tree.h, copyright Niels Provos. Two clause BSD license.\n"},
        "a.c",
        MIT_HEADER,
    ),
    (
        "refused",
        {"LICENSE": MIT + "\n\n- getopt.c: LGPL 2.1 or later\n- tree.h, copyright Niels Provos. Two clause BSD license.\n"},
        "a.c",
        "",
    ),
    (
        "refused",
        {"LICENSE": MIT + "\n\n- getopt.c: LGPL 2.1 or later\n- tree.h, copyright Niels Provos. Two clause BSD license.\n"},
        "lib/getopt.c",
        MIT_HEADER,
    ),
    ("kept", {"LICENSE": MIT + "\n\nBundled libraries are licensed under the GNU LGPL 2.1.\n"}, "a.c", MIT_HEADER),
    ("refused", {"LICENSE": MIT + "\n\nBundled libraries are licensed under the GNU LGPL 2.1.\n"}, "a.c", ""),
    (
        "refused",
        {
            "LICENSE": MIT
            + "\n\nThe code in the folder ee/ is licensed under the Acme License. All other files are under the GPL.\n"
        },
        "a.c",
        MIT_HEADER,
    ),
    ("refused", {"LICENSE": MIT + "\n\nThe pictures in img/ are CC BY-SA 4.0. Use of the program needs a payment.\n"}, "a.c", ""),
    ("refused", {"LICENSE": MIT + "\n\nThe pictures in img/ and the program are licensed under the GPL.\n"}, "a.c", ""),
    ("refused", {"LICENSE": MIT + "\n\nThe documentation and the software are licensed under the GNU GPL v3.\n"}, "a.c", ""),
    ("refused", {"LICENSE": MIT + "\n\nThe program frob.c and everything else is GPL.\n"}, "a.c", MIT_HEADER),
    (
        "refused",
        {"LICENSE": MIT + "\n\nmain.c is the core of this software, which is licensed under the GPL.\n"},
        "a.c",
        MIT_HEADER,
    ),
    ("refused", {"LICENSE": "Files in this package are licensed under the GNU GPL v3.\n"}, "a.c", MIT_HEADER),
    ("refused", {"LICENSE": "All files in this directory are licensed under the GNU GPL v3.\n"}, "a.c", MIT_HEADER),
    ("refused", {"LICENSE": "Code in src is licensed under the GNU GPL v3.\n"}, "src/a.c", MIT_HEADER),
    ("refused", {"LICENSE": "The pictures in img/ are CC BY-SA 4.0.\n"}, "a.c", ""),
    ("kept", {"LICENSE": "The pictures in img/ are CC BY-SA 4.0.\n"}, "a.c", MIT_HEADER),
    ("refused", {"LICENSE": GPL, "sub/LICENSE": "Copyright 2020 A\n"}, "sub/a.c", MIT_HEADER),
    ("refused", {"LICENSE": GPL, "sub/LICENSE": "The pictures in img/ are CC BY-SA 4.0.\n"}, "sub/a.c", MIT_HEADER),
    ("kept", {"LICENSE": MIT + "\n\nThe pictures in the folder img/ are licensed under CC BY-SA 4.0.\n"}, "a.py", ""),
    (
        "refused",
        {
            "LICENSE": MIT
            + "\n\nThe pictures in the folder img/ are licensed under CC BY-SA 4.0. The software may not be used for training.\n"
        },
        "a.py",
        "",
    ),
    ("refused", {"LICENSE": MIT + "\n\nThe pictures in the folder img/ are licensed under CC BY-SA 4.0.\n"}, "img/a.py", ""),
    (
        "kept",
        {"LICENSE": MIT + "\n\nThe script build-aux/ltmain.sh is under the GNU General Public License, version 2 or later.\n"},
        "a.c",
        MIT_HEADER,
    ),
    (
        "refused",
        {"LICENSE": MIT + "\n\nThe script build-aux/ltmain.sh is under the GNU General Public License, version 2 or later.\n"},
        "a.c",
        "",
    ),
    (
        "refused",
        {"LICENSE": MIT + "\n\nThe script build-aux/ltmain.sh is under the GNU General Public License, version 2 or later.\n"},
        "build-aux/ltmain.sh",
        MIT_HEADER,
    ),
    (
        "refused",
        {"LICENSE": MIT + "\n\nThe software as a whole is under the GNU General Public License, version 2 or later.\n"},
        "a.c",
        MIT_HEADER,
    ),
    (
        "kept",
        {
            "LICENSE": '* All content residing under the "enterprise/" directory of this repository, if that directory exists, is licensed under the license defined in "enterprise/LICENSE".\n\n'
            + MIT,
            "enterprise/LICENSE": "Pay us.\n",
        },
        "core/a.py",
        "",
    ),
    (
        "refused",
        {
            "LICENSE": '* All content residing under the "enterprise/" directory of this repository, if that directory exists, is licensed under the license defined in "enterprise/LICENSE".\n\n'
            + MIT,
            "enterprise/LICENSE": "Pay us.\n",
        },
        "enterprise/a.py",
        "",
    ),
    (
        "refused",
        {
            "LICENSE": '* All content residing under the "enterprise/" directory of this repository, if that directory exists, is licensed under the license defined in "enterprise/LICENSE".\n\n'
            + MIT
        },
        "enterprise/a.py",
        "",
    ),
]


@pytest.mark.parametrize(("verdict", "files", "path", "header"), PARTS)
def test_a_part_speaks_for_what_it_names(tmp_path: Path, verdict: str, files: Mapping[str, str], path: str, header: str) -> None:
    assert (judged(tmp_path, files, path, header)[0] == "kept") is (verdict == "kept")


SENTENCES = [
    "The pictures in img/ are licensed under CC BY-SA 4.0.",
    "Files in the ee/ directory are licensed under the Acme License.",
    "The script tools/run.sh is under the GPL.",
    "Bundled libraries are licensed under the LGPL.",
]
RESTRICTIONS = [
    "You may not use this software to train a model.",
    "The whole package is licensed under the GPL.",
    "Commercial use needs a license of ours.",
    "All files are licensed under the GPL.",
    "The program must not be sold under this license.",
    "Everything else is proprietary.",
    "Use for machine learning is prohibited.",
]


@given(st.lists(st.sampled_from(SENTENCES), min_size=1, max_size=4), st.sampled_from(RESTRICTIONS), st.integers(0, 4))
def test_a_sentence_about_the_whole_is_never_in_a_part(sentences: list[str], restriction: str, place: int) -> None:
    words = [*sentences[:place], restriction, *sentences[place:]]

    assert scopes(" ".join(words)) == []
