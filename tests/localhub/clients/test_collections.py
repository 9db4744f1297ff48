"""Collections hold repositories of any type together."""

import pytest
from huggingface_hub import HfApi
from huggingface_hub.errors import HfHubHTTPError


def title(name: str) -> str:
    """At most 60 characters, the end of which is different for each test."""
    return name[-50:]


def test_a_new_collection_is_empty(name: str) -> None:
    made = HfApi().create_collection(title(name), description="what belongs together")

    found = HfApi().get_collection(made.slug)
    assert (found.title, found.description, found.items) == (title(name), "what belongs together", [])
    assert made.slug.startswith("alice/")


def test_a_collection_holds_models_and_datasets_in_order(name: str) -> None:
    api = HfApi()
    collection = api.create_collection(title(name))
    for repo_type in ("dataset", "model"):
        api.create_repo(name, repo_type=repo_type)

    for repo_type in ("dataset", "model"):
        api.add_collection_item(collection.slug, name, repo_type, note=f"the {repo_type}")  # type: ignore[arg-type]

    items = api.get_collection(collection.slug).items
    assert [(item.item_id, item.item_type, item.note) for item in items] == [
        (name, "dataset", "the dataset"),
        (name, "model", "the model"),
    ]


def test_an_item_that_is_in_is_a_conflict(name: str, model: str) -> None:
    api = HfApi()
    slug = api.create_collection(title(name)).slug
    api.add_collection_item(slug, model, "model")

    with pytest.raises(HfHubHTTPError) as refused:
        api.add_collection_item(slug, model, "model")

    assert refused.value.response.status_code == 409


def test_an_item_that_is_in_is_fine_when_asked(name: str, model: str) -> None:
    api = HfApi()
    slug = api.create_collection(title(name)).slug
    api.add_collection_item(slug, model, "model")

    again = api.add_collection_item(slug, model, "model", exists_ok=True)

    assert len(again.items) == 1
