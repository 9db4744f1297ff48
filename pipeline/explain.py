"""License verdicts explained, for `seedbed explain`: of files by the filters of the dataset, of samples by what they record."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from datatrove.pipeline.filters.base_filter import get_filter_result

from seedbed.core.errors import InputError
from seedbed.core.io.progress import say
from seedbed.core.manifests.dataset import Manifest
from seedbed.data import inspection
from seedbed.data.dataset.lookup import find
from seedbed.data.filters.license.explanation import explain
from seedbed.data.filters.license.filters import LicenseCollector, LicenseFilter
from seedbed.data.filters.license.legal_files import LegalFiles
from seedbed.data.filters.license.policy import Policy

from .inspect import look_first, recipe_or_starter, remembering_findings


def explanations(paths: Sequence[Path], recipe_path: Path | None) -> Iterator[dict[str, Any]]:
    """The license verdict on each file, explained. Raises: InputError, RecipeError."""
    recipe = recipe_or_starter(recipe_path)
    look_first(paths)
    with tempfile.TemporaryDirectory(prefix="seedbed-") as folder, remembering_findings():
        collector, judge = (each.from_recipe(recipe, folder) for each in (LicenseCollector, LicenseFilter))
        for shown, document in inspection.with_legal_files(paths, LegalFiles(folder), recipe.limits["max_bytes"]):
            if "decode_error" in document.metadata:
                say(f"{shown}: not a text that can be read ({document.metadata['decode_error']}); it is never kept")
                continue
            collector.filter(document)
            _, reason = get_filter_result(judge.filter(document))
            yield explain(shown, document.metadata, reason, judge.policy)


def of_sample(paths: Sequence[Path], identity: str) -> Iterator[dict[str, Any]]:
    """The verdict on one sample of a dataset folder, from its columns. Raises: InputError, ManifestError."""
    if len(paths) != 1:
        raise InputError("--id: a sample of one dataset folder. Allowed: one PATH.")
    manifest = Manifest.load(paths[0])
    row = find(paths[0], identity)
    if row is None:
        raise InputError(f"--id {identity}: neither kept nor rejected in {paths[0]}.")
    facts = manifest.license_policy
    if facts is None:
        raise InputError(f"{paths[0]}: made by a version that did not record its license policy. Build it again.")
    yield explain(identity, row, row.get("reason"), Policy(facts.id.partition("@")[0], facts.allow))
