"""Who may ask: a bearer token, compared in constant time; who asks is known by a digest of it, never by itself."""

from __future__ import annotations

import ipaddress
import secrets
from collections.abc import Sequence
from hashlib import sha256

from seedbed.core.errors import InputError
from seedbed.serving.http.errors import Refusal

_SCHEME = "bearer"


class Access:
    """The tokens that are let in; without any, everybody who reaches the port is."""

    def __init__(self, tokens: Sequence[str]) -> None:
        """Raises: InputError for what no header can hold."""
        for token in tokens:
            if not token or not (token.isascii() and token.isprintable()) or " " in token:
                raise InputError("--token: not a token. Allowed: printable ASCII without blanks.")
        self._digests = [_digest(token) for token in tokens]

    def caller(self, authorization: str, address: str) -> str:
        """A name for who asks: by token where tokens are wanted, else by address. Raises: Refusal."""
        if not self._digests:
            return address
        scheme, _, token = authorization.partition(" ")
        told = _digest(token.strip())
        known = [secrets.compare_digest(told, digest) for digest in self._digests]  # all of them, whichever fits
        if scheme.lower() != _SCHEME or not any(known):
            raise Refusal(401, "No valid bearer token. Allowed: the header Authorization: Bearer TOKEN.", code="invalid_api_key")
        return f"token {known.index(True)}"


def check_address(host: str, tokens: Sequence[str]) -> None:
    """Raises: InputError for an address that others can reach, where anybody would be let in."""
    if not tokens and not is_loopback(host):
        raise InputError(
            f"--host {host}: others can reach it, and there is no token. Allowed: --token or SEEDBED_TOKEN with it, or 127.0.0.1."
        )


def is_loopback(host: str) -> bool:
    """Whether only this machine reaches an address.

    >>> is_loopback("127.0.0.1"), is_loopback("0.0.0.0")
    (True, False)
    """
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _digest(token: str) -> bytes:
    """All tokens as texts of one length."""
    return sha256(token.encode("utf-8", "surrogateescape")).digest()
