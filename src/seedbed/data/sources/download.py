"""Downloads by hash: cached, verified, resumed."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from httpx2 import HTTPError, HTTPStatusError, Response
from unearth import Link

from seedbed.core.errors import HashError, SourceError
from seedbed.core.io.files import cache_folder, file_sha256, queued
from seedbed.data.sources.base import Progress, is_day
from seedbed.data.sources.package_index import client

_ATTEMPTS = 4
_FIRST_PAUSE_SECONDS = 0.5


def default_cache() -> Path:
    """Folder of downloads: $SEEDBED_CACHE, else the user's cache folder. Raises: SourceError for a user who has none."""
    try:
        return cache_folder()
    except RuntimeError as error:
        raise SourceError("~/.cache/seedbed: no home folder to keep downloads in. Allowed: SEEDBED_CACHE=FOLDER.") from error


def cached(cache: Path, sha256: str) -> tuple[Path, dict[str, str | None]] | None:
    """A verified download and the facts kept with it; None when it is not there or has been damaged."""
    folder = cache / "sha256" / sha256
    facts = _facts(folder)
    path = next((path for path in folder.glob("*") if path.name == facts.get("filename") and path.is_file()), None)
    if path is None or file_sha256(path) != sha256:
        return None
    return path, facts


def download(
    cache: Path, sha256: str, find: Callable[[], Link], what: str, progress: Progress, *, facts: Mapping[str, str]
) -> Path:
    """Fetch a file into the cache, and keep `facts` with it.

    A download that was cut off resumes; no file has its final name before its hash is right.
    Raises: SourceError when the download fails, HashError when the bytes are not the pinned ones.
    """
    folder = cache / "sha256" / sha256
    with queued(folder):
        if already := cached(cache, sha256):
            return already[0]
        link = find()
        part = folder / "download.part"
        is_resumed = part.exists()
        sha256_of_part = _fetch(link, part, what, progress)
        if sha256_of_part != sha256 and is_resumed:  # what an earlier run left may be at fault: once more, from the start
            part.unlink()
            sha256_of_part = _fetch(link, part, what, progress)
        if sha256_of_part != sha256:
            part.unlink()
            raise HashError(f"{what}: sha256 is {sha256_of_part}, the recipe pins {sha256}. Allowed: the pinned file only.")
        path = folder / link.filename
        part.replace(path)
        released = link.upload_time.date().isoformat() if link.upload_time else None
        _write_facts(folder, {**facts, "filename": link.filename, "release_date": released})
    return path


def _fetch(link: Link, part: Path, what: str, progress: Progress) -> str:
    """Download the rest of a file. Returns: the sha256 of the whole. Raises: SourceError after the last attempt."""
    for attempt in range(_ATTEMPTS):
        try:
            _fetch_rest(link, part, progress)
        except HTTPStatusError as error:
            code = error.response.status_code
            if code < 500 and code != 429:
                raise SourceError(f"{what}: the package index answers {code}.") from error
            last: Exception = error
        except (HTTPError, OSError) as error:
            last = error
        else:
            return file_sha256(part)
        if attempt + 1 < _ATTEMPTS:
            time.sleep(_FIRST_PAUSE_SECONDS * 2**attempt)
    why = last.strerror if isinstance(last, OSError) and last.strerror else type(last).__name__
    raise SourceError(f"{what}: cannot be downloaded ({why}); run again to go on where it stopped.") from last


def _fetch_rest(link: Link, part: Path, progress: Progress) -> None:
    start = part.stat().st_size if part.exists() else 0
    headers = {"Accept-Encoding": "identity"} | ({"Range": f"bytes={start}-"} if start else {})
    with client().get_stream(link.url_without_fragment, headers=headers) as response:
        if response.status_code == 416 and start:  # what we have is all there is, or is not this file: start over
            part.unlink(missing_ok=True)
            return _fetch_rest(link, part, progress)
        response.raise_for_status()
        resumed = response.status_code == 206
        _append(response, part, start if resumed else 0, progress)
    return None


def _append(response: Response, part: Path, start: int, progress: Progress) -> None:
    length = response.headers.get("Content-Length")
    total = start + int(length) if length else None
    done = start
    with part.open("ab" if start else "wb") as stream:
        for chunk in response.iter_raw():  # as it arrives: what came before a cut is kept
            stream.write(chunk)
            done += len(chunk)
            progress(done, total)


def _facts(folder: Path) -> dict[str, str | None]:
    try:
        facts = json.loads((folder / "facts.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return facts if isinstance(facts, dict) and _are_facts(facts) else {}


def _are_facts(facts: Mapping[str, object]) -> bool:
    """Whether facts are valid: the cache is a folder that users may have edited."""
    day = facts.get("release_date")
    is_text = all(value is None or isinstance(value, str) for value in facts.values())
    return is_text and (day is None or is_day(str(day)))


def _write_facts(folder: Path, facts: dict[str, str | None]) -> None:
    temporary = folder / "facts.json.part"
    temporary.write_text(json.dumps(facts, sort_keys=True) + "\n", encoding="utf-8")
    temporary.replace(folder / "facts.json")
