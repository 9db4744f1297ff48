"""A run of a recipe: its folders, its stages, and where finished work is put."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final, Protocol

import seedbed
from seedbed.core.config.recipe import Recipe, part_of
from seedbed.core.errors import InputError
from seedbed.core.io.files import held, write_atomic
from seedbed.core.manifests import integrity
from seedbed.core.runs.keys import Stage, key_of


@cache
def commit() -> str | None:
    """Commit of the checkout that Seedbed runs from, `+changes` where files differ from it; None without a checkout."""
    folder = Path(seedbed.__file__).parent

    def git(*words: str) -> str | None:
        try:
            done = subprocess.run(["git", "-C", str(folder), *words], capture_output=True, text=True, check=False)
        except FileNotFoundError:
            return None
        return done.stdout.strip() if done.returncode == 0 else None

    head = git("rev-parse", "HEAD") if git("ls-files", "--error-unmatch", "__init__.py") else None
    return head and head + ("+changes" if git("status", "--porcelain", "--untracked-files=no") else "")


def public_path(path: Path) -> str:
    """A recipe's path as the repository names it; outside of one, the file's name alone."""
    path = path.resolve()
    for folder in path.parents:
        if (folder / "pyproject.toml").is_file():
            return path.relative_to(folder).as_posix()
    return path.name


def check_out(out: Path) -> None:
    """Refuse a place where the dataset folder cannot go, before any work is done for it.

    Raises: InputError when it is no folder, holds what no run of Seedbed wrote, or cannot be written.
    """
    if not out.name:
        raise InputError(f"--out {out}: not a folder of its own. Allowed: an empty or a new folder.")
    if out.exists() and not out.is_dir():
        raise InputError(f"--out {out}: not a folder. Allowed: an empty or a new folder.")
    if out.is_dir() and (foreign := integrity.unknown_files(out)):
        raise InputError(
            f"--out {out}: holds files that no run of Seedbed wrote ({foreign[0]}). Allowed: an empty or a new folder."
        )
    above = next(folder for folder in out.parents if folder.exists())
    try:
        with tempfile.TemporaryDirectory(prefix=".seedbed-", dir=above):
            pass
    except OSError as error:
        raise InputError(f"--out {out}: cannot be written: {error.strerror}. Allowed: a writable folder.") from error


DOCUMENTS: Final = "documents"
"""Folder of what a stage passes on."""
REJECTED: Final = "rejected"
"""Folder of what it does not, a folder a filter."""
TASKS_PER_WORKER: Final = 4


class AnyJob(Protocol):
    """What a stage needs of a job, whatever recipe it is of: how the work is cut, how many do it, folders of its own."""

    @property
    def tasks(self) -> int: ...
    @property
    def workers(self) -> int: ...
    def folder(self, *parts: str) -> Path: ...


@dataclass(frozen=True, slots=True)
class StageJob:
    """What a stage is given: the part of the recipe that it declares to read, its folder, those of the stages before it.

    `earlier` are in the order they ran. `sources` is the file that `Job.remember_sources` wrote. `versions` are those of
    every package that decided anything so far.
    """

    recipe: Recipe
    recipe_path: Path
    build: Path
    out: Path
    tasks: int
    workers: int
    without: tuple[str, ...]
    key: str
    work: Path
    earlier: Mapping[str, Path]
    sources: Path
    versions: Mapping[str, str]

    def folder(self, *parts: str) -> Path:
        """A folder of this stage, made."""
        path = self.work.joinpath(*parts)
        path.mkdir(parents=True, exist_ok=True)
        return path

    def before(self, stage: str, *parts: str) -> Path:
        """A folder of an earlier stage."""
        return self.earlier[stage].joinpath(*parts)


@dataclass(frozen=True, slots=True)
class Job:
    """One run of one recipe: what, where, and on how many processes.

    `tasks` is how finely the work is cut (it never changes the output); `workers` how many processes do it at once.
    `without` names filters of the pipeline that are left out, for an ablation. `shared` is the work folder of another job,
    at rest, whose stages are taken where they are the same.
    """

    recipe: Recipe
    recipe_path: Path
    build: Path
    out: Path
    tasks: int
    workers: int
    strict: bool = False
    without: tuple[str, ...] = ()
    shared: Path | None = None

    @property
    def home(self) -> Path:
        """Folder of all work on this recipe."""
        return self.build / "work" / self.recipe.name

    @property
    def sources(self) -> Path:
        """What the sources are, written down."""
        return self.home / "sources.json"

    def key(self, stage: Stage) -> str:
        """Hash of all that decides the stage's outcome, hexadecimal."""
        reads = part_of(self.recipe, stage.reads).meaning
        without = sorted({*self.without} & {*stage.filters})
        sources = [str(self.recipe_path.resolve().parent), self._source_facts()] if "sources" in stage.reads else []
        return key_of(stage.code, reads, without, sources, [self.key(earlier) for earlier in stage.after])

    def at(self, stage: Stage) -> StageJob:
        """The stage of this job."""
        stages = [*stage.before(), stage]
        return StageJob(
            recipe=part_of(self.recipe, stage.reads),
            recipe_path=self.recipe_path,
            build=self.build,
            out=self.out,
            tasks=self.tasks,
            workers=self.workers,
            without=tuple(name for name in self.without if name in stage.filters),
            key=self.key(stage),
            work=self._folder(stage),
            earlier={earlier.name: self._folder(earlier) for earlier in stage.before()},
            sources=self.sources,
            versions={name: version for each in stages for name, version in each.code.packages.items()},
        )

    def start(self, stage: Stage) -> StageJob:
        """The stage of this job, to be run: its work under other keys is dropped, for nothing reads it again."""
        for path in self.home.glob(f"{stage.name}-*"):
            if path != self._folder(stage):
                shutil.rmtree(path)
        return self.at(stage)

    def remember_sources(self, facts: str) -> None:
        """Write down what the sources are: a stage that reads them goes by it, since a local one may be edited."""
        write_atomic(self.sources, facts)

    def _source_facts(self) -> str:
        return self.sources.read_text(encoding="utf-8") if self.sources.is_file() else ""

    def _folder(self, stage: Stage) -> Path:
        name = f"{stage.name}-{self.key(stage)[:16]}-{self.tasks}"
        return self.shared / name if self.shared and (self.shared / name).is_dir() else self.home / name


@contextmanager
def claimed(job: Job) -> Iterator[None]:
    """Hold the recipe's work folder: two runs never write the same files.

    Workers inherit the lock, so that one left behind by a killed run is waited for, not raced with.
    Raises: InputError when another run holds it.
    """
    with held(job.home, option="--out", busy=f"another run of {job.recipe.name} is at work there. Allowed: one at a time."):
        yield


def read_seconds(path: Path) -> float:
    """Wall seconds written down for a stage; 0.0 where there are none."""
    try:
        return float(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return 0.0


def add_seconds(path: Path, seconds: float) -> None:
    """Add to the seconds that are written down for a stage."""
    write_atomic(path, f"{read_seconds(path) + seconds:.3f}", durable=False)
