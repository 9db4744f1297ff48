"""Verdicts of a working tree's own `seedbed inspect` on folders, for the measurements of license evidence."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

HERE = Path(__file__).resolve().parent.parent.parent
"""This working tree."""

_FOLDERS_A_RUN = 400
"""Most folders that are named on one command line."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the filters say of a file. `path` begins with the name of the folder that was inspected."""

    path: str
    language: str | None
    license: str | None
    reasons: dict[str, str]
    kept: bool

    @property
    def license_reasons(self) -> dict[str, str]:
        """Reasons of the license filter, each with its detail."""
        return {reason: detail for reason, detail in self.reasons.items() if is_of_license(reason)}

    @property
    def may_be_kept(self) -> bool:
        """The license filter lets the file pass, whatever the others say."""
        return not self.license_reasons

    @classmethod
    def of(cls, row: dict[str, Any], above: Path) -> Verdict:
        """The verdict in a line of `inspect --json`; paths are told from the folder `above`."""
        details = row.get("details") or {}
        path = Path(row["path"])
        shown = path.relative_to(above).as_posix() if path.is_relative_to(above) else row["path"]
        reasons = {reason: details.get(reason, "") for reason in row["reasons"]}
        return cls(shown, row["language"], (row.get("license") or {}).get("effective"), reasons, row["kept"])


def is_of_license(reason: str) -> bool:
    """The reason is one of the license filter's."""
    return reason == "no_license" or reason.startswith("license")


def default_policy(tree: Path, target: Path) -> Path:
    """Write a working tree's recipe of the starter without a policy of its own; return its path."""
    recipe = yaml.safe_load((tree / "recipes/data/starter.yaml").read_text("utf-8"))
    for key in ("allow", "policy"):
        recipe["license"].pop(key, None)
    recipe.pop("evidence", None)
    target.write_text(yaml.safe_dump(recipe, sort_keys=False), "utf-8")
    return target


def inspect(folders: Sequence[Path], tree: Path = HERE) -> Iterator[Verdict]:
    """Verdicts on every file of the folders, all of which lie in one folder, by the code of a working tree.

    Raises: RuntimeError when the command fails.
    """
    with tempfile.TemporaryDirectory() as place:
        recipe = default_policy(tree, Path(place) / "recipe.yaml")
        for start in range(0, len(folders), _FOLDERS_A_RUN):
            yield from _inspect(folders[start : start + _FOLDERS_A_RUN], tree, recipe)


def _inspect(folders: Sequence[Path], tree: Path, recipe: Path) -> Iterator[Verdict]:
    command = [sys.executable, "-m", "seedbed.cli", "inspect", *map(str, folders), "--json", "--recipe", str(recipe)]
    environment = os.environ | {"PYTHONPATH": f"{tree / 'src'}:{tree}"}
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=tree, env=environment)
    if done.returncode:
        raise RuntimeError(f"seedbed inspect: exit code {done.returncode}: {done.stderr[-2000:]}")
    above = folders[0].parent
    for line in done.stdout.splitlines():
        yield Verdict.of(json.loads(line), above)


def by_folder(verdicts: Iterable[Verdict]) -> dict[str, list[Verdict]]:
    """The verdicts by the folder that was inspected."""
    found: dict[str, list[Verdict]] = {}
    for verdict in verdicts:
        found.setdefault(verdict.path.partition("/")[0], []).append(verdict)
    return found
