"""Every refusal reaches the client as the error it knows."""

from collections.abc import Callable

import pytest
from huggingface_hub import HfApi
from huggingface_hub.errors import EntryNotFoundError, HfHubHTTPError, RepositoryNotFoundError, RevisionNotFoundError

from tests.localhub.process import OTHER, READER

READ = HfApi(token=READER.token)
BOB = HfApi(token=OTHER.token)
NOBODY = HfApi(token=False)
FORGER = HfApi(token="hf_nobody_ever_gave_out")

Act = Callable[[HfApi, str], object]
READS: dict[str, Act] = {
    "info": lambda api, repo: api.model_info(repo),
    "files": lambda api, repo: api.list_repo_files(repo),
    "tree": lambda api, repo: list(api.list_repo_tree(repo)),
    "commits": lambda api, repo: api.list_repo_commits(repo),
    "refs": lambda api, repo: api.list_repo_refs(repo),
    "paths": lambda api, repo: api.get_paths_info(repo, "a.txt"),
    "download": lambda api, repo: api.hf_hub_download(repo, "a.txt"),
    "access": lambda api, repo: api.auth_check(repo),
}
WRITES: dict[str, Act] = {
    "upload": lambda api, repo: put(api, repo, "b.txt"),
    "upload-large": lambda api, repo: put(api, repo, "b.bin"),
    "delete-file": lambda api, repo: api.delete_file("a.txt", repo),
    "branch": lambda api, repo: api.create_branch(repo, branch="theirs"),
    "tag": lambda api, repo: api.create_tag(repo, tag="theirs"),
    "settings": lambda api, repo: api.update_repo_settings(repo, private=True),
    "delete": lambda api, repo: api.delete_repo(repo),
}


def put(api: HfApi, repo: str, path: str = "a.txt") -> None:
    api.upload_file(path_or_fileobj=b"\0content", path_in_repo=path, repo_id=repo)


def make_private(repo: str) -> None:
    put(HfApi(), repo)
    HfApi().update_repo_settings(repo, private=True)


def status(refused: pytest.ExceptionInfo[HfHubHTTPError]) -> int:
    return refused.value.response.status_code


def test_a_repository_that_is_not_there_is_not_found(name: str) -> None:
    with pytest.raises(RepositoryNotFoundError):
        HfApi().model_info(name)


def test_a_repository_of_another_type_is_not_found(dataset: str) -> None:
    with pytest.raises(RepositoryNotFoundError):
        HfApi().model_info(dataset)


def test_a_revision_that_is_not_there_is_not_found(model: str) -> None:
    with pytest.raises(RevisionNotFoundError):
        HfApi().model_info(model, revision="nowhere")


def test_a_download_from_a_revision_that_is_not_there_is_not_found(model: str) -> None:
    with pytest.raises(RevisionNotFoundError):
        HfApi().hf_hub_download(model, "a.txt", revision="nowhere")


def test_a_file_that_is_not_there_is_not_found(model: str) -> None:
    with pytest.raises(EntryNotFoundError):
        HfApi().hf_hub_download(model, "nowhere.txt")


def test_a_commit_to_a_branch_that_is_not_there_is_not_found(model: str) -> None:
    with pytest.raises(RevisionNotFoundError):
        HfApi().upload_file(path_or_fileobj=b"", path_in_repo="a.txt", repo_id=model, revision="nowhere")


def test_a_token_nobody_gave_out_is_no_credential() -> None:
    with pytest.raises(HfHubHTTPError) as refused:
        FORGER.whoami()

    assert status(refused) == 401


def test_a_token_nobody_gave_out_reads_nothing(model: str) -> None:
    with pytest.raises(HfHubHTTPError) as refused:
        FORGER.model_info(model)

    assert status(refused) == 401


@pytest.mark.parametrize("read", READS)
def test_a_public_repository_is_read_without_a_token(model: str, read: str) -> None:
    put(HfApi(), model)

    READS[read](NOBODY, model)


@pytest.mark.parametrize("read", READS)
def test_a_private_repository_is_not_found_without_a_token(model: str, read: str) -> None:
    make_private(model)

    with pytest.raises(RepositoryNotFoundError):
        READS[read](NOBODY, model)


@pytest.mark.parametrize("read", READS)
def test_a_private_repository_is_not_found_by_others(model: str, read: str) -> None:
    make_private(model)

    with pytest.raises(RepositoryNotFoundError):
        READS[read](BOB, model)


@pytest.mark.parametrize("read", READS)
def test_a_private_repository_is_read_with_the_owners_read_token(model: str, read: str) -> None:
    make_private(model)

    READS[read](READ, model)


@pytest.mark.parametrize("write", WRITES)
def test_a_read_token_writes_nothing(model: str, write: str) -> None:
    put(HfApi(), model)

    with pytest.raises(HfHubHTTPError) as refused:
        WRITES[write](READ, model)

    assert status(refused) == 403


@pytest.mark.parametrize("write", WRITES)
def test_others_write_nothing_in_a_public_repository(model: str, write: str) -> None:
    put(HfApi(), model)

    with pytest.raises(HfHubHTTPError) as refused:
        WRITES[write](BOB, model)

    assert status(refused) == 403


@pytest.mark.parametrize("write", WRITES)
def test_nothing_is_written_without_a_token(model: str, write: str) -> None:
    put(HfApi(), model)

    with pytest.raises(HfHubHTTPError) as refused:
        WRITES[write](NOBODY, model)

    assert status(refused) in {401, 404}


@pytest.mark.parametrize(("who", "code"), [("read token", 403), ("bob", 403), ("nobody", 401)])
def test_no_repository_is_made_without_the_right_to(name: str, who: str, code: int) -> None:
    api = {"read token": READ, "bob": BOB, "nobody": NOBODY}[who]

    with pytest.raises(HfHubHTTPError) as refused:
        api.create_repo(name)

    assert status(refused) == code
    assert not HfApi().repo_exists(name)


def test_a_private_repository_is_in_nobody_elses_listing(model: str) -> None:
    make_private(model)

    seen = {
        who: [info.id for info in api.list_models(search=model.split("/")[1])] for who, api in (("owner", HfApi()), ("bob", BOB))
    }

    assert seen == {"owner": [model], "bob": []}


@pytest.mark.parametrize("path", ["../escape.txt", "a/../../escape.txt", "/absolute.txt", "a//b.txt", "a/./b.txt"])
def test_a_path_cannot_escape(model: str, url: str, path: str) -> None:
    """The client refuses most of these itself, so the commit is written by hand."""
    import json

    from huggingface_hub import get_session

    lines = [
        {"key": "header", "value": {"summary": "escape"}},
        {"key": "file", "value": {"path": path, "content": "", "encoding": "base64"}},
    ]
    answer = get_session().post(
        f"{url}/api/models/{model}/commit/main",
        content="\n".join(json.dumps(line) for line in lines).encode(),
        headers=HfApi()._build_hf_headers() | {"Content-Type": "application/x-ndjson"},
    )

    assert answer.status_code == 400
    assert HfApi().list_repo_files(model) == [".gitattributes"]
