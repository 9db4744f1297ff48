"""Checkpoints of a run: written with a stamp, checked, and where a run goes on."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Final

import xxhash
from pydantic import BaseModel, ConfigDict, ValidationError

from seedbed.core.errors import CheckpointError, TrainingError
from seedbed.core.io.files import swap_in, write_atomic
from seedbed.core.io.progress import say
from seedbed.models.training.run import TrainingRun

STAMP: Final = "seedbed.json"
_DRAFT: Final = ".draft"
_LATEST: Final = "latest.txt"
_CHUNK_BYTES: Final = 1 << 20


class Stamp(BaseModel):
    """Run of a checkpoint, `seconds` of training before it, size in bytes and 64-bit XXH3 of each file."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    recipe: str
    recipe_sha256: str
    tokens_key: str
    precision: str
    step: int
    seconds: float
    files: dict[str, tuple[int, str]] = {}


def stamp_of(run: TrainingRun, step: int, seconds: float) -> Stamp:
    """The stamp of a checkpoint of a run, without its files."""
    return Stamp(
        recipe=run.recipe.name,
        recipe_sha256=run.recipe.sha256,
        tokens_key=run.tokens.key,
        precision=run.precision,
        step=step,
        seconds=seconds,
    )


def steps(folder: Path) -> list[int]:
    """Steps with a checkpoint, in order."""
    return sorted(int(path.name) for path in folder.glob("*") if path.is_dir() and path.name.isdecimal())


def draft(folder: Path) -> Path:
    """Folder in which a checkpoint is written before it is complete."""
    return folder / _DRAFT


def put(folder: Path, stamp: Stamp, keep: int) -> Path:
    """Stamp the draft of a step, move it into place, and delete all but the `keep` newest. Returns: its folder.

    Raises: OSError from the disk; the earlier checkpoints are unchanged.
    """
    written, place = draft(folder) / str(stamp.step), folder / str(stamp.step)
    files = {path.relative_to(written).as_posix(): checksum(path) for path in sorted(written.rglob("*")) if path.is_file()}
    write_atomic(written / STAMP, stamp.model_copy(update={"files": files}).model_dump_json(indent=1) + "\n")
    swap_in(written, place)  # a run that resumed from an earlier step has this step already
    write_atomic(folder / _LATEST, str(stamp.step))
    for step in steps(folder)[:-keep]:
        shutil.rmtree(folder / str(step))
    shutil.rmtree(draft(folder), ignore_errors=True)
    return place


def newest(run: TrainingRun) -> tuple[Path, Stamp] | None:
    """The newest checkpoint of a run, verified; None where there is none.

    Raises: CheckpointError when it is broken, or belongs to another recipe, other tokens or another precision.
    """
    numbers = steps(run.checkpoints)
    if not numbers:
        return None
    place = run.checkpoints / str(numbers[-1])
    try:
        stamp = verified(place)
    except CheckpointError as error:
        whole = next((step for step in reversed(numbers[:-1]) if _is_whole(run.checkpoints / str(step))), None)
        rest = f"to go on from step {whole}, which is whole" if whole is not None else "to start anew"
        raise CheckpointError(f"{error} Allowed: remove {place} {rest}.") from error
    _refuse_others(place, stamp, stamp_of(run, stamp.step, stamp.seconds))
    return place, stamp


def verified(place: Path) -> Stamp:
    """Compare the files of a checkpoint with its stamp. Returns: the stamp.

    Raises: CheckpointError naming the first file that is missing or changed.
    """
    try:
        stamp = Stamp.model_validate_json((place / STAMP).read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, ValidationError) as error:
        raise CheckpointError(f"{place}: broken: {STAMP} is missing or cannot be read.") from error
    for name, (size, hash_) in stamp.files.items():
        path = place / name
        if not path.is_file() or path.stat().st_size != size or checksum(path) != (size, hash_):
            raise CheckpointError(f"{place}: broken: {name} is {'changed' if path.is_file() else 'missing'}.")
    return stamp


def checksum(path: Path) -> tuple[int, str]:
    """Size in bytes and XXH3 of a file, after flushing it to the disk."""
    digest, size = xxhash.xxh3_64(), 0
    with path.open("rb") as stream:
        while chunk := stream.read(_CHUNK_BYTES):
            digest.update(chunk)
            size += len(chunk)
        os.fsync(stream.fileno())
    return size, digest.hexdigest()


def _is_whole(place: Path) -> bool:
    try:
        verified(place)
    except CheckpointError:
        return False
    return True


def _refuse_others(place: Path, stamp: Stamp, ours: Stamp) -> None:
    allowed = "the same recipe and tokens, or another name or --out"
    if stamp.recipe_sha256 != ours.recipe_sha256:
        raise CheckpointError(
            f"{place}: a checkpoint of another recipe ({stamp.recipe}, {stamp.recipe_sha256[:8]}; this one is {ours.recipe}, "
            f"{ours.recipe_sha256[:8]}). Allowed: {allowed}."
        )
    if stamp.tokens_key != ours.tokens_key:
        raise CheckpointError(f"{place}: trained on other tokens than these. Allowed: {allowed}.")
    if stamp.precision != ours.precision:
        raise CheckpointError(f"{place}: trained in {stamp.precision}, this is {ours.precision}. Allowed: the same device.")


Resume = tuple[Path, Stamp] | None


def starting_point(run: TrainingRun, *, resume: bool) -> Resume:
    """The checkpoint to continue from.

    Raises: CheckpointError; TrainingError when there is one and `resume` is off.
    """
    last = newest(run)
    if last and not resume:
        raise TrainingError(
            f"{run.folder}: a run that got to step {last[1].step:,}. Allowed: --resume to go on, or remove the folder."
        )
    return last


def is_complete(run: TrainingRun, start: Resume) -> bool:
    """Whether there is nothing left to train; the first rank says so."""
    is_done = start is not None and start[1].step == run.recipe.steps
    if is_done and int(os.environ.get("RANK", "0")) == 0:
        say(f"{run.folder}: complete, {run.recipe.steps:,} steps.")
    return is_done
