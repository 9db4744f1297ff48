"""Open the backend for a model: a folder, a GGUF file, an id on a Hub, the URL of a server."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Final, Literal, get_args

from seedbed.core.errors import InputError, MissingExtraError
from seedbed.core.io.hub_download import is_id, snapshot
from seedbed.models.inference.backend import Backend

BackendKind = Literal["auto", "transformers", "llamacpp", "openai", "vllm"]
_PREFERRED: Final = ("Q8_0", "f16", "Q4_0")
"""Which GGUF file of a folder to load: Q8_0 loses next to nothing and is half of f16; Q4_0 loses most."""

_IGNORED: Final = ["*.bin", "*.pt", "*.pth", "*.msgpack", "*.h5", "*.onnx", "assets/*"]


@dataclass(frozen=True, slots=True)
class BackendOptions:
    """Options of a backend beside its model.

    context: tokens of a prompt and its completion, None for the backend's default; slots, threads: of llama.cpp;
    revision: of a Hub id; fim, served_name: how a server fills in the middle, and which of its models to use.
    """

    context: int | None = None
    slots: int = 4
    threads: int = 1
    revision: str | None = None
    fim: str = "none"
    served_name: str = ""


DEFAULTS: Final = BackendOptions()


def open_backend(model: str | Path, kind: str = "auto", options: BackendOptions = DEFAULTS) -> Backend:
    """Load a model.

    Args: kind: one of `BackendKind`; auto means openai for a URL, llamacpp for a GGUF file or without torch, else
        transformers.
    Raises: InputError for a model that does not exist or that the backend cannot run; MissingExtraError for a package that is
        not installed; GenerationError when the model does not load.
    """
    if kind not in get_args(BackendKind):
        raise InputError(f"backend: {kind!r}. Allowed: {', '.join(get_args(BackendKind))}.")
    if "://" in str(model):
        if kind not in {"auto", "openai"}:
            raise InputError(f"backend: {kind!r} for the URL {model}. Allowed: openai.")
        return _openai(str(model), options)
    if kind == "openai":
        raise InputError(f"{model}: not a URL. Allowed with the backend openai: http:// or https://, up to /v1.")
    return _local(str(model), kind, options)


def _local(model: str, kind: str, options: BackendOptions) -> Backend:
    is_file = model.endswith(".gguf") or Path(model).is_file()
    chosen = kind if kind != "auto" else "llamacpp" if is_file or not _has("torch", "transformers") else "transformers"
    if is_file and chosen != "llamacpp":
        raise InputError(f"{model}: a file, which the backend {chosen} does not load. Allowed: llamacpp, or a folder.")
    path = _resolved(model, chosen, options)
    match chosen:
        case "llamacpp":
            return _llama_cpp(path, options)
        case "vllm":
            return _vllm(path, options)
    return _transformers(path, model, options)


def _resolved(model: str, kind: str, options: BackendOptions) -> Path:
    """The folder or file of a model; an id is downloaded. Raises: InputError when there is no such model."""
    path = Path(model)
    if path.is_dir() or path.is_file():
        return path
    if path.suffix == ".gguf" or not is_id(model):
        raise InputError(f"{model}: no such model. Allowed: a folder, a GGUF file, an id on the Hub (owner/name), a URL.")
    return _downloaded(model, kind, options)


def _downloaded(model: str, kind: str, options: BackendOptions) -> Path:
    if kind == "llamacpp":
        return snapshot(model, "model", wanted=["*.gguf"], revision=options.revision)
    return snapshot(model, "model", ignored=[*_IGNORED, "*.gguf"], revision=options.revision)


def _gguf(path: Path) -> Path:
    """The preferred GGUF file of a folder. Raises: InputError when there is none."""
    if path.is_file():
        return path
    files = sorted([*path.glob("*.gguf"), *path.glob("gguf/*.gguf")])
    by_name = {name: file for name in reversed(_PREFERRED) for file in files if name.lower() in file.name.lower()}
    if not files:
        raise InputError(f"{path}: no GGUF file there. Allowed: a folder with one, itself or in gguf/.")
    return next((by_name[name] for name in _PREFERRED if name in by_name), files[0])


def _llama_cpp(path: Path, options: BackendOptions) -> Backend:
    _need("llamacpp", "xllamacpp", "tokenizers")
    from seedbed.models.inference.llama_cpp import LlamaCppBackend

    return LlamaCppBackend(_gguf(path), context=options.context, slots=options.slots, threads=options.threads)


def _transformers(path: Path, name: str, options: BackendOptions) -> Backend:
    _need("transformers", "torch", "transformers")
    from seedbed.models.inference.transformers import TransformersBackend

    return TransformersBackend(path, context=options.context, name=name if path.name not in name else path.name)


def _vllm(path: Path, options: BackendOptions) -> Backend:
    _need("vllm", "vllm")
    from seedbed.models.inference.vllm import VllmBackend

    return VllmBackend(path, context=options.context)


def _openai(url: str, options: BackendOptions) -> Backend:
    _need("openai", "httpx2")
    from seedbed.models.inference.openai import OpenAIBackend

    return OpenAIBackend(url, options.served_name, fim=options.fim, context=options.context)


def _has(*modules: str) -> bool:
    return all(find_spec(name) for name in modules)


def _need(kind: str, *modules: str) -> None:
    missing = [name for name in modules if not _has(name)]
    if missing:
        how = "pip install vllm on a GPU machine" if kind == "vllm" else "install the extra `serve`"
        raise MissingExtraError(f"backend {kind}: {missing[0]} is not installed. Allowed: {how}.")
