"""Checks that need no Hub: what a folder is, its card, the files that the card names, where it may go."""

import json
from pathlib import Path

import pytest

from seedbed.core.errors import PublishError
from seedbed.publishing.hub import content
from seedbed.publishing.hub.target import Target, has_manifest, kind_of
from seedbed.publishing.hub.validate import validate
from tests.publishing.hub import folders
from tests.publishing.hub.folders import CARD, write

DATASET = "---\nconfigs:\n- config_name: default\n  data_files: {}\n---\n"
WEIGHTS: dict[str, str | bytes] = {"config.json": "{}", "model.safetensors": b"x"}
MANIFEST = json.dumps({"seedbed": {}, "stages": []})


@pytest.mark.parametrize(
    ("files", "kind"),
    [
        ({"README.md": CARD, "manifest.json": MANIFEST}, "dataset"),
        ({"README.md": DATASET}, "dataset"),
        ({"README.md": CARD, **WEIGHTS}, "model"),
        ({"README.md": "---\npipeline_tag: text-generation\n---\n"}, "model"),
        ({"README.md": "---\nsdk: gradio\n---\n", "app.py": ""}, "space"),
    ],
)
def test_a_folder_says_what_it_is(tmp_path: Path, files: dict[str, str | bytes], kind: str) -> None:
    assert kind_of(content.read(write(tmp_path, files)), None) == kind


def test_a_type_that_the_folder_is_not_is_refused(tmp_path: Path) -> None:
    read = content.read(write(tmp_path, {"README.md": CARD, "manifest.json": MANIFEST}))

    with pytest.raises(PublishError, match=r"a dataset folder \(it has a manifest.json\); leave --type out"):
        kind_of(read, "model")


def test_a_manifest_that_cannot_be_read_counts_as_one(tmp_path: Path) -> None:
    write(tmp_path, {"README.md": CARD, "manifest.json": "[" * 200_000 + "]" * 200_000})

    assert has_manifest(content.read(tmp_path))


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({"README.md": CARD}, "no sign of its type"),
        ({"notes.txt": "x"}, "no sign of its type"),
        ({"README.md": CARD, "manifest.json": MANIFEST, **WEIGHTS}, "signs of dataset and model"),
        ({"README.md": "---\nsdk: gradio\npipeline_tag: text-generation\n---\n"}, "signs of model and space"),
    ],
)
def test_a_folder_that_could_be_anything_has_to_be_named(tmp_path: Path, files: dict[str, str | bytes], said: str) -> None:
    read = content.read(write(tmp_path, files))

    with pytest.raises(PublishError, match=rf"{said}\. Allowed: --type dataset\|model\|space"):
        kind_of(read, None)
    assert kind_of(read, "model") == "model"


@pytest.mark.parametrize(
    ("files", "kind", "said"),
    [
        ({"notes.txt": "x"}, "model", "README.md: missing"),
        ({"README.md": b"\xff"}, "model", "not UTF-8"),
        ({"README.md": "# No metadata\n"}, "model", "no metadata"),
        ({"README.md": "---\nlicense: [mit\n---\n"}, "model", "metadata: line 2: not YAML"),
        ({"README.md": "---\n- a\n---\n"}, "model", "not a mapping"),
        ({"README.md": "---\ndate: 2026-13-45\n---\n"}, "model", "metadata: month must be"),
        ({"README.md": "---\ndate: !!timestamp foo\n---\n"}, "model", "metadata: line 2: .*a tag"),
        ({"README.md": f"---\ntags: {'[' * 3000}{']' * 3000}\n---\n"}, "model", "metadata: line 2: nested too deep"),
        ({"README.md": DATASET.format('"[z-a].csv"')}, "dataset", r"default: \[z-a\]\.csv: not a pattern"),
        ({"README.md": "---\ntitle: x\nsdk: static\napp_file: [a.csv]\n---\n", "a.csv": ""}, "space", "app_file: .*no such"),
        ({"README.md": "---\nlicense: mit\nmodel-index: wrong\n---\n"}, "model", "metadata: "),
        ({"README.md": CARD + 'load_dataset("OWNER/x")\n'}, "model", "line 6: OWNER/x is a placeholder"),
        ({"README.md": DATASET.format("data/*.parquet"), "data.csv": "x"}, "dataset", "default: data/.*: matches no file"),
        ({"README.md": DATASET.format("{train: a.csv, test: b.csv}"), "a.csv": "x"}, "dataset", "b.csv: matches no file"),
        ({"README.md": DATASET.format("{train: [a.csv, c/*.csv]}"), "a.csv": "x"}, "dataset", r"c/\*.csv: matches no file"),
        ({"README.md": "---\ntitle: x\nsdk: cobol\n---\n", "app.py": ""}, "space", "sdk: cobol. Allowed: gradio"),
        ({"README.md": "---\ntitle: x\nsdk: gradio\napp_file: run.py\n---\n", "app.py": ""}, "space", "app_file: run.py"),
        ({"README.md": "---\ntitle: x\nsdk: docker\n---\n"}, "space", "app_file: Dockerfile: no such file"),
    ],
)
def test_a_card_that_the_hub_would_not_understand_is_refused(
    tmp_path: Path, files: dict[str, str | bytes], kind: str, said: str
) -> None:
    with pytest.raises(PublishError, match=said):
        validate(content.read(write(tmp_path, files)), kind)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "data_files",
    [
        "data/*.parquet",
        '["data/a.parquet", "data/b-*.parquet"]',
        "[{split: train, path: data/a.parquet}, {split: test, path: ['**/b-[0-9].parquet']}]",
        '"data/{a,c}.parquet"',
        "{train: data/a.parquet, test: ['data/b-*']}",
    ],
)
def test_files_are_named_in_each_of_the_hubs_ways(tmp_path: Path, data_files: str) -> None:
    write(tmp_path, {"README.md": DATASET.format(data_files), "data/a.parquet": "x", "data/b-0.parquet": "x"})

    validate(content.read(tmp_path), "dataset")


def test_a_card_that_is_as_it_should_be_passes(tmp_path: Path) -> None:
    validate(content.read(folders.plain_model(tmp_path / "model")), "model")
    validate(content.read(folders.space(tmp_path / "space")), "space")


@pytest.mark.parametrize(
    ("repo_id", "said"),
    [
        ("name", "no owner. Allowed: OWNER/NAME"),
        ("OWNER/name", "OWNER is a placeholder"),
        ("a/b/c", "not a repository"),
        ("a/b c", "not a repository"),
        ("../x", "not a repository"),
    ],
)
def test_a_repository_has_an_owner_and_a_name(repo_id: str, said: str) -> None:
    with pytest.raises(PublishError, match=said):
        Target(repo_id, "model")


@pytest.mark.parametrize(
    "tag", ["", "a b", "-x", "a..b", "x.lock", "a/", "é", "refs/pr/1", "0" * 40, "v" * 300, "a/.b", "v1.lock/x", "main", "HEAD"]
)
def test_a_tag_is_a_name_that_git_allows(tag: str) -> None:
    with pytest.raises(PublishError, match="--tag"):
        Target("a/b", "model", tag=tag)


def test_a_pull_request_has_no_tag() -> None:
    with pytest.raises(PublishError, match="--tag with --pr"):
        Target("a/b", "model", tag="v1", pull_request=True)
