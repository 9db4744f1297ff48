"""`seedbed evaluate`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from typer import Argument, Option

from seedbed.cli.extras import need

Model = Annotated[
    str, Argument(metavar="MODEL", help="a model folder, a GGUF file, a repository id on the Hub, or the URL of a server")
]
Tasks = Annotated[
    str | None, Option(metavar="A,B", help="names in recipes/eval, or paths (default: all whose problems are installed)")
]
Data = Annotated[
    str | None, Option(metavar="DATASET", help="dataset folder or id whose test split is used (default: the model's own)")
]
Out = Annotated[Path | None, Option(metavar="DIR", help="folder of the results (default: build/evaluations/<model name>)")]
Limit = Annotated[int | None, Option(metavar="N", help="Use only the first N problems of each task.")]
Backend = Annotated[
    Literal["auto", "transformers", "llamacpp", "openai", "vllm"],
    Option(help="what runs the model; auto: chosen by the kind of model"),
]


def evaluate(
    model: Model, *, tasks: Tasks = None, data: Data = None, out: Out = None, limit: Limit = None, backend: Backend = "auto"
) -> None:
    """Evaluate a model on the tasks of recipes/eval.

    Writes the scores to the model's card. Continues where it stopped.
    """
    need("evaluate")
    from pipeline import evaluate as stage

    stage.run(model, tasks=tasks, data=data, out=out, limit=limit, backend=backend)
