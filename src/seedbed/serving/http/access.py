"""Bearer-token authentication. Tokens are kept as digests and compared in constant time; without tokens the server is open."""

from __future__ import annotations

import ipaddress
import secrets
from collections.abc import Sequence
from hashlib import sha256

from seedbed.core.errors import InputError
from seedbed.serving.http.errors import Refusal

_SCHEME = "bearer"


class Access:
    """Checks the tokens of requests; without configured tokens, every request passes."""

    def __init__(self, tokens: Sequence[str]) -> None:
        """Raises: InputError for a token that a header cannot hold."""
        for token in tokens:
            if not token or not (token.isascii() and token.isprintable()) or " " in token:
                raise InputError("--token: not a token. Allowed: printable ASCII without blanks.")
        self._digests = [_digest(token) for token in tokens]

    def caller(self, authorization: str, address: str) -> str:
        """A name for the caller: its token's number where tokens are configured, else its address.

        Raises: Refusal without a valid token.
        """
        if not self._digests:
            return address
        scheme, _, token = authorization.partition(" ")
        digest = _digest(token.strip())
        known = [secrets.compare_digest(digest, allowed) for allowed in self._digests]  # all, so that the time tells nothing
        if scheme.lower() != _SCHEME or not any(known):
            raise Refusal(401, "No valid bearer token. Allowed: the header Authorization: Bearer TOKEN.", code="invalid_api_key")
        return f"token {known.index(True)}"


def check_address(host: str, tokens: Sequence[str]) -> None:
    """Raises: InputError for an address that other machines can reach when there is no token."""
    if not tokens and not is_loopback(host):
        raise InputError(
            f"--host {host}: others can reach it, and there is no token. Allowed: --token or SEEDBED_TOKEN with it, or 127.0.0.1."
        )


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach an address.

    >>> is_loopback("127.0.0.1"), is_loopback("0.0.0.0")
    (True, False)
    """
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _digest(token: str) -> bytes:
    """Digests have one length, whatever the token."""
    return sha256(token.encode("utf-8", "surrogateescape")).digest()
