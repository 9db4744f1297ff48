"""Opens a completer from options: a policy, a dataset, a project, packages."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from seedbed.core.io.progress import Bar
from seedbed.data.attribution.index import open_index
from seedbed.models.inference.backend import Backend
from seedbed.serving.completion.cache import MAX_BYTES, CompletionCache
from seedbed.serving.completion.completer import Completer
from seedbed.serving.completion.provenance import Provenance
from seedbed.serving.completion.retrieval import ProjectRetriever, Store
from seedbed.serving.completion.safety import load_policy


def open_completer(
    backend: Callable[[], Backend],
    *,
    policy: Path | None = None,
    dataset: str | Path | None = None,
    project: Path | None = None,
    packages: Sequence[str] = (),
    cache_bytes: int = MAX_BYTES,
) -> Completer:
    """Open a completer. A step without its option is left out.

    Args: backend: loads the model; it is called last, so that other errors come first. policy: a file; dataset: a folder or an id
        on a Hub, with the index for attribution; project: a folder, whose signatures are read now; packages: installed packages,
        read likewise; cache_bytes: 0 for no cache.
    Raises: InputError for a missing project or package; RecipeError for an invalid policy; AttributionError and ManifestError for
        an index that cannot be used; what `backend` raises.
    """
    safety_policy = load_policy(policy) if policy else None
    provenance = Provenance(open_index(dataset)) if dataset else None
    retriever = _retriever(project, packages) if project or packages else None
    cache = CompletionCache(cache_bytes) if cache_bytes else None
    return Completer(backend(), policy=safety_policy, provenance=provenance, retriever=retriever, cache=cache)


def _retriever(project: Path | None, packages: Sequence[str]) -> ProjectRetriever:
    """Declarations in memory: they are read at each start, thousands of files a minute."""
    store = Store()
    for package in dict.fromkeys(packages):  # before the project, so that an unknown package is reported at once
        with Bar(package, None) as bar:
            store.add_package(package, bar.update)
    if project:
        with Bar("project", None) as bar:
            store.add_project(project, bar.update)
    return ProjectRetriever(store, project)
