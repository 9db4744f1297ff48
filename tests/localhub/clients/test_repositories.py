"""Making, finding, changing, moving and deleting repositories."""

import pytest
from huggingface_hub import HfApi
from huggingface_hub.errors import HfHubHTTPError, RepositoryNotFoundError

TYPES = ["model", "dataset", "space"]


def sdk(repo_type: str) -> str | None:
    return "static" if repo_type == "space" else None


def test_whoami_knows_the_user_and_the_organisation() -> None:
    who = HfApi().whoami()

    assert (who["name"], [org["name"] for org in who["orgs"]]) == ("alice", ["acme"])


@pytest.mark.parametrize("repo_type", TYPES)
def test_a_new_repository_exists(name: str, url: str, repo_type: str) -> None:
    made = HfApi().create_repo(name, repo_type=repo_type, space_sdk=sdk(repo_type))

    assert (made.repo_id, made.repo_type, made.endpoint) == (name, repo_type, url)
    assert HfApi().repo_exists(name, repo_type=repo_type)


@pytest.mark.parametrize("repo_type", TYPES)
def test_the_three_types_are_three_name_spaces(name: str, repo_type: str) -> None:
    HfApi().create_repo(name, repo_type=repo_type, space_sdk=sdk(repo_type))

    assert [kind for kind in TYPES if HfApi().repo_exists(name, repo_type=kind)] == [repo_type]


def test_a_bare_name_goes_to_the_user(name: str) -> None:
    made = HfApi().create_repo(name.split("/")[1])

    assert made.repo_id == name


def test_a_member_creates_in_the_organisation(name: str) -> None:
    made = HfApi().create_repo(name.replace("alice/", "acme/"))

    assert made.repo_id.startswith("acme/")


def test_creating_twice_is_a_conflict(dataset: str) -> None:
    with pytest.raises(HfHubHTTPError) as refused:
        HfApi().create_repo(dataset, repo_type="dataset")

    assert refused.value.response.status_code == 409


def test_creating_twice_is_fine_when_asked(dataset: str) -> None:
    again = HfApi().create_repo(dataset, repo_type="dataset", exist_ok=True)

    assert again.repo_id == dataset


def test_a_private_repository_says_so(name: str) -> None:
    HfApi().create_repo(name, private=True)

    assert HfApi().model_info(name).private is True


def test_the_settings_make_private_and_public(model: str) -> None:
    api = HfApi()

    seen = []
    for private in (True, False):
        api.update_repo_settings(model, private=private)
        seen.append(api.model_info(model).private)

    assert seen == [True, False]


def test_a_deleted_repository_is_gone(dataset: str) -> None:
    HfApi().delete_repo(dataset, repo_type="dataset")

    with pytest.raises(RepositoryNotFoundError):
        HfApi().dataset_info(dataset)


def test_a_repository_made_anew_after_deletion_is_empty(dataset: str) -> None:
    api = HfApi()
    api.upload_file(path_or_fileobj=b"old", path_in_repo="old.txt", repo_id=dataset, repo_type="dataset")
    api.delete_repo(dataset, repo_type="dataset")

    api.create_repo(dataset, repo_type="dataset")

    assert api.list_repo_files(dataset, repo_type="dataset") == [".gitattributes"]


def test_deleting_what_is_not_there_is_fine_when_asked(name: str) -> None:
    HfApi().delete_repo(name, missing_ok=True)


def test_a_listing_finds_by_owner_and_word(dataset: str) -> None:
    found = HfApi().list_datasets(author="alice", search=dataset.split("/")[1])

    assert [info.id for info in found] == [dataset]


def test_a_limited_listing_stops_there(name: str) -> None:
    for number in range(3):
        HfApi().create_repo(f"{name}-{number}")

    assert len(list(HfApi().list_models(search=name.split("/")[1], limit=2))) == 2


def test_the_card_becomes_facts_of_the_repository(dataset: str) -> None:
    card = b"---\nlicense: apache-2.0\ntags:\n- code\n---\n# A card\n"
    HfApi().upload_file(path_or_fileobj=card, path_in_repo="README.md", repo_id=dataset, repo_type="dataset")

    info = HfApi().dataset_info(dataset)

    assert info.card_data
    assert info.card_data.license == "apache-2.0"
    assert {"code", "license:apache-2.0"} <= set(info.tags or [])


def test_access_to_a_readable_repository_is_confirmed(dataset: str) -> None:
    HfApi().auth_check(dataset, repo_type="dataset")
