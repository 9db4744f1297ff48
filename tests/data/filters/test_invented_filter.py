"""A filter is one file, one line in the order of the pipeline and one in a recipe: everything else follows from its class."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
import yaml

from seedbed.core.config.recipe import Count, Limit, Share
from seedbed.core.manifests.columns import Column
from seedbed.core.runs.filters import Filter, columns_of, limits_of
from tests import frozen
from tests.data.sources.test_archives import make_tar

pytestmark = pytest.mark.usefixtures("kept_findings")

ROOT = Path(__file__).parents[3]
MODULE = '''
"""Are there comments, and not too many?"""

from seedbed.core.config.recipe import Count, Limit, Share
from seedbed.core.manifests.columns import Column
from seedbed.core.runs.filters import Filter


class RemarkFilter(Filter):
    name = "remarks"
    passes = "files whose authors said a word, and not only words"
    columns = (Column("remarks", "int32", "lines", "lines that begin with a comment mark", distribution=True),)
    limits = (
        Limit("min_remarks", Count, default=0, unit="lines", meaning="fewest comments", reason="none needed", column="remarks"),
        Limit("max_remark_share", Share, default=0.9, unit="share", meaning="most comments", reason="code is wanted"),
    )
    reasons = {
        "silent": "fewer than {min_remarks} lines of comment",
        "chatty": "more than {max_remark_share} of the lines are comments",
    }

    def __init__(self, min_remarks, max_remark_share):
        super().__init__()
        self.min_remarks, self.max_remark_share = min_remarks, max_remark_share

    def filter(self, doc):
        lines = doc.text.splitlines()
        remarks = doc.metadata["remarks"] = sum(line.lstrip().startswith("#") for line in lines)
        doc.metadata["detail"] = f"{remarks} of {len(lines)}"
        if remarks < self.min_remarks:
            return False, "silent"
        return remarks <= self.max_remark_share * len(lines) or (False, "chatty")
'''
CHATTY = "# Copyright 2020 A Person\n# SPDX-License-Identifier: Apache-2.0\n" + "# a word, and a word more\n" * 90


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the library with the invented filter in it, and a small source."""
    house = tmp_path_factory.mktemp("house")
    for folder in ("src", "pipeline", "cards", "recipes"):
        shutil.copytree(ROOT / folder, house / folder, ignore=shutil.ignore_patterns("__pycache__"))
    house.joinpath("src", "seedbed", "data", "filters", "remarks.py").write_text(MODULE, encoding="utf-8")
    order = house / "pipeline" / "clean.py"
    words = order.read_text(encoding="utf-8")
    words = words.replace(
        "\nfrom seedbed.data.filters.syntax",
        "\nfrom seedbed.data.filters.remarks import RemarkFilter\nfrom seedbed.data.filters.syntax",
    )
    order.write_text(words.replace("    SyntaxFilter,\n", "    SyntaxFilter,\n    RemarkFilter,\n"), encoding="utf-8")
    sources = {f"src/{name}": text.encode() for name, text in frozen.files().items()}
    chatty = CHATTY + frozen.read("tables.py")
    make_tar(
        house / "alpha.tar",
        {
            "alpha/LICENSE": (ROOT / "LICENSE").read_bytes(),
            **{f"alpha/{n}": t for n, t in sources.items()},
            "alpha/talk.py": chatty.encode(),
        },
        "w",
    )
    return house


def recipe(house: Path, **limits: object) -> Path:
    data = {"name": "small", "title": "Small", "description": "d", "contact": "c", "sources": [{"archive": "alpha.tar"}]}
    path = house / f"{'-'.join(limits)}.yaml"
    path.write_text(yaml.safe_dump(data | {"limits": limits}), encoding="utf-8")
    return path


def seedbed(house: Path, *arguments: object) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"PYTHONPATH": f"{house / 'src'}:{house}"}
    command = [sys.executable, "-m", "seedbed.cli", *map(str, arguments)]
    return subprocess.run(command, cwd=house, env=environment, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def dataset(house: Path) -> Path:
    done = seedbed(house, "dataset", recipe(house, min_remarks=1, max_remark_share=0.4), "--tasks", 1, "--workers", 1)
    assert done.returncode == 0, done.stderr
    return house / "build" / "datasets" / "small"


@pytest.fixture(scope="module")
def manifest(dataset: Path) -> Any:
    return json.loads((dataset / "manifest.json").read_text(encoding="utf-8"))


def test_its_column_is_published_with_its_unit_meaning_and_values(dataset: Path) -> None:
    tables = [pq.read_table(path) for path in dataset.glob("data/*/*.parquet")]

    field = tables[0].schema.field("remarks")
    assert (str(field.type), field.metadata) == (
        "int32",
        {b"unit": b"lines", b"meaning": b"lines that begin with a comment mark"},
    )
    for row in (row for table in tables for row in table.to_pylist()):
        assert row["remarks"] == sum(line.lstrip().startswith("#") for line in row["text"].splitlines()) >= 1


def test_the_funnel_of_the_manifest_has_it_with_its_words(manifest: Any) -> None:
    blocks = {block["name"]: block for stage in manifest["stages"] for block in stage["blocks"]}

    assert list(blocks)[list(blocks).index("syntax") + 1] == "remarks"
    assert blocks["remarks"]["meaning"] == "files whose authors said a word, and not only words"
    assert blocks["remarks"]["words"] == {
        "chatty": "more than 40 % of the lines are comments",
        "silent": "fewer than 1 lines of comment",
    }
    assert blocks["remarks"]["reasons"].keys() == {"chatty", "silent"}


def test_the_recipe_and_the_distribution_of_the_manifest_have_its_limits(manifest: Any) -> None:
    assert manifest["recipe"]["data"]["limits"]["min_remarks"] == 1
    assert manifest["contents"]["distributions"]["remarks"]["least"] == 1
    assert "remarks" in [column["name"] for column in manifest["columns"]["samples"]]


def test_the_card_explains_it(dataset: Path) -> None:
    card = (dataset / "README.md").read_text(encoding="utf-8")

    assert "| remarks | files whose authors said a word, and not only words |" in card
    assert "| `silent` | fewer than 1 lines of comment | remarks |" in card
    assert "| `remarks` | int32 | lines | lines that begin with a comment mark |" in card


def test_inspect_asks_it(house: Path, dataset: Path) -> None:
    path = house / "plain.py"
    path.write_text(frozen.read("tables.py").replace("#", ""), encoding="utf-8")

    done = seedbed(house, "inspect", path, "--recipe", recipe(house, min_remarks=1), "--json")

    verdict = json.loads(done.stdout)
    assert "silent" in verdict["reasons"]
    assert verdict["details"]["silent"].startswith("0 of ")


def test_a_misspelt_limit_is_told_the_allowed_ones_with_it_among_them(house: Path) -> None:
    done = seedbed(house, "inspect", "pipeline", "--recipe", recipe(house, min_remark=1))

    assert done.returncode == 2
    assert "min_remark.yaml: limits.min_remark: unknown key. Allowed: archives, " in done.stderr
    assert ", max_remark_share, min_alphanumeric_share, min_lines, min_remarks, min_tokens. Nearest: min_remarks." in done.stderr


def test_a_limit_left_out_gets_the_declared_default_and_a_wrong_one_is_refused(house: Path) -> None:
    done = seedbed(house, "inspect", "pipeline", "--recipe", recipe(house, max_remark_share=1.5))

    assert done.returncode == 2
    assert "limits.max_remark_share: Input should be less than or equal to 1" in done.stderr


class One(Filter):
    name = "one"
    columns = (Column("a", "int32", "", ""),)
    limits = (Limit("max_a", Count, 1, "", "", ""),)


def test_two_filters_cannot_declare_the_same_limit_or_column() -> None:
    with pytest.raises(ValueError, match="limit max_a: declared by 2 filters"):
        limits_of([One, One])
    with pytest.raises(ValueError, match="column a: declared by 2 filters"):
        columns_of([One, One])


class Namesake(Filter):
    name = "one"


def test_two_filters_cannot_have_the_same_name() -> None:
    with pytest.raises(ValueError, match="name one: declared by 2 filters"):
        limits_of([One, Namesake])


def test_words_that_name_a_limit_the_filter_does_not_have_are_refused_where_they_are_written() -> None:
    with pytest.raises(TypeError, match="max_b is not one of its limits"):

        class Two(Filter):
            limits = (Limit("max_a", Share, 1, "", "", ""),)
            reasons = {"b": "more than {max_b}"}  # noqa: RUF012
