"""Serve a model over HTTP, with policy, attribution, retrieval and feedback."""

from __future__ import annotations

import os
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from seedbed.core.io.http_server import listening
from seedbed.models.inference import factory, open_backend
from seedbed.serving.completion.completer import Completer
from seedbed.serving.completion.factory import open_completer
from seedbed.serving.feedback import open_feedback
from seedbed.serving.http.app import Options, check, serve

POLICY = Path(__file__).parent.parent / "recipes" / "safety" / "default.yaml"
TOKEN_VARIABLE = "SEEDBED_TOKEN"  # noqa: S105 - the name of a variable


@dataclass(frozen=True, slots=True)
class Request:
    """What to serve. `fim` is how a server behind a URL is asked to fill in the middle; feedback goes to the folder
    `feedback`, and every `feedback_minutes` to the Hub dataset `feedback_to`.
    """

    model: str
    backend: str
    fim: str
    policy: Path | None
    dataset: str | None
    project: Path | None
    packages: tuple[str, ...]
    feedback: Path
    feedback_to: str | None
    feedback_minutes: float


def run(request: Request, options: Options) -> None:
    """Serve until SIGTERM or ctrl-C. Raises: InputError, GenerationError before the port answers."""
    check(options)
    with (
        listening(options.host, options.port) as listener,
        closing(_completer(request, options.requests)) as completer,
        closing(open_feedback(request.feedback, request.feedback_to, minutes=request.feedback_minutes)) as sink,
    ):
        serve(completer, sink, options, listener)


def tokens_of_the_environment() -> tuple[str, ...]:
    """The token of a variable, which no process list shows; none where it is not set."""
    token = os.environ.get(TOKEN_VARIABLE, "")
    return (token,) if token else ()


def _completer(request: Request, slots: int) -> Completer:
    return open_completer(
        partial(open_backend, request.model, request.backend, factory.BackendOptions(slots=slots, fim=request.fim)),
        policy=request.policy or POLICY,
        dataset=request.dataset,
        project=request.project,
        packages=request.packages,
    )
