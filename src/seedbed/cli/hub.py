"""`seedbed hub`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from typer import Option

from seedbed.cli.extras import need
from seedbed.core.errors import InputError

Port = Annotated[int, Option(metavar="N", help="port; 0 takes any that is free")]
Folder = Annotated[Path, Option("--dir", metavar="DIR", help="folder of the Hub: repositories, accounts, tokens")]
User = Annotated[str, Option(metavar="NAME", help="user to add")]
Org = Annotated[list[str] | None, Option(metavar="ORG", help="organisation of the user; repeat for more")]
Token = Annotated[
    list[str] | None,
    Option(
        metavar="TOKEN",
        help="token of the user; read:TOKEN only reads; repeat for more (default: the one in DIR/token, created when missing)",
    ),
]


def hub(
    *, port: Port = 8787, folder: Folder = Path("build/hub"), user: User = "seedbed", org: Org = None, token: Token = None
) -> None:
    """Run a local Hub that the official clients accept.

    It listens on 127.0.0.1 until ctrl-C or SIGTERM. Prints its address when it is ready.
    """
    need("hub")
    from localhub.errors import StartError
    from localhub.server import Options, serve

    try:
        serve(Options(folder, port, user, tuple(org or ()), tuple(token or ())))
    except StartError as error:
        raise InputError(str(error)) from error
