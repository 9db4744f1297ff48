"""Errors of the Hub: a request that is refused, and a start that is refused."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def one_line(text: str) -> str:
    """Text on one line that does nothing to a terminal: control characters are escaped."""
    text = " ".join(text.split())
    return text if text.isprintable() else "".join(letter if letter.isprintable() else ascii(letter)[1:-1] for letter in text)


class StartError(Exception):
    """The Hub cannot start as asked; `str()` is one line for the command line."""

    def __init__(self, message: str) -> None:
        super().__init__(one_line(message))


class HubError(Exception):
    """A refused request: an HTTP status, one line for a person, and the code that clients map to their own errors.

    `code` is the value of X-Error-Code: RepoNotFound, RevisionNotFound, EntryNotFound, or None.
    `body` holds more fields of the JSON answer; `headers` more headers.
    """

    def __init__(
        self,
        status: int,
        message: str,
        code: str | None = None,
        *,
        body: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(one_line(message))
        self.status = status
        self.code = code
        self.body = dict(body or {})
        self.headers = dict(headers or {})


def repository_not_found() -> HubError:
    """The same answer for a repository that does not exist and for one that the caller may not see."""
    return HubError(404, "Repository not found", "RepoNotFound")


def revision_not_found(revision: str) -> HubError:
    return HubError(404, f"Invalid rev id: {revision}", "RevisionNotFound")


def entry_not_found(path: str) -> HubError:
    return HubError(404, f"Entry not found: {path}", "EntryNotFound")


def bad_request(message: str) -> HubError:
    return HubError(400, message)
