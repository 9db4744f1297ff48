"""Recipes: what is wrong is said in one line, with what would have been right."""

from __future__ import annotations

import os
import re
import tomllib
from pathlib import Path

import pytest
import yaml

from pipeline.filters import LIMITS
from seedbed.core.config.parsing import handbook
from seedbed.core.config.recipe import load_recipe, parse_recipe, recipe_model
from seedbed.core.errors import RecipeError
from seedbed.data.filters.license.policy import DEFAULT_ALLOW, in_effect
from seedbed.data.sources import make_source

STARTER = Path(__file__).parents[2] / "recipes" / "data" / "starter.yaml"
DEFAULTS = STARTER.parent.parent / "defaults.yaml"


def changed(**changes: object) -> str:
    """The starter recipe with dotted keys set anew, or removed where the value is None."""
    data = yaml.safe_load(STARTER.read_text(encoding="utf-8"))
    for dotted, value in changes.items():
        *path, last = dotted.split("__")
        place = data
        for key in path:
            place = place[key]
        if value is None:
            del place[last]
        else:
            place[last] = value
    return yaml.safe_dump(data)


def complaint(text: str) -> str:
    with pytest.raises(RecipeError) as failure:
        parse_recipe(text, "r.yaml", LIMITS)
    assert "\n" not in str(failure.value)
    return str(failure.value)


def test_the_starter_recipe_loads_and_has_30_to_60_pinned_sources() -> None:
    recipe = load_recipe(STARTER, LIMITS)

    assert 30 <= len(recipe.sources) <= 60
    assert all(re.fullmatch(r"[0-9a-f]{64}", source["sha256"]) for source in recipe.sources)


def test_the_history_of_the_starter_is_data_that_a_manifest_can_hold() -> None:
    history = load_recipe(STARTER, LIMITS).meaning["history"]

    assert [entry["date"] for entry in history] == sorted((entry["date"] for entry in history), reverse=True)
    assert all(re.fullmatch(r"\S+ \S+: \S+", file) for entry in history for file in entry["removed"])


def test_an_unknown_key_lists_the_allowed_ones() -> None:
    words = complaint(changed(limits__max_eror_ratio=0.1))

    assert words.startswith("r.yaml: limits.max_eror_ratio: unknown key. Allowed: archives, max_bytes, max_cyclomatic")
    assert "recipes/README.md#limits" in words


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"limits__min_lines": None}, "limits.min_lines: missing"),
        ({"limits__max_bytes": "many"}, "limits.max_bytes: "),
        ({"limits__max_bytes": 10**20}, "limits.max_bytes: Input should be less than or equal to 9007199254740992"),
        ({"limits__max_error_ratio": float("nan")}, "limits.max_error_ratio: "),
        ({"splits__train": float("inf")}, "splits.train: "),
        ({"limits__max_error_ratio": 1.5}, "limits.max_error_ratio: Input should be less than or equal to 1"),
        ({"splits__train": 0.5}, "splits: train, validation and test must sum to 1"),
        ({"languages": ["Cobol"]}, "languages.0: Input should be 'Python'"),
        ({"name": "../evil"}, "name: "),
        ({"sources": []}, "sources: "),
        ({"license__allow": []}, "license.allow: "),
        ({"splits__pins": {"pkg:pypi/six": "dev"}}, "splits.pins"),
        ({"history": [{"date": "yesterday", "change": "a", "why": "b"}]}, "history.0.date: "),
        ({"history": [{"date": "2026-01-05", "change": "a"}]}, "history.0.why: missing"),
    ],
)
def test_a_wrong_value_says_where_and_what(changes: dict[str, object], words: str) -> None:
    assert words in complaint(changed(**changes))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "a recipe is a mapping"),
        ("- a\n", "a recipe is a mapping"),
        ("a: [1\n", "r.yaml: line 2: not YAML"),
        ("name: a\nname: b\n", "line 2: name: given twice"),
        (
            "name: !!python/object:os.system x\n",
            "r.yaml: line 1: tag:yaml.org,2002:python/object:os.system: a tag. Allowed: text",
        ),
        ("name: !!binary aGVsbG8=\n", "line 1: tag:yaml.org,2002:binary: a tag"),
        ("title: x\nname: !!set {a, b}\n", "line 2: tag:yaml.org,2002:set: a tag"),
        ("name: !!bool maybe\n", "a tag"),
        ("? [a, b]\n: c\n", "line 1: a list or a mapping as a key"),
        ("? {a: b}\n: c\n", "line 1: a list or a mapping as a key"),
        ("x: &a [*a]\n", "line 1: *a: an alias inside an anchor"),
        ("&a\nname: *a\n", "an alias inside an anchor"),
        ("x: *nowhere\n", "line 1: not YAML: found undefined alias"),
        ("x: " + "[" * 3000 + "]" * 3000, "line 1: nested too deep. Allowed: 32 levels"),
        ("a: " * 3000, "line 1: not YAML"),
        ("- " * 3000, "nested too deep"),
        ("\nx: " + "9" * 5000, "line 2: not a number: Exceeds the limit"),
        ("x: 0x_\n", "line 1: not a number"),
        ('\nx: "\\ud800"\n', "r.yaml: line 2: not encodable as UTF-8"),
        ('"\\udfff": x\n', "r.yaml: line 1: not encodable as UTF-8"),
        ("x: 1" + ":30" * 300 + ".5", "line 1: not a number"),
        ("a: &a " + "x" * 1000 + "\nb: [" + "*a, " * 20_000 + "]\n", "line 2: *a: aliases for more than 10,000,000 characters"),
        ("a: &a [x, x]\nb: &b [*a, *a]\nc: &c [*b, *b]\n", "line 2: *a: an alias inside an anchor"),
        ("a: 1\n---\nb: 1\n", "line 2: not YAML: but found another document"),
        ("\x01", "not YAML"),
    ],
)
def test_what_is_no_recipe_is_one_line(text: str, words: str) -> None:
    assert words in complaint(text)


def test_every_missing_key_is_named_at_once() -> None:
    words = complaint(changed(title=None, contact=None, limits__min_lines=None, limits__archives__max_ratio=None))

    assert "r.yaml: title, contact, limits.archives.max_ratio, limits.min_lines: missing. See " in words


def test_a_misspelt_key_is_reported_before_the_one_that_it_leaves_missing() -> None:
    words = complaint(changed(limits__max_cyclomatik=3, limits__max_cyclomatic=None, name=None))

    assert words.startswith("r.yaml: limits.max_cyclomatik: unknown key. Allowed: archives, ")
    assert "Nearest: max_cyclomatic" in words
    assert words.endswith("(2 more)")


def test_the_page_is_named_without_a_section_that_it_does_not_have() -> None:
    assert "See recipes/README.md." in complaint(changed(titel="x"))


def test_a_number_where_text_is_wanted_says_to_quote_it() -> None:
    assert "title: text is wanted, 2024 is a number: put it in quotes" in complaint(changed(title=2024))


@pytest.mark.parametrize("written", ["1.10", "0123456789012345678901234567890123456789", "1e3", "on", "2024-05-06", "0x10"])
def test_words_of_a_source_stay_as_they_are_written(written: str) -> None:
    text = changed(sources=[{"archive": "a.zip", "version": "X"}]).replace("version: X", f"version: {written}")

    assert parse_recipe(text, "r.yaml", LIMITS).sources[0]["version"] == written


SHORT = """
name: mine
title: Mine
description: Two packages.
contact: me@example.org
sources:
  - archive: mylib.tar.gz
limits:
  max_nesting: 3
"""


def test_a_short_recipe_takes_the_rest_from_the_defaults(tmp_path: Path) -> None:
    (tmp_path / "mine.yaml").write_text(SHORT, encoding="utf-8")

    recipe = load_recipe(tmp_path / "mine.yaml", LIMITS, DEFAULTS)

    starter = load_recipe(STARTER, LIMITS)
    assert recipe.limits == starter.limits.model_copy(update={"max_nesting": 3})
    assert recipe.languages == starter.languages
    assert in_effect(recipe).license.allow == DEFAULT_ALLOW
    assert recipe.output.repository == "OWNER/NAME"


def test_without_defaults_a_short_recipe_lacks_what_they_hold() -> None:
    assert "r.yaml: languages, limits.archives, " in complaint(SHORT)


def test_defaults_never_hide_a_mistake(tmp_path: Path) -> None:
    (tmp_path / "mine.yaml").write_text(SHORT.replace("max_nesting: 3", "max_nestin: 3"), encoding="utf-8")

    with pytest.raises(RecipeError, match="limits.max_nestin: unknown key"):
        load_recipe(tmp_path / "mine.yaml", LIMITS, DEFAULTS)


def test_the_wheel_holds_what_the_recipes_in_it_point_to() -> None:
    root = STARTER.parent.parent.parent
    shipped = tomllib.loads((root / "pyproject.toml").read_text())["tool"]["hatch"]["build"]["targets"]["wheel"]["force-include"]

    for path in STARTER.parent.glob("*.yaml"):
        for name in load_recipe(path, LIMITS, DEFAULTS).evidence:
            place = (path.parent / name).resolve().parent.relative_to(root).as_posix()
            assert shipped.get(place) == f"seedbed/policy/{place}"


def test_an_installed_user_is_pointed_to_the_copy_that_is_installed(tmp_path: Path) -> None:
    shipped = tmp_path / "policy" / "recipes"
    shipped.mkdir(parents=True)

    assert handbook("limits", tmp_path) == f"{shipped / 'README.md'}#limits"
    assert handbook("limits", STARTER.parent) == "recipes/README.md#limits"


@pytest.mark.docs
def test_the_example_of_the_page_is_a_whole_recipe(tmp_path: Path) -> None:
    page = (STARTER.parent.parent / "README.md").read_text(encoding="utf-8")
    (example,) = re.findall(r"```yaml\n(.*?)```", page, re.DOTALL)
    (tmp_path / "mine.yaml").write_text(example, encoding="utf-8")

    recipe = load_recipe(tmp_path / "mine.yaml", LIMITS, DEFAULTS)

    assert {next(iter(make_source(source, "r").model_dump())) for source in recipe.sources} == {"pypi", "git", "archive"}


def test_a_missing_file_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(RecipeError, match="no such recipe"):
        load_recipe(tmp_path / "gone.yaml", LIMITS)


@pytest.mark.parametrize(
    ("path", "words"), [("/dev/zero", "larger than a recipe may be"), ("/", "^/: cannot be read: Is a directory[.]$")]
)
def test_a_path_that_is_no_recipe_is_one_line(path: str, words: str) -> None:
    with pytest.raises(RecipeError, match=words):
        load_recipe(Path(path), LIMITS)


def test_the_hash_is_of_the_meaning(tmp_path: Path) -> None:
    data = yaml.safe_load(STARTER.read_text(encoding="utf-8"))
    shuffled = dict(reversed(data.items())) | {"sources": list(reversed(data["sources"]))}

    same = parse_recipe("# a comment\n" + yaml.safe_dump(shuffled, sort_keys=False), "r.yaml", LIMITS)
    other = parse_recipe(changed(limits__min_lines=6), "r.yaml", LIMITS)

    assert same.sha256 == load_recipe(STARTER, LIMITS).sha256
    assert other.sha256 != same.sha256


@pytest.mark.docs
def test_every_key_is_documented() -> None:
    page = (STARTER.parent.parent / "README.md").read_text(encoding="utf-8")

    def keys(model: type, prefix: str = "") -> list[str]:
        found = []
        for name, field in model.model_fields.items():
            inner = field.annotation
            if isinstance(inner, type) and hasattr(inner, "model_fields"):
                found += keys(inner, f"{name}." if prefix or name == "archives" else "")
            else:
                found.append(f"{prefix}{name}")
        return found

    headings = set(re.findall(r"^## (\w+)$", page, re.MULTILINE))
    assert headings == set(recipe_model(LIMITS).model_fields)
    assert [key for key in keys(recipe_model(LIMITS)) if key not in headings and f"`{key}`" not in page] == []


def table_of_limits() -> list[str]:
    """Rows of the table of limits in recipes/README.md, as the filters declare them."""
    return [f"| `{one.key}` | {one.meaning} | {one.unit} | {one.default:,} | {one.reason} |" for one in LIMITS]


@pytest.mark.docs
def test_the_table_of_limits_is_what_the_filters_declare() -> None:
    path = STARTER.parent.parent / "README.md"
    before, first, rest = path.read_text(encoding="utf-8").partition("| `max_bytes` |")
    table, heading, after = (first + rest).partition("\n\n## license\n")
    if os.environ.get("SEEDBED_GOLDEN") == "1":
        table = "\n".join(table_of_limits())
        path.write_text(before + table + heading + after, encoding="utf-8")

    assert table.splitlines() == table_of_limits(), "make golden"
