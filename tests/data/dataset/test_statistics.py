"""Facts: what is counted is what the parquet files hold."""

from __future__ import annotations

import random
from collections import Counter
from pathlib import Path
from typing import Any

import datasets
import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.filters import LIMITS as DECLARED
from pipeline.filters import SAMPLE, TABLES
from seedbed.core.config.recipe import Output
from seedbed.core.manifests.columns import REJECTED, arrow_schema
from seedbed.core.manifests.contents import Contents
from seedbed.data.dataset import statistics
from seedbed.data.dataset.distributions import bounds, edges, histogram, quantiles
from seedbed.data.dataset.statistics import duplicates, rejected
from seedbed.data.dataset.tables import write_table
from seedbed.data.dedup import DUPLICATES
from seedbed.publishing.cards import metadata
from tests.invented_dataset import LIMITS, write_dataset


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("dataset")
    write_dataset(path)
    return path


@pytest.fixture(scope="module")
def contents(folder: Path) -> Contents:
    return statistics.describe(folder, SAMPLE, bounds(DECLARED, LIMITS))


def _sql(folder: Path, query: str) -> list[tuple[Any, ...]]:
    return duckdb.sql(query.replace("DATA", f"'{folder}/data/*/*.parquet'")).fetchall()


def test_totals_are_those_of_the_files(folder: Path, contents: Contents) -> None:
    said = contents.total

    counted = _sql(folder, "select count(*), sum(size_bytes), sum(lines), sum(tokens), count(distinct project) from DATA")

    assert (said.files, said.bytes, said.lines, said.tokens, said.projects) == counted[0]


@pytest.mark.parametrize("table", ["languages", "licenses", "projects"])
def test_each_table_adds_up_to_the_total(contents: Contents, table: str) -> None:
    entries = getattr(contents, table)

    files = sum(entry.amount.files if table == "languages" else entry.files for entry in entries)

    assert files == contents.total.files


def test_splits_and_configs_add_up_to_the_total(contents: Contents) -> None:
    rows = {config.name: sum(split.rows for split in config.splits) for config in contents.configs}

    side = ("default", "rejected", "duplicates", "attribution", "license_texts")
    assert sum(amount.files for amount in contents.splits.values()) == contents.total.files == rows["default"]
    assert sum(rows[name] for name in rows if name not in side) == rows["default"]
    assert rows["rejected"] == sum(entry.files for entry in contents.rejected)
    assert rows["duplicates"] == contents.duplicates.members


def test_quantiles_agree_with_another_implementation(folder: Path, contents: Contents) -> None:
    said = contents.distributions["lines"].quantiles

    columns = ", ".join(f"quantile_disc(lines, {share})" for share in (0.5, 0.9, 0.99))
    assert (said.median, said.p90, said.p99) == _sql(folder, f"select {columns} from DATA")[0]


@given(st.lists(st.integers(0, 10**7), min_size=1, max_size=200))
def test_a_histogram_holds_every_value_once(values: list[int]) -> None:
    bins = edges(min(values), max(values))

    assert sum(histogram(Counter(values), bins)) == len(values)
    assert list(bins) == sorted(set(bins))


@given(st.lists(st.integers(0, 1000), min_size=1, max_size=200))
def test_quantiles_are_nearest_ranks(values: list[int]) -> None:
    ordered = sorted(values)

    found = quantiles(Counter(values))

    assert found.median == ordered[-(-len(values) // 2) - 1]
    assert found.p99 == ordered[-(-99 * len(values) // 100) - 1]
    assert found.max == ordered[-1]


def test_no_values_have_quantiles_of_zero() -> None:
    assert quantiles(Counter()).max == 0


def test_the_limits_of_the_recipe_are_on_the_distributions(contents: Contents) -> None:
    assert contents.distributions["cyclomatic_max"].most == LIMITS["max_cyclomatic"]
    assert contents.distributions["lines"].least == LIMITS["min_lines"]


def _member(cluster: str, name: str, **more: object) -> dict[str, Any]:
    row = {"cluster": cluster, "id": name, "project": "p", "license": "MIT", "kept": False, "kind": "near", "distance": 0}
    return row | {"verified_with": "a"} | more


MEMBERS = [
    _member("1", "a", kept=True, kind=None, verified_with=None),
    _member("1", "b", kind="exact", project="q"),
    _member("1", "c", distance=3, license="GPL-2.0-only"),
    _member("2", "d", license=None, kind=None, verified_with=None),
    _member("2", "e", kind="exact", license=None),
]


def test_duplicates_are_counted_by_cluster() -> None:
    found = duplicates(MEMBERS)

    assert (found.clusters, found.members, found.removed, found.exact, found.near) == (2, 5, 4, 2, 1)
    assert (found.across_projects, found.license_conflicts, found.unpublished) == (1, 1, 1)
    assert (found.sizes, found.distances) == ({2: 1, 3: 1}, {3: 1})
    assert (found.largest[0].cluster, found.largest[0].kept, found.largest[1].kept) == ("1", "a", None)


def test_clusters_across_projects_are_shown_before_larger_ones() -> None:
    larger = [_member("0", f"x{number}") for number in range(9)]

    assert [cluster.cluster for cluster in duplicates([*larger, *MEMBERS]).largest] == ["1", "0", "2"]


def test_the_order_of_the_rows_changes_nothing() -> None:
    shuffled = random.Random(1).sample(MEMBERS, len(MEMBERS))

    assert duplicates(shuffled) == duplicates(MEMBERS)


def test_rejections_are_counted_by_reason() -> None:
    row = {"stage": "clean", "block": "license", "reason": "no_license", "size_bytes": 5, "text": None, "license": None}
    rows = [row, row | {"text": "", "license": "MIT"}, row | {"reason": "a"}]

    found = rejected(rows)

    assert [(entry.reason, entry.files, entry.bytes, entry.with_text) for entry in found] == [
        ("no_license", 2, 10, 1),
        ("a", 1, 5, 0),
    ]
    assert found[0].licenses == {"MIT": 1}


COLUMNS = {"samples": SAMPLE, "rejected": REJECTED, "duplicates": DUPLICATES}


@pytest.mark.parametrize("table", list(COLUMNS))
def test_features_are_those_that_datasets_reads_from_the_parquet_schema(table: str) -> None:
    own = metadata.features(TABLES[table])

    assert own == datasets.Features.from_arrow_schema(arrow_schema(COLUMNS[table]))._to_yaml_list()


def test_the_example_is_one_of_the_samples_with_its_text_cut(folder: Path, contents: Contents) -> None:
    example = contents.example

    counted = _sql(folder, f"select count(*) from DATA where id = '{example['id']}'")
    assert counted == [(1,)]
    assert len(str(example["text"]).splitlines()) == min(48, int(str(example["lines"])))


def test_a_folder_without_side_tables_is_described(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "data").symlink_to(folder / "data")

    found = statistics.describe(tmp_path, SAMPLE, {})

    assert found.duplicates.clusters == len(found.rejected) == 0
    assert "rejected" not in {config.name for config in found.configs}


def test_a_table_without_rows_is_no_config(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "data").symlink_to(folder / "data")
    write_table(
        [],
        DUPLICATES,
        tmp_path / "duplicates",
        "duplicates",
        Output(shard_bytes=1 << 20, row_group_bytes=1 << 20, repository="a/b"),
    )

    found = statistics.describe(tmp_path, SAMPLE, {})

    assert "duplicates" not in {config.name for config in found.configs}


@pytest.mark.parametrize(("least", "most"), [(30, 909), (5, 8466), (61, 70), (0, 100), (1, 10**7)])
def test_a_wide_histogram_has_enough_bins_to_have_a_shape(least: int, most: int) -> None:
    assert 8 <= len(edges(least, most)) <= 50
