"""What a Space has beside its files: secrets, variables, hardware, a state."""

from huggingface_hub import HfApi


def make(name: str, **options: object) -> HfApi:
    api = HfApi()
    api.create_repo(name, repo_type="space", space_sdk="gradio", **options)  # type: ignore[arg-type]
    return api


def test_a_new_space_has_its_kind(name: str) -> None:
    api = make(name)

    assert api.space_info(name).sdk == "gradio"


def test_a_variable_is_read_back(name: str) -> None:
    api = make(name)

    api.add_space_variable(name, "MODEL", "acme/tiny", description="which one")

    variable = api.get_space_variables(name)["MODEL"]
    assert (variable.value, variable.description) == ("acme/tiny", "which one")


def test_a_deleted_variable_is_gone(name: str) -> None:
    api = make(name)
    api.add_space_variable(name, "MODEL", "acme/tiny")

    api.delete_space_variable(name, "MODEL")

    assert api.get_space_variables(name) == {}


def test_a_secret_is_known_by_name_and_never_read_back(name: str, url: str) -> None:
    from huggingface_hub import get_session

    api = make(name)

    api.add_space_secret(name, "PASSWORD", "not to be seen")

    answer = get_session().get(f"{url}/api/spaces/{name}/secrets", headers=api._build_hf_headers())
    assert list(api.get_space_secrets(name)) == ["PASSWORD"]
    assert "not to be seen" not in answer.text


def test_a_deleted_secret_is_gone(name: str) -> None:
    api = make(name)
    api.add_space_secret(name, "PASSWORD", "x")

    api.delete_space_secret(name, "PASSWORD")

    assert api.get_space_secrets(name) == {}


def test_a_space_is_made_with_its_variables(name: str) -> None:
    api = make(name, space_variables=[{"key": "MODEL", "value": "acme/tiny"}])

    assert api.get_space_variables(name)["MODEL"].value == "acme/tiny"


def test_a_space_without_an_app_says_so(name: str) -> None:
    api = make(name)

    assert api.get_space_runtime(name).stage == "NO_APP_FILE"


def test_requested_hardware_is_remembered(name: str) -> None:
    api = make(name)

    api.request_space_hardware(name, "t4-small", sleep_time=300)

    runtime = api.get_space_runtime(name)
    assert (runtime.requested_hardware, runtime.sleep_time) == ("t4-small", 300)


def test_a_paused_space_is_paused(name: str) -> None:
    api = make(name)

    assert api.pause_space(name).stage == "PAUSED"
