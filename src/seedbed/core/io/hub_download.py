"""Files of a repository on a Hub, in the cache on this machine: downloaded once, and there without a network from then on."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Final, Literal

from seedbed.core.errors import InputError

_ID: Final = re.compile(r"[\w.-]+/[\w.-]+")


def is_id(text: str) -> bool:
    """Whether a text may name a repository.

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
    """The folder of a repository's files, those that are wanted and not ignored (patterns; None for all, and for none).

    Raises: InputError for a repository or a revision that is not there, and when the Hub does not answer and the files are not
    here yet.
    """
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HfHubHTTPError, LocalEntryNotFoundError, RepositoryNotFoundError, RevisionNotFoundError

    patterns, others = (None if one is None else list(one) for one in (wanted, ignored))
    try:
        return Path(
            snapshot_download(repo_id, repo_type=kind, revision=revision, allow_patterns=patterns, ignore_patterns=others)
        )
    except RepositoryNotFoundError as error:
        raise InputError(f"{repo_id}: no such folder, and no such {kind} on the Hub (or not for this login).") from error
    except RevisionNotFoundError as error:
        raise InputError(f"{repo_id}: no revision {revision!r}.") from error
    except (HfHubHTTPError, LocalEntryNotFoundError, OSError) as error:
        raise InputError(f"{repo_id}: no such folder, and the Hub does not give it: {error}.") from error
