"""`seedbed serve`: a model, what stands around it, and the server in front of both."""

from __future__ import annotations

import argparse
import os
from contextlib import closing
from functools import partial
from pathlib import Path

from seedbed.core.io.http_server import listening
from seedbed.models.inference import factory, open_backend
from seedbed.serving.completion.completer import Completer
from seedbed.serving.completion.factory import open_completer
from seedbed.serving.feedback import open_feedback
from seedbed.serving.http.run import Options, check, serve

POLICY = Path(__file__).parent.parent / "recipes" / "safety" / "default.yaml"
TOKEN_VARIABLE = "SEEDBED_TOKEN"  # noqa: S105 - the name of a variable


def command(arguments: argparse.Namespace) -> None:
    """Serve the model of the arguments until SIGTERM or ctrl-C."""
    options = Options(
        host=arguments.host,
        port=arguments.port,
        tokens=tuple(arguments.token) or _told_by_the_environment(),
        requests=arguments.requests,
        waiting=arguments.waiting,
        rate=arguments.rate,
    )
    check(options)
    with (
        listening(options.host, options.port) as listener,
        closing(_completer(arguments)) as completer,
        closing(open_feedback(arguments.feedback, arguments.feedback_to, minutes=arguments.feedback_every)) as sink,
    ):
        serve(completer, sink, options, listener)


def _completer(arguments: argparse.Namespace) -> Completer:
    how = factory.BackendOptions(slots=arguments.requests, fim=arguments.fim)
    return open_completer(
        partial(open_backend, arguments.model, arguments.backend, how),
        policy=arguments.policy or POLICY,
        dataset=arguments.dataset,
        project=arguments.project,
        packages=arguments.package,
    )


def _told_by_the_environment() -> tuple[str, ...]:
    """Where a process list does not show it."""
    token = os.environ.get(TOKEN_VARIABLE, "")
    return (token,) if token else ()
