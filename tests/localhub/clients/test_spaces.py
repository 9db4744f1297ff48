"""A Space is a repository with an SDK; nothing runs."""

from huggingface_hub import HfApi


def test_a_new_space_has_its_kind(name: str) -> None:
    api = HfApi()
    api.create_repo(name, repo_type="space", space_sdk="gradio")

    assert api.space_info(name).sdk == "gradio"
