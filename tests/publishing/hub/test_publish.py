"""`seedbed publish` against a real Hub: one commit, the same folder twice none, tags, pull requests, visibility."""

import re
import shutil
from pathlib import Path

import pytest
from huggingface_hub import CommitOperationAdd

from seedbed.core.manifests import integrity
from tests.localhub.process import OTHER
from tests.publishing.hub import folders
from tests.publishing.hub.publishing import Person

XET_AND_LFS = pytest.mark.parametrize("extra", [{}, {"HF_HUB_DISABLE_XET": "1"}], ids=["xet", "lfs"])


def test_a_dry_run_says_what_would_be_added_and_makes_nothing(person: Person, tmp_path: Path, repo_id: str) -> None:
    folder = folders.plain_model(tmp_path / "model")

    said = person.published(folder, repo_id, "--dry-run")

    assert re.search(r"added +3 files +20\.1.KB", said)
    assert "new, private" in said
    assert "published" not in said
    assert not person.api.repo_exists(repo_id)


@XET_AND_LFS
def test_a_dataset_arrives_whole_in_one_commit_that_matches_its_manifest(
    person: Person, sealed: Path, tmp_path: Path, repo_id: str, extra: dict[str, str]
) -> None:
    someone = Person(person.url, person.home, extra=extra)

    said = someone.published(sealed, repo_id)

    there = Path(person.api.snapshot_download(repo_id, repo_type="dataset", local_dir=tmp_path / "there"))
    assert len(person.commits(repo_id, "dataset")) == 2
    assert f'load it: datasets.load_dataset("{repo_id}")' in said
    assert integrity.verify(there).repository == repo_id
    assert f'load_dataset("{repo_id}")' in (there / "README.md").read_text()
    assert "OWNER/" not in (there / "README.md").read_text()


@XET_AND_LFS
def test_the_same_folder_twice_makes_no_commit(person: Person, sealed: Path, repo_id: str, extra: dict[str, str]) -> None:
    someone = Person(person.url, person.home, extra=extra)
    someone.published(sealed, repo_id)
    before = person.commits(repo_id, "dataset")

    said = someone.published(sealed, repo_id)

    assert person.commits(repo_id, "dataset") == before
    assert "unchanged: " in said


def test_the_line_to_load_it_loads_it(person: Person, sealed: Path, repo_id: str) -> None:
    said = person.published(sealed, repo_id, "--tag", "v1")
    line = said.strip().splitlines()[-1].removeprefix("load it: ")

    done = person.python("-c", f"import datasets; print(sorted({line}))")

    assert done.stdout.strip() == "['test', 'train', 'validation']", done.stderr
    assert 'revision="v1"' in line


def test_publishing_a_dataset_does_not_touch_its_folder(person: Person, sealed: Path, repo_id: str) -> None:
    before = {path: path.stat().st_mtime_ns for path in sealed.rglob("*")}

    person.published(sealed, repo_id)

    assert {path: path.stat().st_mtime_ns for path in sealed.rglob("*")} == before


@XET_AND_LFS
def test_changed_and_deleted_files_go_into_one_commit_and_the_hubs_own_stay(
    person: Person, tmp_path: Path, repo_id: str, extra: dict[str, str]
) -> None:
    someone = Person(person.url, person.home, extra=extra)
    folder = folders.plain_model(tmp_path / "model", weights=3)
    someone.published(folder, repo_id)
    (folder / "part-0.safetensors").unlink()
    (folder / "part-1.safetensors").write_bytes(b"other" * 4000)
    folders.write(folder, {"config.json": "{}", "new/notes.txt": "new"})

    said = someone.published(folder, repo_id)

    assert person.commits(repo_id, "model")[:-1] == [
        "Publish model: 1 file added, 2 files changed, 1 file deleted",
        "Publish model: 5 files added",
    ]
    assert re.search(r"unchanged +2 files", said)
    assert person.files(repo_id, "model") == {
        ".gitattributes", "README.md", "config.json", "new/notes.txt", "part-1.safetensors", "part-2.safetensors",
    }  # fmt: skip
    assert person.api.get_paths_info(repo_id, "part-1.safetensors")[0].size == 20_000


def test_what_the_hub_would_ignore_is_published_all_the_same(person: Person, tmp_path: Path, repo_id: str) -> None:
    person.api.create_repo(repo_id)
    person.api.create_commit(repo_id, [CommitOperationAdd(".gitignore", b"*.txt\n*.safetensors\n")], commit_message="ignore")
    folder = folders.plain_model(tmp_path / "model")
    folders.write(folder, {"notes.txt": "kept"})

    person.published(folder, repo_id)

    assert {"notes.txt", "part-0.safetensors", ".gitignore"} <= person.files(repo_id, "model")


def test_a_repository_is_private_unless_it_is_said_to_be_public(person: Person, tmp_path: Path, repo_id: str) -> None:
    folder = folders.plain_model(tmp_path / "model")

    person.published(folder, f"{repo_id}-a")
    person.published(folder, f"{repo_id}-b", "--public")

    assert person.api.repo_info(f"{repo_id}-a").private
    assert not person.api.repo_info(f"{repo_id}-b").private


def test_visibility_stays_without_a_flag_and_follows_one(person: Person, tmp_path: Path, repo_id: str) -> None:
    folder = folders.plain_model(tmp_path / "model")
    person.published(folder, repo_id, "--public")

    person.published(folder, repo_id)
    stayed = person.api.repo_info(repo_id).private
    said = person.published(folder, repo_id, "--private")

    assert not stayed
    assert "becomes private" in said
    assert person.api.repo_info(repo_id).private


def test_a_tag_names_the_commit_and_may_be_given_again(person: Person, tmp_path: Path, repo_id: str) -> None:
    folder = folders.plain_model(tmp_path / "model")

    person.published(folder, repo_id, "--tag", "v1.2.0")
    person.published(folder, repo_id, "--tag", "v1.2.0")

    (tag,) = person.api.list_repo_refs(repo_id).tags
    assert (tag.name, tag.target_commit) == ("v1.2.0", person.api.repo_info(repo_id).sha)


def test_a_tag_that_stands_elsewhere_is_refused_before_anything_is_sent(person: Person, tmp_path: Path, repo_id: str) -> None:
    folder = folders.plain_model(tmp_path / "model")
    person.published(folder, repo_id, "--tag", "v1")
    (folder / "config.json").write_text("{}")

    done = person.publish(folder, repo_id, "--tag", "v1")

    assert done.returncode == 2
    assert "tag v1 stands at" in done.stderr
    assert len(person.commits(repo_id, "model")) == 2


def test_a_pull_request_leaves_the_branch_and_is_not_opened_twice(person: Person, tmp_path: Path, repo_id: str) -> None:
    folder = folders.plain_model(tmp_path / "model")
    person.published(folder, repo_id)
    (folder / "config.json").write_text("{}")

    first = person.published(folder, repo_id, "--pr")
    second = person.published(folder, repo_id, "--pr")

    assert len(person.commits(repo_id, "model")) == 2
    assert re.search(r"pull request: \S+/discussions/1 \(new\)", first)
    assert re.search(r"pull request: \S+/discussions/1 \(open already\)", second)


def test_a_pull_request_that_is_there_does_not_keep_a_repository_private(person: Person, tmp_path: Path, repo_id: str) -> None:
    folder = folders.plain_model(tmp_path / "model")
    person.published(folder, repo_id)
    folders.write(folder, {"notes.txt": "new"})
    person.published(folder, repo_id, "--pr")

    said = person.published(folder, repo_id, "--pr", "--public")

    assert "becomes public" in said
    assert not person.api.repo_info(repo_id).private


def test_a_tag_with_the_name_of_a_branch_is_refused(person: Person, tmp_path: Path, repo_id: str) -> None:
    folder = folders.plain_model(tmp_path / "model")
    person.published(folder, repo_id)
    person.api.create_branch(repo_id, branch="dev")

    assert "dev is a branch there" in person.publish(folder, repo_id, "--tag", "dev").stderr


def test_what_changes_beside_the_files_is_said(person: Person, tmp_path: Path, repo_id: str) -> None:
    folder = folders.plain_model(tmp_path / "model")
    person.published(folder, repo_id)

    tagged = person.published(folder, repo_id, "--tag", "v0.1")
    shown = person.published(folder, repo_id, "--public")
    proposed = person.published(folder, repo_id, "--pr")

    assert "\ntagged v0.1: http" in tagged
    assert "\nnow public: http" in shown
    assert "nothing to do" not in tagged + shown
    assert "no pull request was opened" in proposed


def test_the_line_to_load_a_model_names_the_class_of_its_configuration(person: Person, tmp_path: Path, repo_id: str) -> None:
    folder = folders.plain_model(tmp_path / "model")
    (folder / "config.json").write_text('{"architectures": ["LlamaForCausalLM"]}')
    with_one = person.published(folder, repo_id)
    (folder / "config.json").unlink()

    without = person.published(folder, repo_id, "--type", "model")

    assert f'load it: transformers.LlamaForCausalLM.from_pretrained("{repo_id}")' in with_one
    assert "load it" not in without


def test_a_space_is_made_with_its_sdk(person: Person, tmp_path: Path, repo_id: str) -> None:
    said = person.published(folders.space(tmp_path / "space"), repo_id)

    assert person.api.space_info(repo_id).sdk == "static"
    assert said.strip().endswith(f"open it: {person.url}/spaces/{repo_id}")


def test_a_commit_in_between_is_planned_around(person: Person, tmp_path: Path, repo_id: str) -> None:
    folder = folders.plain_model(tmp_path / "model")
    person.published(folder, repo_id)
    (folder / "config.json").write_text("{}")

    done = person.python("-c", STALE_PLAN, str(folder), repo_id)

    assert done.returncode == 0, done.stderr
    assert "planning again" in done.stdout
    assert person.commits(repo_id, "model")[:2] == ["Publish model: 1 file changed, 1 file deleted", "in between"]


STALE_PLAN = """
import sys
from pathlib import Path
from seedbed.publishing.hub import content
from seedbed.publishing.hub.apply import apply
from seedbed.publishing.hub.connection import client
from seedbed.publishing.hub.plan import plan
from seedbed.publishing.hub.target import Target
from huggingface_hub import CommitOperationAdd

planned = plan(content.read(Path(sys.argv[1])), Target(sys.argv[2], "model"))
client().create_commit(sys.argv[2], [CommitOperationAdd("theirs.txt", b"theirs")], commit_message="in between")
apply(planned, print)
"""


def test_a_repository_that_never_holds_still_is_given_up(person: Person, tmp_path: Path, repo_id: str) -> None:
    folder = folders.plain_model(tmp_path / "model")
    person.published(folder, repo_id)
    (folder / "config.json").write_text("{}")

    done = person.python("-c", ALWAYS_STALE, str(folder), repo_id)

    assert "PublishError" in done.stderr
    assert "changed 5 times while publishing" in done.stderr


ALWAYS_STALE = STALE_PLAN.replace(
    "apply(planned, print)",
    """
count = 0
def interfere(line):
    global count
    if line.startswith("upload"):
        count += 1
        client().create_commit(sys.argv[2], [CommitOperationAdd("theirs.txt", b"%d" % count)], commit_message="again")
apply(planned, interfere)
""",
)


def test_an_organization_is_written_to_by_its_members_alone(person: Person, tmp_path: Path) -> None:
    folder = folders.plain_model(tmp_path / "model")

    person.published(folder, "acme/by-a-member")
    done = Person(person.url, person.home, OTHER).publish(folder, "acme/by-somebody-else")

    assert done.returncode == 2
    assert person.api.repo_exists("acme/by-a-member")
    assert not person.api.repo_exists("acme/by-somebody-else")


def test_a_folder_changed_since_it_was_built_is_refused(person: Person, sealed: Path, tmp_path: Path, repo_id: str) -> None:
    folder = Path(shutil.copytree(sealed, tmp_path / "copy"))
    (folder / "ATTRIBUTION.md").write_text("changed\n")

    done = person.publish(folder, repo_id)

    assert done.returncode == 2
    assert "ATTRIBUTION.md: changed since it was built" in done.stderr
    assert not person.api.repo_exists(repo_id, repo_type="dataset")
