"""Settings of the playground: environment variables of the Space first, then the links on its card."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from huggingface_hub import metadata_load

import seedbed
from seedbed.core.errors import InputError

HERE = Path(__file__).parent
_RESOLVER = "https://archive.softwareheritage.org/"
_POLICY = Path("recipes") / "safety" / "default.yaml"


@dataclass(frozen=True, slots=True)
class Settings:
    """README.md explains each setting.

    model: folder, GGUF file, id on a Hub or URL; dataset: folder or id, "" for no attribution; feedback: folder of events;
    feedback_to: private dataset on a Hub that receives them, "" for none; resolver: URL before a Software Heritage id in a link,
    "" for no link; running, waiting: concurrent completions, and length of the queue.
    """

    model: str
    backend: str
    fim: str
    dataset: str
    policy: Path
    feedback: Path
    feedback_to: str
    resolver: str
    running: int
    waiting: int


def read(environment: Mapping[str, str]) -> Settings:
    """Read the settings.

    Raises: InputError without a model, or for a number that is not allowed.
    """
    card = metadata_load(HERE / "README.md") or {}
    model = environment.get("SEEDBED_MODEL") or _first(card.get("models"))
    if not model:
        raise InputError("SEEDBED_MODEL: not set, and README.md links no model. Allowed: a folder, a GGUF file, an id, a URL.")
    return Settings(
        model=model,
        backend=environment.get("SEEDBED_BACKEND") or ("openai" if "://" in model else "llamacpp"),
        fim=environment.get("SEEDBED_FIM") or "none",
        dataset=environment.get("SEEDBED_DATASET", _first(card.get("datasets"))),
        policy=Path(environment.get("SEEDBED_POLICY") or _default_policy()),
        feedback=Path(environment.get("SEEDBED_FEEDBACK") or "feedback"),
        feedback_to=environment.get("SEEDBED_FEEDBACK_TO", ""),
        resolver=environment.get("SEEDBED_RESOLVER", _RESOLVER),
        running=_number(environment, "SEEDBED_RUNNING", 2),
        waiting=_number(environment, "SEEDBED_WAITING", 16),
    )


def _first(ids: object) -> str:
    return str(ids[0]) if isinstance(ids, list) and ids else ""


def _default_policy() -> Path:
    """The policy of the installed package, or of the checkout."""
    package = Path(seedbed.__file__).parent
    shipped = package / "policy" / _POLICY
    return shipped if shipped.is_file() else package.parent.parent / _POLICY


def _number(environment: Mapping[str, str], name: str, default: int) -> int:
    text = environment.get(name) or str(default)
    if not (text.isascii() and text.isdecimal() and 1 <= int(text[:6]) <= 1000):
        raise InputError(f"{name}: {text!r}. Allowed: a whole number from 1 to 1000.")
    return int(text)
