"""All verdicts on files and folders of this machine, by the filters that make the dataset, none of which stops the next."""

from __future__ import annotations

import tempfile
from collections import Counter, deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

from datatrove.data import Document

from seedbed.core.errors import InputError
from seedbed.core.runs.filters import Filter, reason_of
from seedbed.core.syntax import LANGUAGES, functions_of, parse, walk
from seedbed.core.text.decoding import file_name
from seedbed.data.filters.license.legal_files import LegalFiles
from seedbed.data.filters.license.legal_names import LegalKind, is_legal_file, is_legal_folder, kind_of
from seedbed.data.sources.archive import folder_files, skipped_in
from seedbed.data.sources.archive_reading import is_archive
from seedbed.data.sources.base import SourceFile, make_document, read_file

FileVerdict = dict[str, Any]

_REPOSITORY = (".git", ".hg")


def read_paths(paths: Iterable[Path], max_bytes: int) -> Iterator[tuple[str, Document]]:
    """Documents of files and folders, each with the path it is shown under; a file that is named twice comes once."""
    seen: set[Path] = set()
    for path in paths:
        root, real = project_root(path), path.resolve()
        for name, file in _below(path, max_bytes):
            place = real / name
            if place not in seen:
                seen.add(place)
                shown, inside = file_name(str(path / name)), file_name(place.relative_to(root).as_posix())
                yield shown, make_document(replace(file, path=inside), shown, _provenance(root))


def _provenance(root: Path) -> dict[str, str | None]:
    return {"source": file_name(str(root)), "project": file_name(str(root)), "version": ""}


def check(paths: Iterable[Path]) -> None:
    """Check that the paths are files and folders: reading a pipe or a device could take for ever. Raises: InputError."""
    for path in paths:
        if not path.exists():
            raise InputError(f"{path}: no such file or folder.")
        if not path.is_file() and not path.is_dir():
            raise InputError(f"{path}: a pipe, a socket or a device. Allowed: files and folders.")


def has_files(folder: Path) -> bool:
    """Whether there is a file to inspect below a folder."""
    return any(folder_files(folder, 0))


def passed_over(paths: Iterable[Path]) -> dict[str, int]:
    """Number of entries below the paths that are not inspected, by kind."""
    counts: Counter[str] = Counter()
    for path in paths:
        if path.is_dir():
            counts.update(skipped_in(path))
    return dict(sorted(counts.items()))


def inspect(paths: Sequence[Path], filters: Sequence[Filter], legal: LegalFiles, max_bytes: int) -> Iterator[FileVerdict]:
    """One verdict a file, in the order of the paths.

    Args: filters: in the order of the dataset; legal: the step that stores license files for the license filters.
    """
    for shown, document in with_legal_files(paths, legal, max_bytes):
        yield verdict(shown, document, _reasons(document, filters))


def with_legal_files(paths: Sequence[Path], legal: LegalFiles, max_bytes: int) -> Iterator[tuple[str, Document]]:
    """As `read_paths`, once the license files and manifests around the paths are stored for the license filters."""
    deque(_legal_documents(paths, max_bytes, legal), maxlen=0)
    yield from read_paths(paths, max_bytes)


def annotate(paths: Sequence[Path], filters: Sequence[Filter], max_bytes: int) -> Iterator[Document]:
    """Documents of the paths after these filters, whatever their verdicts; undecodable files are left out."""
    for _, document in read_paths(paths, max_bytes):
        if "decode_error" not in document.metadata:
            for each in filters:
                each.filter(document)
            yield document


def _reasons(document: Document, filters: Sequence[Filter]) -> dict[str, str | None]:
    """Reasons of the filters to reject a document, each with its detail.

    A file that cannot be decoded has no text for the other filters.
    """
    reasons: dict[str, str | None] = {}
    for each in filters:
        keeps, reason = reason_of(each.filter(document))
        detail = document.metadata.pop("detail", None)
        if not keeps:
            reasons[reason or each.name] = detail
            if "decode_error" in document.metadata:
                is_packed = is_archive(Path(document.metadata["path"]))
                return {reason or each.name: _PACKED if is_packed else detail}
    return reasons


_PACKED = "an archive: unpack it, or name it in a recipe as a source"


def verdict(shown: str, document: Document, reasons: Mapping[str, str | None]) -> FileVerdict:
    """The verdict on one document, as `seedbed inspect --json` prints it.

    Args: reasons: why it would be rejected, each with its detail; empty for a document that is kept.
    """
    metadata = document.metadata
    parsed = metadata if metadata.get("language") in LANGUAGES else {}  # without a grammar nothing was measured
    return {
        "path": shown,
        "language": metadata.get("language"),
        "language_source": metadata.get("language_source"),
        "generated": next((reason for reason in reasons if reason.startswith(_GENERATED)), None),
        "license": {
            "effective": metadata.get("license"),
            **{name: shown_evidence(metadata.get(f"license_{name}")) for name in ("header", "nearest_file", "declared")},
        },
        "syntax": {"error_ratio": parsed.get("syntax_error_ratio"), "valid": parsed.get("syntax_valid")},
        "complexity": {
            "cyclomatic_max": parsed.get("cyclomatic_max"),
            "function_lines_max": parsed.get("function_lines_max"),
            "nesting_max": parsed.get("nesting_max"),
            "functions": _functions(document),
        },
        "simhash": metadata.get("simhash"),
        "reasons": list(reasons),
        "details": {reason: detail for reason, detail in reasons.items() if detail},
        "kept": not reasons,
    }


_GENERATED = ("generated:", "vendored:", "minified:", "lock_file:")


def shown_evidence(evidence: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """The match with the best score of those that decide stands for the evidence; of equals the longest. `matches` has all."""
    if not evidence:
        return None
    matches = evidence["matches"]
    deciding = [match for match in matches if match["role"] == "decides"]
    best: dict[str, Any] = max(deciding, key=lambda match: (match["score"], match["end_line"] - match["start_line"]), default={})
    return {
        "expression": evidence["expression"],
        "category": evidence["category"],
        "files": evidence["files"],
        "rule": best.get("rule"),
        "score": best.get("score"),
        "lines": [best["start_line"], best["end_line"]] if best else None,
        "matches": matches,
    }


def _functions(document: Document) -> list[dict[str, Any]]:
    parsed = parse(document.text, document.metadata.get("language") or "")
    if parsed is None:
        return []
    return [
        {
            "name": function.name,
            "start_line": function.start_line,
            "cyclomatic": function.cyclomatic,
            "lines": function.lines,
            "nesting": function.nesting,
        }
        for function in functions_of(walk(parsed))
    ]


def _legal_documents(paths: Sequence[Path], max_bytes: int, legal: LegalFiles) -> Iterator[Document]:
    """Pass the license files and manifests around the paths to the step that stores them, links by their targets."""

    def documents() -> Iterator[Document]:
        for root in dict.fromkeys(project_root(path) for path in paths):
            provenance = _provenance(root)
            links: dict[str, str] = {}
            legal.links[str(provenance["source"])] = links
            for file in legal_files(root, paths):
                name = file_name(file.relative_to(root).as_posix())
                if file.is_symlink():
                    links[name] = file_name(str(file.readlink()))
                elif file.is_file():
                    yield make_document(replace(_read(name, file, max_bytes), path=name), name, provenance)

    yield from legal.run(documents())


def _below(path: Path, max_bytes: int) -> Iterator[tuple[str, SourceFile]]:
    """Files of a folder by their names below it; for a file, itself under an empty name."""
    if not path.is_dir():
        yield "", _read(path.name, path, max_bytes)
        return
    for file in folder_files(path, max_bytes):
        yield file.path, file


def _read(name: str, path: Path, max_bytes: int) -> SourceFile:
    try:
        with path.open("rb") as stream:
            return read_file(name, path.stat().st_size, stream, max_bytes)
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror}.") from error


def project_root(path: Path) -> Path:
    """The folder whose license files and manifests apply to a path.

    That of the repository it is in; without one the outermost folder above it with a license file or a manifest, since
    those apply to everything below. A README alone marks no project: collections of projects have one too.
    Home, temporary folder and root of the disk belong to no project.
    """
    folders = _folders(path)
    root = folders[0]
    for folder in folders:
        if folder in _shared_folders():
            break
        if any((folder / mark).exists() for mark in _REPOSITORY):
            return folder
        if any(kind_of(_name(file, folder)) is not LegalKind.README for file in _legal_in(folder, folder)):
            root = folder
    return root


def legal_files(root: Path, paths: Iterable[Path]) -> Iterator[Path]:
    """License files and manifests of a project that may apply to the paths: above, below and where links lead; links too."""
    folders = sorted(
        {folder for path in paths for folder in (*_folders(path), *_folders_below(path)) if folder.is_relative_to(root)}
    )
    files = dict.fromkeys(file for folder in folders for file in _legal_in(folder, root))
    for file in list(files):
        if file.is_symlink():
            target = file.resolve()
            inside = [target, *_entries(target)] if target.is_relative_to(root) else []
            files |= dict.fromkeys(entry for entry in inside if not entry.is_dir() and is_legal_file(_name(entry, root)))
    yield from files


def _legal_in(folder: Path, root: Path) -> Iterator[Path]:
    for entry in _entries(folder):
        if entry.is_dir() and not entry.is_symlink():
            yield from _legal_below(entry, root, _DEEPEST_LEGAL_FOLDER)
        elif is_legal_file(_name(entry, root)):
            yield entry


def _legal_below(folder: Path, root: Path, depth: int) -> Iterator[Path]:
    """Legal files in a folder whose files may speak for the folder around it, and in such folders inside."""
    is_documentation = folder.name.lower() in {"doc", "docs"}
    if depth == 0 or not (is_legal_folder(folder.name) or is_documentation or depth < _DEEPEST_LEGAL_FOLDER - 1):
        return
    for entry in _entries(folder):
        if entry.is_dir() and not entry.is_symlink():
            yield from _legal_below(entry, root, depth - 1) if not is_documentation or is_legal_folder(entry.name) else ()
        elif not is_documentation and is_legal_file(_name(entry, root)):
            yield entry


_DEEPEST_LEGAL_FOLDER = 6
"""Folders of `META-INF/maven/GROUP/ARTIFACT/pom.xml`, and one around."""


def _folders(path: Path) -> Sequence[Path]:
    """A folder, or the folder of a file, and those above it."""
    start = path.resolve()
    return [start, *start.parents] if start.is_dir() else list(start.parents)


def _folders_below(path: Path) -> list[Path]:
    start = path.resolve()
    return [folder for folder in start.rglob("*") if folder.is_dir() and not folder.is_symlink()] if start.is_dir() else []


def _entries(folder: Path) -> list[Path]:
    """Entries of a folder; none where it cannot be read."""
    try:
        return sorted(folder.iterdir())
    except OSError:
        return []


def _name(path: Path, root: Path) -> str:
    return path.relative_to(root).as_posix()


def _shared_folders() -> set[Path]:
    """Folders that many projects share: their files apply to none of them."""
    temporary = Path(tempfile.gettempdir()).resolve()
    places = {temporary, Path(temporary.anchor)}
    with suppress(RuntimeError):  # a user without a home, as in containers
        places.add(Path.home().resolve())
    return places
