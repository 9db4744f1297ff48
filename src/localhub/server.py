"""Start a Hub: check the options, open the folder, add accounts and tokens, serve until SIGTERM or ctrl-C."""

from __future__ import annotations

import sqlite3
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from localhub.accounts import Kind, new_token
from localhub.app import create_app, listening, locked, run
from localhub.blobs import is_full
from localhub.errors import HubError, StartError
from localhub.hub import Hub
from localhub.names import checked_owner

TOKEN_FILE = "token"  # noqa: S105 - the name of a file
_READ = "read:"


@dataclass(frozen=True, slots=True)
class Options:
    """Options of the command line. Port 0 takes a free one; a token with the prefix `read:` only reads.

    Without a token that writes, the one in the folder is used, or made.
    """

    root: Path
    port: int
    user: str
    orgs: tuple[str, ...]
    tokens: tuple[str, ...] = ()


def serve(options: Options) -> None:
    """Serve until SIGTERM or ctrl-C. Prints the place of the token and, when ready, the address.

    Raises: StartError for a folder that is not writable or served already, for a taken port, and for invalid or taken names and
    tokens; no account is made then.
    """
    _check_options(options)
    with locked(options.root), listening(options.port) as listener:
        with _usable(options.root):
            hub = _opened(options)
        try:
            run(create_app(hub), listener)
        finally:
            hub.close()


def _opened(options: Options) -> Hub:
    """The Hub of the folder, with the accounts and tokens of the options."""
    hub = Hub(options.root)
    try:
        hub.blobs.sweep()
        _add_accounts(hub, options)
    except BaseException:
        hub.close()
        raise
    return hub


@contextmanager
def _usable(root: Path) -> Iterator[None]:
    """Raises: StartError for a full disk, or a file that is not a database."""
    try:
        yield
    except (sqlite3.Error, OSError) as error:
        if is_full(error):
            raise StartError(f"{root}: the disk is full. Allowed: a --dir with room for some megabytes.") from error
        if isinstance(error, OSError):
            raise
        raise StartError(
            f"{root}: hub.sqlite3 cannot be used: {error}. Allowed: a folder of `seedbed hub`, or a new one."
        ) from error


def _check_options(options: Options) -> None:
    """Check the options before the folder is opened. Raises: StartError."""
    for option, name, _ in _names(options):
        with _naming(f"{option} {name}"):
            checked_owner(name)
    if options.user.lower() in map(str.lower, options.orgs):
        raise StartError(f"--org {options.user}: the user is called that. Allowed: another name.")
    for token in options.tokens:
        _check_token("--token", token.removeprefix(_READ))


def _names(options: Options) -> list[tuple[str, str, Kind]]:
    return [("--user", options.user, "user"), *(("--org", org, "org") for org in options.orgs)]


@contextmanager
def _naming(option: str) -> Iterator[None]:
    """Turn a refusal into a StartError that names an option."""
    try:
        yield
    except HubError as error:
        raise StartError(f"{option}: {error}.") from error


def _add_accounts(hub: Hub, options: Options) -> None:
    """Check everything first, so that a refusal adds nothing."""
    reading = [token.removeprefix(_READ) for token in options.tokens if token.startswith(_READ)]
    writing = [token for token in options.tokens if not token.startswith(_READ)]
    for option, name, kind in _names(options):
        with _naming(f"{option} {name}"):
            hub.accounts.check_free(name, kind)
    for token in (*reading, *writing):
        _check_owner(hub, options.user, token)
    writing = writing or [_kept_token(_token_file(hub, options))]
    hub.accounts.add_user(options.user)
    for org in options.orgs:
        hub.accounts.add_org(org, (options.user,))
    for token in writing:
        hub.accounts.add_token(options.user, token)
    for token in reading:
        hub.accounts.add_token(options.user, token, "read")


def _check_token(where: str, token: str) -> None:
    """Raises: StartError for a token that a header cannot hold."""
    if not token or not (token.isascii() and token.isprintable()) or " " in token:
        raise StartError(f"{where}: not a token. Allowed: printable ASCII without blanks, after `read:` too.")


def _check_owner(hub: Hub, user: str, token: str) -> None:
    """Raises: StartError for a token of another user."""
    owner = hub.accounts.by_token(token)
    if owner and owner.name.lower() != user.lower():
        raise StartError(f"--token: it is {owner.name}'s already. Allowed: one token for one user.")


def _token_file(hub: Hub, options: Options) -> Path:
    """DIR/token, or DIR/token-NAME if the first belongs to another user."""
    first = options.root / TOKEN_FILE
    owner = hub.accounts.by_token(_read_token(first)) if first.exists() else None
    others = owner is not None and owner.name.lower() != options.user.lower()
    return options.root / f"{TOKEN_FILE}-{options.user.lower()}" if others else first


def _read_token(path: Path) -> str:
    try:
        return path.read_text(encoding="ascii").strip()
    except UnicodeDecodeError as error:
        raise StartError(f"{path}: not a token. Allowed: ASCII, or no such file, to have one made.") from error


def _kept_token(path: Path) -> str:
    """The token of a file with mode 0600, which is made if it is missing. Prints its place, never the token."""
    if not path.exists():
        draft = path.with_suffix(".new")
        draft.touch(mode=0o600)
        draft.write_text(f"{new_token()}\n", encoding="ascii")
        draft.replace(path)
    token = _read_token(path)
    _check_token(str(path), token)
    _say(f"token: {path}")
    return token


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()
