"""Seal a dataset folder with the hash of every file in its manifest, and verify a folder against its manifest."""

from __future__ import annotations

from pathlib import Path

from seedbed.core.errors import ManifestError
from seedbed.core.io.files import file_sha256
from seedbed.core.manifests.dataset import NOTICE_FILES, FileFacts, Manifest


def seal(manifest: Manifest, folder: Path) -> Manifest:
    """Write the manifest of a finished folder, with the size and the hash of every file beside it. Returns it."""
    rows = {file.path: file.rows for file in manifest.files}
    files = tuple(
        FileFacts(path=path, bytes=(folder / path).stat().st_size, sha256=file_sha256(folder / path), rows=rows.get(path))
        for path in _paths(folder)
    )
    sealed = manifest.model_copy(update={"files": files})
    sealed.save(folder)
    return sealed


def verify(folder: Path) -> Manifest:
    """Check every file of a dataset folder against its manifest. Returns the manifest.

    Raises: ManifestError naming the first file that is missing, unknown to the manifest, or changed.
    """
    manifest = Manifest.load(folder)
    listed = {file.path: file for file in manifest.files}
    present = set(_paths(folder))
    expected = listed.keys() | ({*NOTICE_FILES} if manifest.notices else set())
    for problem, paths in (("missing", expected - present), ("not in the manifest", present - listed.keys())):
        if paths:
            raise ManifestError(f"{folder.name}: {min(paths)}: {problem} ({len(paths)} such). Build the dataset again.")
    for path, file in listed.items():
        if (folder / path).stat().st_size != file.bytes or file_sha256(folder / path) != file.sha256:
            raise ManifestError(f"{folder.name}: {path}: changed since it was built. Build the dataset again.")
    return manifest


def unknown_files(folder: Path) -> list[str]:
    """Files of a folder, hidden ones included, that its manifest does not list, sorted; all files without a manifest."""
    present = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if not path.is_dir() or path.is_symlink()}
    try:
        listed = {Manifest.file_name, *(file.path for file in Manifest.load(folder).files)}
    except ManifestError:
        listed = set()
    return sorted(present - listed)


def _paths(folder: Path) -> list[str]:
    """Every file of the folder but the manifest, and no draft or hidden file, as sorted POSIX paths."""
    paths = (path.relative_to(folder) for path in folder.rglob("*") if path.is_file())
    return sorted(
        path.as_posix()
        for path in paths
        if path.as_posix() != Manifest.file_name and not any(part.startswith(".") for part in path.parts)
    )
