"""`seedbed serve`: a model, the policy for what it writes, and the server in front of both."""

from __future__ import annotations

import argparse
import os
from contextlib import closing
from pathlib import Path

from seedbed.completion.safety import load_policy
from seedbed.model.generation import open_backend, opening
from seedbed.server.running import Options, check, listening, serve

POLICY = Path(__file__).parent.parent / "recipes" / "safety" / "default.yaml"
TOKEN_VARIABLE = "SEEDBED_TOKEN"  # noqa: S105 - the name of a variable


def command(arguments: argparse.Namespace) -> None:
    """Serve the model of the arguments until SIGTERM or ctrl-C."""
    options = Options(
        host=arguments.host,
        port=arguments.port,
        tokens=tuple(arguments.token) or _told_by_the_environment(),
        feedback=arguments.feedback,
        requests=arguments.requests,
        waiting=arguments.waiting,
        rate=arguments.rate,
    )
    check(options)
    policy = load_policy(arguments.policy or POLICY)
    how = opening.Options(slots=arguments.requests, fim=arguments.fim)
    with listening(options) as listener, closing(open_backend(arguments.model, arguments.backend, how)) as backend:
        serve(backend, policy, options, listener)


def _told_by_the_environment() -> tuple[str, ...]:
    """Where a process list does not show it."""
    token = os.environ.get(TOKEN_VARIABLE, "")
    return (token,) if token else ()
