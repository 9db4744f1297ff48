"""`seedbed COMMAND ...`, one module a command. Thin: it reads the arguments and calls the pipeline.

Importing it needs no extra: a command imports what it runs once it knows that its extra is installed.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from importlib import import_module
from importlib.util import find_spec
from typing import Annotated, Any

import typer
from typer.main import get_command

from seedbed import __version__
from seedbed.cli import (
    ablate,
    audit,
    compare,
    convert,
    dataset,
    demo_publish,
    duplicates,
    evaluate,
    explain,
    finetune,
    hub,
    inspect,
    plan,
    publish,
    quantize,
    release,
    score,
    serve,
    tokenize,
    train,
)
from seedbed.cli.plain_help import PlainCommand
from seedbed.core.errors import InputError, exit_code_of

if find_spec("seedbed.policy"):
    # The wheel ships the pipeline as `seedbed.policy.pipeline`: a top-level `pipeline` in site-packages could be anybody's.
    sys.modules["pipeline"] = import_module("seedbed.policy.pipeline")

COMMANDS: dict[str, Callable[..., int | None]] = {
    "dataset": dataset.dataset,
    "inspect": inspect.inspect,
    "explain": explain.explain,
    "duplicates": duplicates.duplicates,
    "tokenize": tokenize.tokenize,
    "plan": plan.plan,
    "train": train.train,
    "convert": convert.convert,
    "quantize": quantize.quantize,
    "ablate": ablate.ablate,
    "evaluate": evaluate.evaluate,
    "score": score.score,
    "compare": compare.compare,
    "finetune": finetune.finetune,
    "serve": serve.serve,
    "audit": audit.audit,
    "publish": publish.publish,
    "release": release.release,
    "hub": hub.hub,
    "demo-publish": demo_publish.demo_publish,
}
"""In the order of the work, which is that of the help."""

app = typer.Typer(
    name="seedbed",
    help="Turn public source code into a license-checked, deduplicated, fully explained dataset, and train code models on it.",
    add_completion=False,
    rich_markup_mode=None,
)
for _name, _command in COMMANDS.items():
    app.command(_name, cls=PlainCommand)(_command)
app.command("ablation-run", hidden=True)(ablate.ablation_run)


def _show_version(is_asked: bool) -> None:
    if is_asked:
        sys.stdout.write(f"seedbed {__version__}\n")
        raise typer.Exit


Version = Annotated[bool, typer.Option("--version", is_eager=True, callback=_show_version, help="Show the version and exit.")]


@app.callback()
def _before_the_command(version: Version = False) -> None:
    """Options that come before the command."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command. Returns: 0 when it did what was asked, 2 when the input is at fault, 130 when interrupted."""
    return exit_code_of(lambda: _run(sys.argv[1:] if arguments is None else list(arguments)))


def _run(arguments: list[str]) -> int | None:
    """Raises: InputError for arguments that make no sense."""
    command = get_command(app)
    try:
        with command.make_context("seedbed", arguments) as context:
            code: int | None = command.invoke(context)
            return code
    except typer.Exit as done:
        return done.exit_code
    except typer.TyperException as error:
        where: Any = getattr(error, "ctx", None)
        path = where.command_path if where else "seedbed"
        raise InputError(
            f"{error.format_message().replace('Value error, ', '').removesuffix('.')}. See `{path} --help`."
        ) from error
