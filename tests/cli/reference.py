"""The page of all commands, from the command line itself."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from typer.main import get_command

from seedbed.cli import app
from seedbed.cli.extras import EXTRAS

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "cli.md"
MARK = "<!-- From here on `make golden` writes this page, from the command line itself. -->\n"
MORE = {
    "dataset": "recipes: ../../recipes/README.md",
    "inspect": "what it shows: ../how-to/inspect.md",
    "explain": "how to read it: ../how-to/explain.md",
    "duplicates": "how they are found: ../method/deduplication.md",
    "tokenize": "tokens: ../method/tokens.md",
    "train": "training: ../method/training.md",
    "convert": "models: ../method/models.md",
    "quantize": "models: ../method/models.md",
    "ablate": "ablations: ../method/ablations.md",
    "evaluate": "evaluation: ../method/evaluation.md",
    "score": "the sandbox: ../method/sandbox.md",
    "compare": "evaluation: ../method/evaluation.md",
    "finetune": "fine-tuning: ../method/finetuning.md",
    "serve": "serving: ../how-to/serving.md",
    "audit": "safety: ../method/safety.md",
    "publish": "publishing: ../how-to/publishing.md",
    "release": "publishing: ../how-to/publishing.md",
    "hub": "the local Hub: ../how-to/hub.md",
    "demo-publish": "publishing: ../how-to/publishing.md",
}
"""Page beside each command."""


def commands() -> dict[str, Any]:
    """Each command of the help, as typer keeps it."""
    group: Any = get_command(app)
    return {name: command for name, command in group.commands.items() if not command.hidden}


def options(command: Any) -> set[str]:
    """Options of a command, as they are typed."""
    return {word for parameter in command.params for word in parameter.opts if word.startswith("--")}


def page() -> str:
    """The page: what stands before the mark is written by hand."""
    by_hand = PAGE.read_text(encoding="utf-8").partition(MARK)[0]
    return by_hand + MARK + "\n" + "\n".join(line for name, command in commands().items() for line in _section(name, command))


def _section(name: str, command: Any) -> Iterator[str]:
    yield f"## seedbed {name}\n"
    title, _, address = MORE.get(name, "").partition(": ")
    more = f" More: [{title}]({address})." if title else ""
    yield _escaped(re.sub(r"(?<!\n)\n(?!\n)", " ", command.help.strip())) + f"{more}\n"
    extras = EXTRAS[name][0].split(",")
    yield f"Needs the extra{'s' if extras[1:] else ''} {', '.join(f'`{extra}`' for extra in extras)}.\n"
    yield "| Argument or option | Meaning | Default |\n|---|---|---|"
    yield from map(_row, command.params)
    yield ""


def _row(parameter: Any) -> str:
    word = parameter.metavar if parameter.param_type_name == "argument" else " ".join([*parameter.opts, _value(parameter)])
    many = " ..." if parameter.nargs == -1 else ""
    return f"| `{word.strip()}{many}` | {_escaped(parameter.help)} | {_default(parameter)} |".replace("  |", " |")


def _value(parameter: Any) -> str:
    """What follows an option; nothing after a switch."""
    if parameter.is_flag:
        return ""
    choices = parameter.type_descriptor.choices
    return r"\|".join(choices) if choices else parameter.metavar or parameter.name.upper()


def _default(parameter: Any) -> str:
    if parameter.required:
        return "required"
    return "" if parameter.default in (None, False) else f"`{parameter.default}`"


def _escaped(text: str) -> str:
    """Placeholders in angle brackets would be HTML, a bar the end of a cell."""
    return text.replace("|", r"\|").replace("<", "&lt;").replace(">", "&gt;")
