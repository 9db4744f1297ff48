"""The Hub's client: its login, its errors as one line, and the state of a repository."""

from __future__ import annotations

import json
import logging
import re
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import httpx2
from huggingface_hub import HfApi, constants, get_token
from huggingface_hub.errors import (
    EntryNotFoundError,
    HfHubHTTPError,
    HFValidationError,
    LocalTokenNotFoundError,
    OfflineModeIsEnabled,
    RepositoryNotFoundError,
)
from huggingface_hub.hf_api import RepoFile
from huggingface_hub.utils import get_session  # type: ignore[attr-defined]  # not in its list of exports
from huggingface_hub.utils.tqdm import disable_progress_bars

from seedbed import __version__
from seedbed.core.errors import HubAccessError, HubAwayError, PublishError
from seedbed.publishing.hub.content import Entry

_SIGNATURE = re.compile(r"(https?://[^\s?'\"]+)\?[^\s'\"]+")
_TOKEN = re.compile(r"\bhf_\w{4,}|\b[Bb]earer\s+\S+")
_STATUS = re.compile(r"\bHTTP status \w+ error \(([45]\d\d)\b")  # in the words of the Xet client, which has no class for it
_LOOPBACK = re.compile(r"https?://(?:127\.|localhost\b|\[::1\])")
_PROBE_SECONDS = 10
_FIRST_OF_SERVERS, _TOO_MANY = 500, 429  # statuses that say "not now"
_MEANINGS = {
    401: "the Hub does not accept this login. Allowed: `hf auth login`, or HF_TOKEN, with a valid token",
    402: "the Hub wants this account to pay for that",
    403: "this login may not write there. Allowed: a token with write access to it",
    404: "not found. Allowed: a repository that exists and that this login may see",
    409: "in conflict with what is there",
    412: "changed by another client in the meantime. Run the same command again",
    413: "too large for one request",
    507: "the Hub's disk is full. Run the same command again when there is room: it continues where it stopped",
    429: "too many requests. Run the same command later: it continues where it stopped",
}
_WORDS: tuple[tuple[tuple[type[Exception], ...], str], ...] = (
    ((LocalTokenNotFoundError,), "{what}: no login. Allowed: `hf auth login`, or HF_TOKEN."),
    ((OfflineModeIsEnabled,), "{what}: HF_HUB_OFFLINE is set. Allowed: unset it to reach a Hub."),
    ((httpx2.InvalidURL, httpx2.UnsupportedProtocol), "{endpoint}: not the address of a Hub. See HF_ENDPOINT."),
    ((httpx2.TransportError,), "{what}: {endpoint} cannot be reached ({kind}). Allowed: {start}check HF_ENDPOINT."),
    ((json.JSONDecodeError, KeyError), "{endpoint}: does not answer like a Hub. See HF_ENDPOINT."),
)


@cache
def client() -> HfApi:
    """The official client at the endpoint it is configured for (HF_ENDPOINT), with its own login."""
    for handler in logging.getLogger("huggingface_hub").handlers:
        handler.addFilter(_struck_out)
    if not sys.stderr.isatty():
        disable_progress_bars()  # the client draws its bars into log files too
    return HfApi(library_name="seedbed", library_version=__version__)


def endpoint() -> str:
    """Address of the Hub that the client is configured for."""
    return client().endpoint


def login() -> dict[str, str]:
    """Who is logged in: `name`, and the token's `role` (`read`, `write`, `fineGrained`).

    Raises: HubAccessError without a login, with one that the Hub does not accept, or without a Hub.
    """
    with one_line_errors("login"):
        answer = client().whoami(cache=True)
        role = answer.get("auth", {}).get("accessToken", {}).get("role", "")
        return {"name": str(answer["name"]), "role": str(role)}


def reach() -> None:
    """Check with one request that the Hub answers: the client itself would retry for half a minute, with a warning each time.

    Raises: HubAccessError when nothing answers.
    """
    with one_line_errors("Hub"):
        get_session().head(endpoint(), timeout=_PROBE_SECONDS)


def has_login() -> bool:
    """Whether the client has a token at all."""
    return get_token() is not None


def check_owner(repo_id: str) -> None:
    """Raises: HubAccessError when the login is neither the owner nor a member of it."""
    with one_line_errors("login"):
        answer = client().whoami(cache=True)
        names = [str(answer["name"]), *(str(org["name"]) for org in answer.get("orgs") or ())]
    if repo_id.partition("/")[0].lower() not in map(str.lower, names):
        raise HubAccessError(f"{repo_id}: this login may not write there. Allowed: a repository of {' or '.join(names[:9])}.")


def need_writer() -> None:
    """Raises: HubAccessError without a login, or with one that may only read."""
    who = login()
    if who["role"] == "read":
        raise HubAccessError(f"login {who['name']}: its token may only read. Allowed: a token with write access.")


@contextmanager
def one_line_errors(what: str) -> Iterator[None]:
    """Raise whatever the client raises as a PublishError that names `what`, in one line without any token."""
    try:
        yield
    except HFValidationError as error:
        raise PublishError(f"{what}: {error}") from None
    except (httpx2.HTTPError, httpx2.InvalidURL, OSError, RuntimeError, ValueError, KeyError) as error:
        raise (HubAwayError if _is_away(error) else HubAccessError)(_line(what, error)) from None


def without_tokens(words: str) -> str:
    """A text from outside with every token, and every signature of a link, replaced by `***`."""
    token = get_token()
    words = words.replace(token, "***") if token else words
    return _SIGNATURE.sub(r"\1?***", _TOKEN.sub("***", words))


def status_of(error: BaseException) -> int | None:
    """HTTP status of a client's error; None for other errors."""
    return error.response.status_code if isinstance(error, HfHubHTTPError) else None


def repo_url(repo_id: str, kind: str) -> str:
    """Web address of a repository."""
    return f"{endpoint()}/{constants.REPO_TYPES_URL_PREFIXES.get(kind, '')}{repo_id}"


def _of_status(what: str, error: HfHubHTTPError) -> str:
    status = error.response.status_code
    meaning = _meaning(404 if isinstance(error, RepositoryNotFoundError) else status)
    answer = without_tokens(" ".join((error.server_message or "").split()))[:300]
    return f"{what}: {meaning} ({status}{': ' + answer if answer else ''})."


def _meaning(status: int) -> str:
    return _MEANINGS.get(status, "the Hub could not do it. Run the same command later" if status >= 500 else "refused")


def _line(what: str, error: BaseException) -> str:
    """An error of the client as one line. Uploads wrap the real error in another, so the causes are searched too."""
    chain = list(_causes(error))
    for cause in chain:
        if isinstance(cause, HfHubHTTPError):
            return _of_status(what, cause)
        for types, sentence in _WORDS:
            if isinstance(cause, types):
                start = "start it with `seedbed hub`, or " if _LOOPBACK.match(endpoint()) else ""
                return sentence.format(what=what, endpoint=endpoint(), kind=type(cause).__name__, start=start)
    words = without_tokens(" ".join(str(chain[-1]).split()))
    if status := _STATUS.search(words):
        return f"{what}: {_meaning(int(status[1]))} ({status[1]})."
    return f"{what}: {words[:300] or type(error).__name__}"


def _is_away(error: BaseException) -> bool:
    return any(
        (isinstance(cause, httpx2.TransportError) and not isinstance(cause, httpx2.UnsupportedProtocol))
        or (status := status_of(cause) or 0) >= _FIRST_OF_SERVERS
        or status == _TOO_MANY
        for cause in _causes(error)
    )


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    """An error, what caused it, and so on."""
    while error is not None:
        yield error
        error = error.__cause__


def _struck_out(record: logging.LogRecord) -> bool:
    """Filter of the client's log, which warns of retries with the whole link, signature included."""
    record.msg, record.args = without_tokens(record.getMessage()), ()
    return True


MAIN = constants.DEFAULT_REVISION


@dataclass(frozen=True)
class RemoteFile:
    """A file of a repository: its size, and the hash the Hub knows it by (SHA-256 when `large`, else git's SHA-1)."""

    path: str
    size: int
    digest: str
    large: bool

    def holds(self, entry: Entry) -> bool:
        """Whether it has the entry's very bytes; hashes only what has the same size."""
        return self.size == entry.size and self.digest == (entry.sha256 if self.large else entry.git_sha1)


@dataclass(frozen=True)
class Remote:
    """A repository at its newest commit; `exists` is false where there is none."""

    exists: bool
    head: str | None = None
    private: bool | None = None
    files: Mapping[str, RemoteFile] = field(default_factory=dict)
    tags: Mapping[str, str] = field(default_factory=dict)
    branches: frozenset[str] = frozenset()
    pull_requests: Mapping[int, str] = field(default_factory=dict)


def read(repo_id: str, kind: str) -> Remote:
    """Read a repository's newest commit, its tags and its pull requests.

    Raises: HubAccessError when the Hub cannot be read.
    """
    with one_line_errors(repo_id):
        try:
            info = client().repo_info(repo_id, repo_type=kind)
        except RepositoryNotFoundError:
            return Remote(exists=False)
        refs = client().list_repo_refs(repo_id, repo_type=kind, include_pull_requests=True)
    return Remote(
        exists=True,
        head=info.sha,
        private=info.private,
        files=files(repo_id, kind, info.sha or MAIN),
        tags={tag.name: tag.target_commit for tag in refs.tags},
        branches=frozenset(branch.name for branch in refs.branches),
        pull_requests={int(ref.name): ref.target_commit for ref in refs.pull_requests or () if ref.name.isdigit()},
    )


def files(repo_id: str, kind: str, revision: str) -> dict[str, RemoteFile]:
    """Every file of one commit."""
    with one_line_errors(repo_id):
        tree = client().list_repo_tree(repo_id, recursive=True, revision=revision, repo_type=kind)
        return {item.path: _file(item) for item in tree if isinstance(item, RepoFile)}


def text(repo_id: str, kind: str, path: str) -> str | None:
    """A small text file at the newest commit; None when there is no such file or repository."""
    with tempfile.TemporaryDirectory(prefix="seedbed-") as folder, one_line_errors(f"{repo_id}: {path}"):
        try:
            file = client().hf_hub_download(repo_id, path, repo_type=kind, local_dir=folder)
        except (RepositoryNotFoundError, EntryNotFoundError):
            return None
        return Path(file).read_text(encoding="utf-8", errors="replace")


def _file(item: RepoFile) -> RemoteFile:
    if item.lfs is not None:
        return RemoteFile(item.path, item.lfs.size, item.lfs.sha256, large=True)
    return RemoteFile(item.path, item.size, item.blob_id, large=False)
