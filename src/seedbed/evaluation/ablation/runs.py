"""Runs of an ablation: trained in parallel, each in a folder named by what decides it, and their results."""

from __future__ import annotations

import json
import os
import subprocess
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Final

import yaml

from seedbed.core.config.training import DatasetChoice, TrainRecipe
from seedbed.core.errors import InputError, TrainingError
from seedbed.core.io.files import model_sha256, write_atomic
from seedbed.core.runs.keys import code_of, key_of
from seedbed.evaluation.ablation.recipe import Judge
from seedbed.evaluation.prompts import read_split
from seedbed.evaluation.results import TaskResult
from seedbed.evaluation.runner import WorkFolder, run_task
from seedbed.models.inference import open_backend
from seedbed.models.tokens.manifest import TRAIN, VALIDATION, TokensManifest
from seedbed.models.training.launch import PARENT

_POLL_SECONDS: Final = 0.5
_GRACE_SECONDS: Final = 60.0
"""Time for a run to finish its step and write a checkpoint."""


@dataclass(frozen=True, slots=True)
class Command:
    """A command line, its name, and its log file."""

    name: str
    words: tuple[str, ...]
    log: Path


def run_all(commands: Sequence[Command], at_once: int, tick: Callable[[], None], ended: Callable[[Command], None]) -> None:
    """Run commands, `at_once` at a time, until all have ended well.

    When one fails, or this process is interrupted or ends, the others are asked to stop, and keep what they have.
    Args: tick: called again and again meanwhile; ended: called with each that ends.
    Raises: TrainingError naming the one that failed, with its last line.
    """
    waiting, running = list(commands), dict[Command, subprocess.Popen[bytes]]()
    try:
        while waiting or running:
            while waiting and len(running) < at_once:
                command = waiting.pop(0)
                running[command] = _start(command, min(at_once, len(commands)))
            for command in [started for started, process in running.items() if process.poll() is not None]:
                if code := running.pop(command).returncode:
                    raise TrainingError(f"{command.name}: {_last_line(command.log, code)} (log: {command.log})")
                ended(command)
            tick()
            if running:
                time.sleep(_POLL_SECONDS)
    finally:
        _stop(list(running.values()))


def _start(command: Command, neighbours: int) -> subprocess.Popen[bytes]:
    """In a session of its own: ctrl-C reaches this process alone, which hands it on; each takes its share of the cores."""
    command.log.parent.mkdir(parents=True, exist_ok=True)
    variables = {**os.environ, "LOCAL_WORLD_SIZE": str(neighbours), PARENT: str(os.getpid())}
    with command.log.open("ab") as log:
        return subprocess.Popen(command.words, env=variables, stdout=log, stderr=log, start_new_session=True)


def _stop(processes: Sequence[subprocess.Popen[bytes]]) -> None:
    for process in processes:
        process.terminate()
    deadline = time.monotonic() + _GRACE_SECONDS
    for process in processes:
        with suppress(subprocess.TimeoutExpired):
            process.wait(max(0.0, deadline - time.monotonic()))
        process.kill()
        process.wait()


def _last_line(log: Path, code: int) -> str:
    lines = [line.strip() for line in log.read_text(encoding="utf-8", errors="replace").splitlines() if line.strip()]
    return lines[-1].removeprefix("seedbed: ") if lines else f"exit code {code}"


TRAINING: Final = ("seedbed.models.training.nanotron.session", "seedbed.models.conversion.convert")
"""What makes a model of tokens; what makes the tokens is in their own key."""
TOKENIZER: Final = "tokenizer"


@dataclass(frozen=True, slots=True)
class TrainedRun:
    """One model: what it is trained on, and its folder."""

    name: str
    recipe: TrainRecipe
    folder: Path

    @property
    def recipe_path(self) -> Path:
        """The training recipe, seed included."""
        return self.folder / "recipe.yaml"

    @property
    def tokens(self) -> Path:
        """The tokens of the variant."""
        return self.folder / "tokens"

    @property
    def run(self) -> Path:
        """What training writes."""
        return self.folder / "run"

    @property
    def model(self) -> Path:
        """The model as transformers loads it."""
        return self.folder / "model"

    @property
    def is_trained(self) -> bool:
        """Whether the model is there."""
        return (self.model / "config.json").is_file()

    @property
    def steps_done(self) -> int:
        """Steps taken so far."""
        try:
            return (self.run / "metrics.jsonl").read_bytes().count(b'"lr"')
        except FileNotFoundError:
            return 0

    @property
    def seconds(self) -> float:
        """Wall seconds of training."""
        return float(json.loads((self.run / "run.json").read_text(encoding="utf-8"))["seconds"])


def prepare(name: str, side: Path, recipe: TrainRecipe, work: Path) -> TrainedRun:
    """The folder of a run: its recipe, and links to the tokens of its variant.

    Args: side: a folder of tokens; recipe: with the seed of the run. Raises: InputError for a folder without tokens.
    """
    tokens = TokensManifest.load(side)
    key = key_of(code_of(*TRAINING), tokens.key, tokens.tokenizer_sha256, recipe.model_dump(mode="json"))[:16]
    made = TrainedRun(name, recipe, work / "runs" / key)
    made.tokens.mkdir(parents=True, exist_ok=True)
    for part in (TRAIN, VALIDATION, TOKENIZER):
        link = made.tokens / part
        link.unlink(missing_ok=True)
        link.symlink_to((side / part).resolve())
    tokens.model_copy(update={"recipe_sha256": recipe.sha256}).save(made.tokens)
    made.recipe_path.write_text(yaml.safe_dump(recipe.model_dump(mode="json"), sort_keys=False), encoding="utf-8")
    return made


def judged_folder(run: TrainedRun, held_out: str, tasks: str, work: Path) -> Path:
    """Folder of the results of a run. Args: held_out: hash of the files; tasks: hash of the tasks."""
    return work / "judged" / key_of(code_of(__name__), run.folder.name, held_out, tasks)[:16]


def save_result(result: TaskResult, folder: Path) -> None:
    """Keep what a run said to one task, whole or not at all."""
    folder.mkdir(parents=True, exist_ok=True)
    write_atomic(folder / f"{result.name}.json", json.dumps(result.model_dump(mode="json"), indent=1) + "\n")


def load_result(folder: Path, name: str) -> TaskResult | None:
    """The result of a task for a run; None where there is none yet. Raises: InputError for a broken file."""
    path = folder / f"{name}.json"
    if not path.is_file():
        return None
    try:
        return TaskResult.model_validate_json(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise InputError(f"{path}: no results of a task. Remove the file, and run again.") from error


def load_results(folders: Sequence[Path], name: str) -> list[TaskResult]:
    """The results of a task, one per run. Raises: InputError where one is missing."""
    loaded = [(folder, load_result(folder, name)) for folder in folders]
    for folder, result in loaded:
        if result is None:
            raise InputError(f"{folder}: no results of {name}. Run `make ablate` again.")
    return [result for _, result in loaded if result is not None]


def judge(model: Path, tasks: Sequence[Judge], held_out: Path, out: Path) -> None:
    """Evaluate a model by all tasks that have no result yet.

    Args: model: a transformers folder; held_out: a dataset folder whose test split is used; out: folder of results.
    Raises: InputError when a task cannot be asked of these files.
    """
    missing = [task for task in tasks if load_result(out, task.name) is None]
    if not missing:
        return
    documents = cache(lambda: read_split(DatasetChoice(path=str(held_out))))
    work = WorkFolder(out / "work", model_sha256(model), None, datetime.now(UTC).date().isoformat())
    backend = open_backend(model, "transformers")
    try:
        for task in missing:
            result, journal = run_task(task, task.prepare(documents), backend, work)
            if result.not_run is not None:
                raise InputError(f"{task.name}: {result.not_run}. Allowed: more held-out files.")
            save_result(result, out)
            journal.remove()
    finally:
        backend.close()
