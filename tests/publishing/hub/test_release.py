"""A release: three parts that name each other, published in order, and again without a commit."""

import re
import shutil
from pathlib import Path

import pytest
import yaml
from huggingface_hub import DatasetCard, ModelCard, SpaceCard
from pydantic import ValidationError

from seedbed.core.config.recipe import load, parse
from seedbed.core.errors import RecipeError
from seedbed.core.manifests import integrity
from seedbed.publishing.hub.release import Collection, Part, Release
from tests.publishing.hub import folders
from tests.publishing.hub.publishing import ROOT, Person

KINDS = ("dataset", "model", "space")


@pytest.fixture
def place(tmp_path: Path, sealed: Path) -> Path:
    """Where a release runs: its folders, side by side."""
    (tmp_path / "corpus").symlink_to(sealed)
    folders.plain_model(tmp_path / "grown")
    folders.space(tmp_path / "playground")
    return tmp_path


def recipe(place: Path, name: str, **changes: object) -> Path:
    parts = {"dataset": "corpus", "model": "grown", "space": "playground"}
    data: dict[str, object] = {"name": name} | {
        kind: {"folder": folder, "to": f"{name}-{kind}"} for kind, folder in parts.items()
    }
    path = place / "release.yaml"
    path.write_text(yaml.safe_dump(data | changes))
    return path


def released(person: Person, path: Path, *options: str) -> str:
    done = person.release(path, *options)
    assert done.returncode == 0, done.stderr
    return done.stdout


def heads(person: Person, name: str) -> dict[str, str]:
    return {kind: person.api.repo_info(f"alice/{name}-{kind}", repo_type=kind).sha or "" for kind in KINDS}


def test_the_parts_name_each_other(person: Person, place: Path) -> None:
    released(person, recipe(place, "named"))

    commits = heads(person, "named")
    there = {kind: _readme(person, f"alice/named-{kind}", kind, place) for kind in KINDS}
    assert "- [alice/named-model](/alice/named-model)" in there["dataset"]
    assert ModelCard(there["model"]).data.datasets == ["alice/named-dataset"]
    assert f"/datasets/alice/named-dataset/tree/{commits['dataset']}" in there["model"]
    assert SpaceCard(there["space"]).data.models == ["alice/named-model"]
    assert SpaceCard(there["space"]).data.datasets == ["alice/named-dataset"]
    assert SpaceCard(there["space"]).data.preload_from_hub == ["alice/named-model"]
    assert f"/alice/named-model/tree/{commits['model']}" in there["space"]
    assert DatasetCard(there["dataset"]).data.pretty_name == "Invented Seedbed"


def test_each_part_is_one_commit_and_a_second_run_makes_none(person: Person, place: Path) -> None:
    path = recipe(place, "twice")
    released(person, path)
    before = {kind: person.commits(f"alice/twice-{kind}", kind) for kind in KINDS}

    said = released(person, path)

    assert {kind: len(titles) for kind, titles in before.items()} == dict.fromkeys(KINDS, 2)
    assert {kind: person.commits(f"alice/twice-{kind}", kind) for kind in KINDS} == before
    assert said.count("unchanged: ") == 3


def test_the_published_dataset_matches_its_manifest(person: Person, place: Path) -> None:
    released(person, recipe(place, "sound"))

    there = Path(person.api.snapshot_download("alice/sound-dataset", repo_type="dataset", local_dir=place / "there"))
    assert integrity.verify(there).models == ("alice/sound-model",)


def test_a_dry_run_plans_every_part_and_makes_nothing(person: Person, place: Path) -> None:
    said = released(person, recipe(place, "dry"), "--dry-run")

    assert [said.count(f"{kind} {person.url}") for kind in KINDS] == [1, 1, 1]
    assert not any(person.api.repo_exists(f"alice/dry-{kind}", repo_type=kind) for kind in KINDS)


def test_a_mistake_in_the_last_part_stops_before_the_first_is_sent(person: Person, place: Path) -> None:
    (place / "playground" / "README.md").write_text("---\nsdk: cobol\n---\n")

    done = person.release(recipe(place, "early"))

    assert done.returncode == 2
    assert "sdk: cobol" in done.stderr
    assert not person.api.repo_exists("alice/early-dataset", repo_type="dataset")


def test_a_part_that_belongs_to_somebody_else_stops_before_the_first_is_sent(person: Person, place: Path) -> None:
    done = person.release(recipe(place, "borrowed", space={"folder": "playground", "to": "bob/borrowed"}))

    assert done.returncode == 2
    (line,) = [line for line in done.stderr.splitlines() if line.startswith("seedbed: ")]
    assert "bob/borrowed: this login may not write there. Allowed: a repository of alice or acme" in line
    assert not person.api.repo_exists("alice/borrowed-dataset", repo_type="dataset")


def test_what_came_before_a_failure_stays_and_the_next_run_goes_on(person: Person, place: Path) -> None:
    """The Hub refuses a path of the last part, which nobody but the Hub looks at."""
    path = recipe(place, "onward")
    deep = place / "playground" / "/".join(["d"] * 100)
    deep.mkdir(parents=True)
    (deep / "app.css").write_text("")

    done = person.release(path)
    before = person.commits("alice/onward-dataset", "dataset"), person.commits("alice/onward-model", "model")
    shutil.rmtree(place / "playground" / "d")
    released(person, path)

    assert done.returncode == 2
    assert "alice/onward-space: refused (400: A path has at most 100 parts)" in done.stderr
    assert (person.commits("alice/onward-dataset", "dataset"), person.commits("alice/onward-model", "model")) == before
    assert person.api.repo_exists("alice/onward-space", repo_type="space")


def test_model_and_space_may_come_later(person: Person, place: Path) -> None:
    path = recipe(place, "later", model={"folder": "nowhere", "to": "later-model"}, space={"folder": "no", "to": "later-space"})

    done = person.release(path)

    assert done.returncode == 0, done.stderr
    assert "model: nowhere is not there yet: left out" in done.stderr
    assert "Models trained on it" not in _readme(person, "alice/later-dataset", "dataset", place)


def test_a_second_model_joins_the_first_on_the_dataset(person: Person, place: Path) -> None:
    released(person, recipe(place, "joined"))

    released(person, recipe(place, "joined", model={"folder": "grown", "to": "joined-larger"}))

    card = _readme(person, "alice/joined-dataset", "dataset", place)
    assert "- [alice/joined-model](/alice/joined-model)\n- [alice/joined-larger](/alice/joined-larger)\n" in card


def test_a_dataset_that_is_not_built_says_how_to_build_it(person: Person, place: Path) -> None:
    done = person.release(recipe(place, "unbuilt", dataset={"folder": "nowhere", "to": "x"}))

    assert done.returncode == 2
    assert "nowhere: no such folder. Allowed: a built dataset; `make dataset`" in done.stderr


def test_one_tag_names_all_parts_and_a_second_run_agrees(person: Person, place: Path) -> None:
    path = recipe(place, "tagged", tag="v1.0.0")
    released(person, path)

    released(person, path)

    for kind, commit in heads(person, "tagged").items():
        tags = person.api.list_repo_refs(f"alice/tagged-{kind}", repo_type=kind).tags
        assert [(tag.name, tag.target_commit) for tag in tags] == [("v1.0.0", commit)]


def test_a_collection_holds_the_parts_and_is_not_made_twice(person: Person, place: Path) -> None:
    path = recipe(place, "held", collection={"title": "Held together", "description": "Three parts."})

    first = released(person, path).strip().splitlines()[-1]
    second = released(person, path).strip().splitlines()[-1]

    collection = person.api.get_collection(first.removeprefix(f"collection: {person.url}/collections/"))
    assert first == second
    assert [(item.item_type, item.item_id) for item in collection.items] == [
        (kind, f"alice/held-{kind}") for kind in ("dataset", "model", "space")
    ]
    assert (collection.title, collection.description, collection.private) == ("Held together", "Three parts.", True)


def test_a_released_model_loads_with_the_line_that_is_printed(person: Person, place: Path) -> None:
    made = person.python("-c", TINY_MODEL, str(place / "tiny"))
    assert made.returncode == 0, made.stderr
    folders.write(place / "tiny", {"README.md": folders.CARD})

    said = released(person, recipe(place, "loads", model={"folder": "tiny", "to": "loads-model"}))

    (line,) = re.findall(r"load it: (transformers.*)", said)
    done = person.python("-c", f"import transformers; print({line}.config.hidden_size)")
    assert done.stdout.strip() == "16", done.stderr


TINY_MODEL = """
import sys
from transformers import LlamaConfig, LlamaForCausalLM

sizes = {"vocab_size": 64, "hidden_size": 16, "intermediate_size": 32, "num_hidden_layers": 1, "num_attention_heads": 2}
LlamaForCausalLM(LlamaConfig(**sizes)).save_pretrained(sys.argv[1])
"""


def test_the_starter_release_is_sound() -> None:
    starter = load(ROOT / "recipes" / "release" / "starter.yaml", Release)

    assert list(starter.parts) == ["dataset", "model", "space"]


@pytest.mark.docs
def test_every_key_of_a_release_is_documented() -> None:
    section = (ROOT / "recipes" / "README.md").read_text(encoding="utf-8").split("\n# Release recipes\n")[1]

    documented = set(re.findall(r"`(\w+)`", " ".join(re.findall(r"^\|([^|]+)\|", section, re.MULTILINE))))

    assert documented == {*Release.model_fields, *Part.model_fields, *Collection.model_fields}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("name: x\nmodell: {}", "x.yaml: modell: unknown key. Allowed: collection, dataset, model, name, space, tag, visibility"),
        ("name: x\nmodel: {folder: a, to: b, too: c}", "model.too: unknown key. Allowed: folder, to"),
        ("name: x\nmodel: {folder: a}", "model.to: missing. See recipes/README.md#release-recipes."),
        ("name: x", "nothing to publish. Allowed: at least one of dataset, model, space"),
        ("name: x\nvisibility: secret\nmodel: {folder: a, to: b}", "visibility: "),
        (f"name: x\nmodel: {{folder: a, to: b}}\ncollection: {{title: t, description: {'x' * 151}}}", "collection.description"),
    ],
)
def test_a_mistake_in_a_recipe_is_one_line(text: str, said: str) -> None:
    with pytest.raises(RecipeError) as error:
        parse(text, "x.yaml", Release)

    assert said in str(error.value)
    assert isinstance(error.value.__cause__, ValidationError)


def _readme(person: Person, repo_id: str, kind: str, place: Path) -> str:
    path = person.api.hf_hub_download(repo_id, "README.md", repo_type=kind, cache_dir=place / "cache", force_download=True)
    return Path(path).read_text(encoding="utf-8")


def test_a_recipe_that_is_not_there_names_one_that_is(person: Person, tmp_path: Path) -> None:
    done = person.release(tmp_path / "nothing.yaml")

    assert done.returncode == 2
    assert "recipes/release/starter.yaml" in done.stderr
