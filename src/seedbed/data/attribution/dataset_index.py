"""The index of a dataset, in its folder or on a Hub, and held against the dataset's own manifest."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from seedbed.core.errors import AttributionError, InputError
from seedbed.core.io.hub_download import is_id, snapshot
from seedbed.core.manifests.dataset import FILE_NAME, load
from seedbed.data.attribution import layout
from seedbed.data.attribution.build import described
from seedbed.data.attribution.index import Index

_WANTED: Final = (f"{layout.FOLDER}/*", FILE_NAME)


def open_index(dataset: str | Path) -> Index:
    """Open the index of a dataset: of its folder, or of its id on a Hub, from which only the index and the manifest are taken.

    Raises: InputError when there is no such dataset, or no index in it; ManifestError for a manifest that is none;
        AttributionError for an index that is broken, of another format, or not the one that the manifest tells of.
    """
    folder = _folder(dataset)
    if not (folder / layout.FOLDER).is_dir():
        raise InputError(
            f"{dataset}: has no index for attribution. Allowed: one with `{layout.FOLDER}`, as `make dataset` builds it."
        )
    index = Index(folder / layout.FOLDER)
    if load(folder).attribution != described(index.folder):
        raise AttributionError(
            f"{dataset}: {layout.FOLDER}: not the index that {FILE_NAME} tells of. Allowed: one run's. Build the dataset again."
        )
    return index


def _folder(dataset: str | Path) -> Path:
    path = Path(dataset)
    if path.is_dir():
        return path
    if not is_id(str(dataset)):
        raise InputError(f"{dataset}: no such dataset. Allowed: a dataset folder, or an id on the Hub (owner/name).")
    return snapshot(str(dataset), "dataset", wanted=_WANTED)
