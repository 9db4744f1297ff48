"""Help of a command, with arguments written as in the documents: `PATH...`, where typer has `{PATH}... <list[Path]>`."""

from __future__ import annotations

from typing import Any

from typer.core import TyperCommand


class PlainCommand(TyperCommand):
    """A command whose arguments have no type in the help and no braces in the usage line."""

    def collect_usage_pieces(self, ctx: Any) -> list[str]:
        """Words after the name of the command; brackets mark what may be left out."""
        return [piece.replace("{", "").replace("}", "") for piece in super().collect_usage_pieces(ctx)]

    def format_options(self, ctx: Any, formatter: Any) -> None:
        """Write a section for arguments and one for options."""
        for kind in ("argument", "option"):
            of_kind = [parameter for parameter in self.get_params(ctx) if parameter.param_type_name == kind]
            rows = [(parameter, row) for parameter in of_kind if (row := parameter.get_help_record(ctx))]
            if rows:
                with formatter.section(f"{kind.capitalize()}s"):
                    formatter.write_dl(
                        [(parameter.metavar if kind == "argument" else name, text) for parameter, (name, text) in rows]
                    )
