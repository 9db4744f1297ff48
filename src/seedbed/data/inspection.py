"""Every verdict on files and folders of this machine, by the very blocks that make the dataset, none stopping another."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from datatrove.data import Document
from datatrove.pipeline.filters.base_filter import BaseFilter, get_filter_result

from seedbed.core.errors import InputError
from seedbed.core.syntax import LANGUAGES, parse, walk
from seedbed.core.text.decoding import file_name
from seedbed.data.filters.license.legal_files import LegalFiles
from seedbed.data.inspection_context import legal_files, project_root
from seedbed.data.sources.archive import folder_files, skipped_in
from seedbed.data.sources.archive_reading import is_archive
from seedbed.data.sources.base import SourceFile, make_document, read_file

Verdict = dict[str, Any]


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
    """Refuse what cannot be looked at: reading a pipe or a device could take for ever. Raises: InputError."""
    for path in paths:
        if not path.exists():
            raise InputError(f"{path}: no such file or folder.")
        if not path.is_file() and not path.is_dir():
            raise InputError(f"{path}: a pipe, a socket or a device. Allowed: files and folders.")


def has_files(folder: Path) -> bool:
    """Whether there is anything to look at below a folder."""
    return any(folder_files(folder, 0))


def passed_over(paths: Iterable[Path]) -> dict[str, int]:
    """What the folders among the paths hold that is not looked at, by kind."""
    counts: Counter[str] = Counter()
    for path in paths:
        if path.is_dir():
            counts.update(skipped_in(path))
    return dict(sorted(counts.items()))


def inspect(paths: Sequence[Path], gates: Sequence[BaseFilter], legal: LegalFiles, max_bytes: int) -> Iterator[Verdict]:
    """One verdict a file, in the order of the paths.

    Args: gates: the blocks to ask, in order; legal: the step that remembers license files for the license block.
    """
    deque(_legal_documents(paths, max_bytes, legal), maxlen=0)
    for shown, document in read_paths(paths, max_bytes):
        yield verdict(shown, document, _reasons(document, gates))


def annotate(paths: Sequence[Path], blocks: Sequence[BaseFilter], max_bytes: int) -> Iterator[Document]:
    """Documents of the paths after these blocks, whatever the blocks' verdicts; undecodable files are left out."""
    for _, document in read_paths(paths, max_bytes):
        if "decode_error" not in document.metadata:
            for block in blocks:
                block.filter(document)
            yield document


def _reasons(document: Document, gates: Sequence[BaseFilter]) -> dict[str, str | None]:
    """Why the gates would drop a document, each reason with what it rests on.

    What cannot be decoded has no text for the other gates to judge.
    """
    reasons: dict[str, str | None] = {}
    for gate in gates:
        keeps, reason = get_filter_result(gate.filter(document))
        detail = document.metadata.pop("detail", None)
        if not keeps:
            reasons[reason or gate.name] = detail
            if "decode_error" in document.metadata:
                is_packed = is_archive(Path(document.metadata["path"]))
                return {reason or gate.name: _PACKED if is_packed else detail}
    return reasons


_PACKED = "an archive: unpack it, or name it in a recipe as a source"


def verdict(shown: str, document: Document, reasons: Mapping[str, str | None]) -> Verdict:
    """The published words for one document.

    Args: reasons: why it would be dropped, each with its detail; empty for one that is kept.
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
    """The match with the best score stands for the evidence, of equals the longest; `matches` has them all."""
    if not evidence:
        return None
    matches = evidence["matches"]
    best: dict[str, Any] = max(matches, key=lambda match: (match["score"], match["end_line"] - match["start_line"]), default={})
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
        for function in walk(parsed).functions
    ]


def _legal_documents(paths: Sequence[Path], max_bytes: int, legal: LegalFiles) -> Iterator[Document]:
    """Feed the license files and manifests around the paths to the step that remembers them, links by their targets."""

    def found() -> Iterator[Document]:
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

    yield from legal.run(found())


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
