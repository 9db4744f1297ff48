"""Branches, tags and pull requests."""

import pytest
from huggingface_hub import CommitOperationAdd, HfApi
from huggingface_hub.errors import HfHubHTTPError, RevisionNotFoundError


def put(repo: str, content: bytes, **options: object) -> str:
    upload = HfApi().upload_file(path_or_fileobj=content, path_in_repo="a.txt", repo_id=repo, **options)  # type: ignore[call-overload]
    return str(upload.oid)


def read(repo: str, revision: str | None = None) -> bytes:
    with open(HfApi().hf_hub_download(repo, "a.txt", revision=revision), "rb") as file:  # noqa: PTH123  the client gives a str
        return file.read()


def test_a_branch_begins_where_main_is(model: str) -> None:
    commit = put(model, b"main")

    HfApi().create_branch(model, branch="side")

    assert HfApi().model_info(model, revision="side").sha == commit


def test_a_branch_begins_at_any_revision(model: str) -> None:
    first = put(model, b"1")
    put(model, b"2")

    HfApi().create_branch(model, branch="side", revision=first)

    assert read(model, "side") == b"1"


@pytest.mark.parametrize("branch", ["side", "feature/with-slash", "v1.0"])
def test_a_commit_to_a_branch_leaves_main_alone(model: str, branch: str) -> None:
    put(model, b"main")
    HfApi().create_branch(model, branch=branch)

    put(model, b"side", revision=branch)

    assert (read(model, branch), read(model)) == (b"side", b"main")


def test_a_branch_that_exists_is_a_conflict(model: str) -> None:
    HfApi().create_branch(model, branch="side")

    with pytest.raises(HfHubHTTPError) as refused:
        HfApi().create_branch(model, branch="side")

    assert refused.value.response.status_code == 409


def test_a_branch_that_exists_is_fine_when_asked(model: str) -> None:
    HfApi().create_branch(model, branch="side")

    HfApi().create_branch(model, branch="side", exist_ok=True)


def test_a_deleted_branch_is_gone(model: str) -> None:
    HfApi().create_branch(model, branch="side")

    HfApi().delete_branch(model, branch="side")

    with pytest.raises(RevisionNotFoundError):
        HfApi().model_info(model, revision="side")


def test_main_cannot_be_deleted(model: str) -> None:
    with pytest.raises(HfHubHTTPError):
        HfApi().delete_branch(model, branch="main")

    assert HfApi().revision_exists(model, "main")


def test_a_tag_keeps_its_files_when_main_goes_on(model: str) -> None:
    put(model, b"1")
    HfApi().create_tag(model, tag="v1.0.0")

    put(model, b"2")

    assert (read(model, "v1.0.0"), read(model)) == (b"1", b"2")


def test_a_tag_names_any_revision(model: str) -> None:
    first = put(model, b"1")
    put(model, b"2")

    HfApi().create_tag(model, tag="first", revision=first, tag_message="the first")

    assert HfApi().model_info(model, revision="first").sha == first


def test_a_tag_that_exists_is_a_conflict(model: str) -> None:
    HfApi().create_tag(model, tag="v1")

    with pytest.raises(HfHubHTTPError) as refused:
        HfApi().create_tag(model, tag="v1")

    assert refused.value.response.status_code == 409


def test_a_deleted_tag_is_gone(model: str) -> None:
    HfApi().create_tag(model, tag="v1")

    HfApi().delete_tag(model, tag="v1")

    assert HfApi().list_repo_refs(model).tags == []


def test_a_tag_takes_no_commits(model: str) -> None:
    put(model, b"1")
    HfApi().create_tag(model, tag="v1")

    with pytest.raises(HfHubHTTPError):
        put(model, b"2", revision="v1")

    assert read(model, "v1") == b"1"


def test_the_refs_are_listed_by_kind_with_their_commits(model: str) -> None:
    commit = put(model, b"1")
    HfApi().create_branch(model, branch="side")
    HfApi().create_tag(model, tag="v1")

    refs = HfApi().list_repo_refs(model)

    assert {(ref.name, ref.ref, ref.target_commit) for ref in refs.branches} == {
        ("main", "refs/heads/main", commit),
        ("side", "refs/heads/side", commit),
    }
    assert [(ref.name, ref.ref, ref.target_commit) for ref in refs.tags] == [("v1", "refs/tags/v1", commit)]


def test_a_commit_is_found_by_its_id(model: str) -> None:
    first = put(model, b"1")
    put(model, b"2")

    assert read(model, first) == b"1"


def test_a_pull_request_commit_leaves_main_alone(model: str) -> None:
    put(model, b"main")

    info = HfApi().create_commit(model, [CommitOperationAdd("a.txt", b"proposed")], commit_message="better", create_pr=True)

    assert info.pr_revision
    assert (read(model, info.pr_revision), read(model)) == (b"proposed", b"main")


def test_pull_requests_are_numbered(model: str) -> None:
    made = [put_pr(model, b"%d" % number) for number in range(2)]

    assert made == ["refs/pr/1", "refs/pr/2"]
    refs = HfApi().list_repo_refs(model, include_pull_requests=True).pull_requests or []
    assert sorted(ref.ref for ref in refs) == made


def put_pr(repo: str, content: bytes) -> str | None:
    return HfApi().create_commit(repo, [CommitOperationAdd("a.txt", content)], commit_message="pr", create_pr=True).pr_revision
