"""`python -m localhub`: run a local Hub."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from localhub.errors import StartError
from localhub.server import Options, serve


def main() -> int:
    """Parse the command line and serve. Returns: exit code 0, or 2 for a start that is refused."""
    parser = argparse.ArgumentParser(
        prog="python -m localhub", description="Run a local Hub on 127.0.0.1 until ctrl-C or SIGTERM."
    )
    parser.add_argument("--port", type=int, default=8787, help="port (default: %(default)s); 0 takes any that is free")
    parser.add_argument("--dir", type=Path, default=Path("build/hub"), help="folder that keeps everything (default: %(default)s)")
    parser.add_argument("--user", default="me", help="user to add (default: %(default)s)")
    parser.add_argument("--org", action="append", default=[], help="organisation of the user; repeatable")
    parser.add_argument("--token", action="append", default=[], help="token of the user; read:TOKEN only reads; repeatable")
    options = parser.parse_args()
    try:
        serve(Options(options.dir, options.port, options.user, tuple(options.org), tuple(options.token)))
    except StartError as error:
        sys.stderr.write(f"localhub: {error}\n")
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
