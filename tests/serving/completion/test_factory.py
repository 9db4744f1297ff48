"""A completer by what a person names: all that is wrong is said before a model is loaded."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from seedbed.core.errors import InputError, RecipeError
from seedbed.models.inference.backend import Backend
from seedbed.serving.completion.factory import open_completer
from seedbed.serving.completion.request import CompletionRequest


def never_loaded() -> Backend:
    raise AssertionError("a model was loaded")


@pytest.mark.parametrize(
    ("named", "error", "words"),
    [
        ({"policy": Path("nowhere.yaml")}, RecipeError, "nowhere.yaml"),
        ({"dataset": "nowhere"}, InputError, "nowhere: no such dataset"),
        ({"project": Path("nowhere")}, InputError, "nowhere: no such folder"),
        ({"packages": ["no-such-package-at-all"]}, InputError, "'no-such-package-at-all': not installed here"),
        ({"packages": ["no-such-package"], "project": Path("nowhere")}, InputError, "'no-such-package': not installed here"),
    ],
)
def test_what_is_not_there_is_said_before_a_model_is_loaded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, named: dict[str, Any], error: type[Exception], words: str
) -> None:
    monkeypatch.chdir(tmp_path)

    with pytest.raises(error, match=words):
        open_completer(never_loaded, **named)


def test_signatures_of_a_project_are_put_before_what_uses_them(backend: Backend, tmp_path: Path) -> None:
    (tmp_path / "loader.py").write_text("def load_table(name, limit):\n    return []\n", encoding="utf-8")
    prefix = "from loader import load_table\n\nrows = load_table("
    own = CompletionRequest("def load_table(name, limit):\n    ", path=str(tmp_path / "loader.py"))
    completer = open_completer(lambda: backend, project=tmp_path, cache_bytes=0)

    told = backend.decode(completer.prompt(CompletionRequest(prefix, path="main.py")))

    assert "# loader.py: def load_table(name, limit):\n" + prefix in told
    assert "# loader.py" not in backend.decode(completer.prompt(own))
    assert completer.cache_counts is None
