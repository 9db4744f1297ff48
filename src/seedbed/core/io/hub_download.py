"""Download the files of a repository on a Hub into the local cache; later calls work offline."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Final, Literal

from seedbed.core.errors import InputError

_ID: Final = re.compile(r"[\w.-]+/[\w.-]+")


def is_id(text: str) -> bool:
    """Whether a text has the form of a repository id.

    >>> is_id("owner/name"), is_id("a/b/c"), is_id("./folder/")
    (True, False, False)
    """
    return bool(_ID.fullmatch(text))


def snapshot(
    repo_id: str,
    kind: Literal["model", "dataset"],
    *,
    wanted: Sequence[str] | None = None,
    ignored: Sequence[str] | None = None,
    revision: str | None = None,
) -> Path:
    """Download a snapshot of a repository, and return its folder.

    Args: wanted: patterns of files to download, None for all; ignored: patterns of files to leave out, None for none.
    Raises: InputError for a repository or a revision that does not exist, and when the Hub does not answer and the files are
    not in the cache.
    """
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HfHubHTTPError, LocalEntryNotFoundError, RepositoryNotFoundError, RevisionNotFoundError

    allowed, left_out = (None if patterns is None else list(patterns) for patterns in (wanted, ignored))
    try:
        return Path(
            snapshot_download(repo_id, repo_type=kind, revision=revision, allow_patterns=allowed, ignore_patterns=left_out)
        )
    except RepositoryNotFoundError as error:
        raise InputError(f"{repo_id}: no such folder, and no such {kind} on the Hub (or not for this login).") from error
    except RevisionNotFoundError as error:
        raise InputError(f"{repo_id}: no revision {revision!r}.") from error
    except (HfHubHTTPError, LocalEntryNotFoundError, OSError) as error:
        raise InputError(f"{repo_id}: no such folder, and the Hub does not give it: {error}.") from error
