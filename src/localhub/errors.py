"""What the Hub answers when it does not do what was asked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from seedbed.core.errors import SeedbedError


class HubError(SeedbedError):
    """A request that is refused: an HTTP status, one line for a person, and the code that clients map to their own errors.

    `code` is what goes into X-Error-Code: RepoNotFound, RevisionNotFound, EntryNotFound, or None.
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
        super().__init__(message)
        self.status = status
        self.code = code
        self.body = dict(body or {})
        self.headers = dict(headers or {})


def repository_not_found() -> HubError:
    """The same words for a repository that is not there and for one that the asker may not know of."""
    return HubError(404, "Repository not found", "RepoNotFound")


def revision_not_found(revision: str) -> HubError:
    return HubError(404, f"Invalid rev id: {revision}", "RevisionNotFound")


def entry_not_found(path: str) -> HubError:
    return HubError(404, f"Entry not found: {path}", "EntryNotFound")


def bad_request(message: str) -> HubError:
    return HubError(400, message)
