"""Cards: rendered from the manifest alone, strict about names, safe against values, and what the Hub's own clients accept."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from datasets import DatasetInfo, load_dataset
from datasets.utils.metadata import MetadataConfigs
from huggingface_hub import DatasetCard
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from pipeline.filters import TABLES
from seedbed.core.errors import InputError
from seedbed.core.manifests import integrity
from seedbed.core.manifests.base import Picture
from seedbed.core.manifests.contents import LicenseFacts, Rejection, SourceFacts
from seedbed.core.manifests.dataset import Manifest
from seedbed.core.text import formatting
from seedbed.publishing import plots, rejections
from seedbed.publishing.cards import dataset_card
from seedbed.publishing.cards.metadata import hub_licenses
from tests.invented_dataset import make_manifest, write_dataset

HERE = Path(__file__).parents[2]
FACTS = HERE / "corpus" / "manifest" / "invented.json"
SCHEMA_PAGE = HERE.parent / "docs" / "reference" / "schema.md"
GOLDEN = {name: HERE / "golden" / f"dataset_{name.lower()}" for name in dataset_card.PAGES}
REWRITE = os.environ.get("SEEDBED_GOLDEN") == "1"


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The invented dataset, complete as the last stage leaves it."""
    path = tmp_path_factory.mktemp("invented")
    write_dataset(path)
    facts = make_manifest(path)
    facts = facts.model_copy(update={"pictures": plots.draw(facts, path)})
    if REWRITE:
        facts.save(FACTS)
    dataset_card.write_pages(facts, path)
    integrity.seal(facts, path)
    return path


@pytest.fixture(scope="session")
def facts(folder: Path) -> Manifest:
    return Manifest.load(FACTS)


@pytest.fixture(scope="session")
def readme(facts: Manifest) -> str:
    return dataset_card.dataset_card(facts)


def _html(text: str) -> str:
    body = text.split("\n---\n", 1)[1] if text.startswith("---\n") else text
    return str(MarkdownIt("commonmark", {"html": True}).enable("table").render(body))


@pytest.mark.parametrize("page", list(dataset_card.PAGES))
def test_a_page_is_the_golden_one(facts: Manifest, page: str) -> None:
    text = dataset_card.page(dataset_card.PAGES[page], facts)
    if REWRITE:
        GOLDEN[page].write_text(text, encoding="utf-8")

    assert text == GOLDEN[page].read_text(encoding="utf-8"), "make golden, then read the diff"


@pytest.mark.docs
def test_the_schema_page_is_up_to_date() -> None:
    page = dataset_card.schema_page(TABLES)
    if REWRITE:
        SCHEMA_PAGE.write_text(page, encoding="utf-8")

    assert page == SCHEMA_PAGE.read_text(encoding="utf-8"), "make golden"


def test_a_card_made_with_the_data_is_the_card_made_without(folder: Path) -> None:
    again = dataset_card.dataset_card(Manifest.load(folder / "manifest.json"))

    assert again == (folder / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "template",
    [
        "{{ manifest.naem }}",
        "{{ manifst.name }}",
        "{% if manifest.naem %}{% endif %}",
        "{% for split in manifest.splitz %}{% endfor %}",
        "{{ manifest.contents.duplicates.sizes[99] }}",
        "{{ manifest.name | shout }}",
        '{% import "_tables.md.jinja" as tables %}{{ tables.funell(manifest.stages) }}',
        "{{ manifest.name",
    ],
)
def test_a_misspelt_name_is_an_error(facts: Manifest, tmp_path: Path, template: str) -> None:
    (tmp_path / "page.md.jinja").write_text(template)

    with pytest.raises(InputError, match=r"page\.md\.jinja"):
        dataset_card.page("page.md.jinja", facts, tmp_path)


@pytest.mark.parametrize(
    ("reason", "sentence"),
    [("too_large", "more than 1,000,000 bytes"), ("generated:my_tool", "written by a tool"), ("never_heard:of", "never heard")],
)
def test_a_reason_is_told_in_words(facts: Manifest, reason: str, sentence: str) -> None:
    assert rejections.explain(rejections.sentences(facts), reason).startswith(sentence)


def test_every_reason_has_words(facts: Manifest) -> None:
    assert rejections.unexplained(facts) == []


def test_a_card_shows_every_picture_that_was_drawn(facts: Manifest, readme: str) -> None:
    assert sorted(re.findall(r"!\[[^\]]+\]\((.+?)\)", readme)) == sorted(picture.path for picture in facts.pictures)


def test_a_new_picture_needs_no_new_words_on_the_card(facts: Manifest) -> None:
    new = Picture(path="assets/new.png", section="languages", alt="What it shows")

    text = dataset_card.dataset_card(facts.model_copy(update={"pictures": (new,)}))

    assert re.findall(r"!\[.*", text) == ["![What it shows](assets/new.png)"]


def test_a_source_of_which_nothing_was_kept_is_named(facts: Manifest) -> None:
    read = SourceFacts(id="pkg:pypi/barren@1", kind="pypi", url="u", version="1", files=3)

    text = dataset_card.dataset_card(facts.model_copy(update={"sources": (*facts.sources, read)}))

    assert "No file of 1 source was kept: `pkg:pypi/barren@1`." in text
    assert "No file of" not in dataset_card.dataset_card(facts)


def test_the_card_says_what_was_wrong_with_earlier_builds_newest_first(readme: str) -> None:
    history = readme.partition("## History")[2].partition("\n## ")[0]

    assert re.findall(r"\*\*(\S+)\.\*\*", history) == ["2026-02-10", "2026-01-05"]
    assert "Removed: `meadow 2.1: src/a.c`." in history
    assert "`header` \\| says \\<so\\>" in history


def test_a_recipe_without_a_history_has_no_such_section(facts: Manifest) -> None:
    data = {key: value for key, value in facts.recipe.data.items() if key != "history"}
    recipe = facts.recipe.model_copy(update={"data": data})

    assert "## History" not in dataset_card.dataset_card(facts.model_copy(update={"recipe": recipe}))


def test_a_license_is_named_with_the_files_that_it_kept_out(facts: Manifest) -> None:
    one = Rejection(stage="clean", block="license", reason="license_not_allowed", files=7, bytes=1, with_text=0)
    entry = one.model_copy(update={"licenses": {"MIT AND GPL-2.0-only": 4, "GPL-2.0-only OR (X AND GPL-2.0-only)": 3}})
    contents = facts.contents.model_copy(update={"rejected": (entry,)})

    assert dataset_card.not_allowed(facts.model_copy(update={"contents": contents})) == [("GPL-2.0-only", 7), ("X", 3)]


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("pkg:pypi/a@1#src/b/c.py", "a@1 …/c.py"),
        ("pkg:pypi/a@1#c.py", "a@1 c.py"),
        ("git+https://h/o/r@0f#d/c.py", "r@0f …/c.py"),
    ],
)
def test_a_sample_has_a_short_name_for_cells(facts: Manifest, tmp_path: Path, name: str, shown: str) -> None:
    (tmp_path / "page.md.jinja").write_text(f"{{{{ {name!r} | place }}}}")

    assert dataset_card.page("page.md.jinja", facts, tmp_path) == f"{shown}\n"


def test_the_metadata_is_what_the_hub_client_models(readme: str, facts: Manifest) -> None:
    data = DatasetCard(readme).data

    assert data.pretty_name == facts.title
    assert data.language == ["code"]
    assert data.license == ["apache-2.0", "bsd-2-clause", "bsd-3-clause", "mit", "zlib", "other"]
    assert data.to_dict()["license_link"] == "LICENSE.md"
    assert data.size_categories == ["1K<n<10K"]


def test_the_configs_are_what_datasets_reads(readme: str, facts: Manifest) -> None:
    configs = MetadataConfigs.from_dataset_card_data(DatasetCard(readme).data)

    assert set(configs) == {config.name for config in facts.contents.configs}
    assert configs.get_default_config_name() == "default"


def test_sizes_and_features_are_told_for_each_config(readme: str, facts: Manifest) -> None:
    infos = {info["config_name"]: DatasetInfo._from_yaml_dict(info) for info in DatasetCard(readme).data.dataset_info}

    for config in facts.contents.configs:
        splits = infos[config.name].splits
        assert splits is not None
        assert {name: split.num_examples for name, split in splits.items()} == {one.name: one.rows for one in config.splits}
        assert set(infos[config.name].features or {}) == {column.name for column in facts.columns[config.columns]}


def test_every_pattern_finds_the_files_of_its_split(folder: Path) -> None:
    sealed = Manifest.load(folder)
    rows = {file.path: file.rows or 0 for file in sealed.files}

    for config in sealed.contents.configs:
        for split in config.splits:
            found = [path.relative_to(folder).as_posix() for path in folder.glob(split.pattern)]
            assert found
            assert sum(rows[path] for path in found) == split.rows


@pytest.mark.parametrize(
    ("name", "split"), [("default", "train"), ("go", "test"), ("rejected", "rejected"), ("duplicates", "duplicates")]
)
def test_the_folder_loads_as_the_card_says(folder: Path, facts: Manifest, tmp_path: Path, name: str, split: str) -> None:
    config = next(config for config in facts.contents.configs if config.name == name)

    loaded = load_dataset(str(folder), name, split=split, cache_dir=str(tmp_path))

    assert len(loaded) == next(one.rows for one in config.splits if one.name == split)


def test_the_folder_streams(folder: Path, tmp_path: Path) -> None:
    stream = load_dataset(str(folder), "python", split="test", streaming=True, cache_dir=str(tmp_path))

    assert next(iter(stream))["language"] == "Python"


def test_the_code_on_the_card_runs(folder: Path, facts: Manifest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "build" / "datasets").mkdir(parents=True)
    (tmp_path / "build" / "datasets" / facts.name).symlink_to(folder)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("datasets.config.HF_DATASETS_CACHE", tmp_path / "cache")
    local = dataset_card.dataset_card(facts.model_copy(update={"repository": ""}))

    blocks = re.findall(r"```python\n(.*?)```", local, re.DOTALL)

    assert len(blocks) == 3
    for block in blocks:
        exec(block, {})


def test_every_picture_and_page_that_the_card_links_is_there(folder: Path, readme: str) -> None:
    linked = set(re.findall(r"\]\((?!https?:)([^)]+)\)", readme))

    assert {"assets/funnel.png", "ATTRIBUTION.md", "manifest.json"} <= linked
    assert all((folder / target).is_file() for target in linked)


@pytest.mark.parametrize("filler", ["More Information Needed", "None", "Undefined", "{{", "{%", " ,", "[]", " nan "])
def test_no_hole_is_left_on_the_page(readme: str, filler: str) -> None:
    assert filler not in readme


@pytest.mark.parametrize("key", ["GPL-2.0-only", "LicenseRef-scancode-x", "LLVM-exception"])
def test_a_license_that_the_hub_does_not_know_is_other(key: str) -> None:
    table = tuple(LicenseFacts(expression=one, category="", files=1, bytes=1) for one in ("MIT", f"MIT OR ({key})"))

    assert hub_licenses(table, frozenset({"mit", "apache-2.0"})) == ["mit", "other"]


def test_known_licenses_need_no_other() -> None:
    table = (LicenseFacts(expression="MIT OR Apache-2.0", category="", files=1, bytes=1),)

    assert hub_licenses(table, frozenset({"mit", "apache-2.0"})) == ["apache-2.0", "mit"]


HOSTILE = [
    "a|b|c",
    "<script>alert(1)</script>",
    "x`y``z",
    "`",
    "line\n# heading\n\n| a | b |\n---\n",
    "[click](javascript:alert(1))",
    "![](https://evil.example/x.png)",
    "**bold** _em_ ~~gone~~",
    "</details><img src=x onerror=alert(1)>",
    "abc\u202etxt.exe",
    "{{ manifest.name }}",
    "\\",
    "ends with \\",
]


def _with_hostile_values(facts: Manifest, value: str) -> Manifest:
    """The same facts in which a project, its version and license, a reason, a block and a title are called `value`."""
    data: dict[str, Any] = facts.model_dump(mode="json")
    contents = data["contents"]
    contents["projects"][0] |= {"project": value, "versions": (value,), "licenses": {value: 1}, "license_files": (value,)}
    contents["licenses"][0] |= {"expression": value, "category": value}
    contents["rejected"][0] |= {"reason": value.replace(":", ""), "block": value}
    contents["duplicates"]["largest"][0] |= {"kept": value, "licenses": {value: 2}}
    contents["example"] |= {"path": value, "text": value}
    data["stages"][0]["blocks"][0] |= {"name": value, "meaning": value}
    data |= {"title": value, "description": value, "contact": value}
    return Manifest.model_validate(data)


@pytest.mark.parametrize("value", HOSTILE)
@pytest.mark.parametrize("page", list(dataset_card.PAGES))
def test_a_hostile_name_changes_no_structure(facts: Manifest, page: str, value: str) -> None:
    hostile = dataset_card.page(dataset_card.PAGES[page], _with_hostile_values(facts, value))
    harmless = dataset_card.page(dataset_card.PAGES[page], _with_hostile_values(facts, "harmless"))

    # The license page lists the keys of an expression, so a name of two words is one item more there, never a new kind.
    tags = re.compile(r"<(/?(?!li|a|code)[a-z0-9]+)" if page == "LICENSE.md" else r"<(/?[a-z0-9]+)")
    links = re.findall(r'(?:href|src)="([^"]*)"', _html(hostile))
    assert tags.findall(_html(hostile)) == tags.findall(_html(harmless))
    assert all(link.startswith("https://spdx.org/") for link in links if link not in harmless)
    assert "\u202e" not in hostile


@pytest.mark.parametrize("value", HOSTILE)
def test_a_hostile_title_stays_in_its_place_in_the_metadata(facts: Manifest, value: str) -> None:
    data = DatasetCard(dataset_card.dataset_card(_with_hostile_values(facts, value))).data

    assert data.pretty_name == formatting.visible(value)
    assert data.language == ["code"]


@given(st.text())
def test_a_code_span_in_a_table_shows_exactly_its_value(value: str) -> None:
    row = f"| a | b |\n|--|--|\n| {formatting.code(value)} | end |\n"

    cells = re.findall(r"<td>(.*?)</td>", _html(row), re.DOTALL)

    shown = cells[0].removeprefix("<code>").removesuffix("</code>")
    for entity, letter in (("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'), ("&amp;", "&")):
        shown = shown.replace(entity, letter)
    assert (shown, cells[1:]) == (formatting.visible(value) or "–", ["end"])


@pytest.mark.parametrize("escape", [formatting.text, formatting.prose])
@given(value=st.text() | st.text("`|\\<a "))
def test_words_in_a_table_make_no_markup_but_spans(escape: Callable[[str], str], value: str) -> None:
    row = f"| a | b |\n|--|--|\n| x{escape(value)}x | end |\n"

    allowed = "table|thead|tbody|tr|th|td" + ("|code" if escape is formatting.prose else "")
    assert re.findall(rf"<(?!/?(?:{allowed})>)", _html(row)) == []
    assert _html(row).count("<td>") == 2
