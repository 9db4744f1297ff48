"""Verdicts of the dataset's filters on any file, for `seedbed inspect` and `seedbed duplicates`."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Any, Literal

from seedbed.core.config.recipe import Recipe
from seedbed.core.io.files import cache_folder
from seedbed.core.io.progress import say
from seedbed.core.text.formatting import plural
from seedbed.data import inspection
from seedbed.data.dedup import find_duplicates
from seedbed.data.dedup.cluster import Cluster
from seedbed.data.filters.fingerprints import Fingerprints
from seedbed.data.filters.language import LanguageFilter
from seedbed.data.filters.license.filters import LicenseFilter
from seedbed.data.filters.license.findings_cache import FindingsCache, key, remembering
from seedbed.data.filters.license.legal_files import LegalFiles

from . import clean, filters, ingest

DEFAULT_RECIPE = "recipes/data/starter.yaml"


def verdicts(paths: Sequence[Path], recipe_path: Path | None) -> Iterator[dict[str, Any]]:
    """One verdict a file."""
    recipe = recipe_or_starter(recipe_path)
    look_first(paths)
    with tempfile.TemporaryDirectory(prefix="seedbed-") as folder, remembering_findings():
        asked = [*ingest.filters(recipe), *clean.filters(recipe, folder)]
        yield from inspection.inspect(paths, asked, LegalFiles(folder), recipe.limits["max_bytes"])


def remembering_findings() -> AbstractContextManager[None]:
    """The cache of findings in the user's cache folder; none for a user without a home."""
    try:
        findings = FindingsCache(cache_folder(), key())
    except RuntimeError:
        return nullcontext()
    if not findings.is_usable:
        say(f"{cache_folder()}: not writable, or writable by others too (chmod go-w): license findings are not kept.")
    return remembering(findings)


def rejects(verdict: Mapping[str, Any], fail: Literal["any", "license"]) -> bool:
    """Whether a verdict rejects a file; for its license, where that is asked."""
    return any(fail == "any" or reason in LicenseFilter.reasons for reason in verdict["reasons"])


def clusters(paths: Sequence[Path], recipe_path: Path | None) -> Iterator[dict[str, Any]]:
    """One cluster of equal and nearly equal files at a time; the first member is the one that would be kept."""
    recipe = recipe_or_starter(recipe_path)
    look_first(paths)
    asked = [LanguageFilter(languages=recipe.languages), Fingerprints()]
    documents = list(inspection.annotate(paths, asked, recipe.limits["max_bytes"]))
    copies = find_duplicates(documents, recipe.near_duplicates.max_distance)
    if documents and not copies:
        say(f"no copies among {plural(len(documents), 'file')}")
    yield from map(_cluster, copies)


def _cluster(cluster: Cluster) -> dict[str, Any]:
    first, *others = cluster.members
    return {
        "members": [placed.member.id for placed in cluster.members],
        "distance": cluster.distance,
        "kept": first.member.id,
        "copies": [
            {
                "path": placed.member.id,
                "kind": "exact" if placed.exact else "near",
                "distance": placed.distance,
                "why": placed.why,
            }
            for placed in others
        ],
    }


def look_first(paths: Sequence[Path]) -> None:
    """Refuse what cannot be looked at, and say of what nothing will be heard."""
    inspection.check(paths)
    for path in paths:
        if path.is_dir() and not inspection.has_files(path):
            say(f"{path}: no file to look at")
    for kind, count in inspection.passed_over(paths).items():
        say(f"passed over: {plural(count, kind.replace('_', ' '))}")


def recipe_or_starter(path: Path | None) -> Recipe:
    """The named recipe, else the starter recipe that stands beside this folder."""
    return filters.load(path or Path(__file__).parent.parent / DEFAULT_RECIPE)
