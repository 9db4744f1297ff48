"""`git: URL` + `commit`: the tracked files of one commit, read from git's own objects; nothing is checked out or run."""

from __future__ import annotations

import os
import re
import subprocess
from collections import Counter
from collections.abc import Generator, Iterator, Sequence
from contextlib import closing
from hashlib import sha256
from pathlib import Path
from typing import ClassVar
from urllib.parse import urlsplit, urlunsplit

from packageurl import PackageURL
from pydantic import field_validator

from seedbed.core.config.recipe import Archives
from seedbed.core.errors import SourceError
from seedbed.core.io.files import new_folder, queued
from seedbed.data.sources.base import (
    Address,
    Fetched,
    Name,
    Progress,
    Sha1,
    Source,
    SourceFile,
    Survey,
    blob_swhid,
    local_path,
    survey_sizes,
)

_SCHEMES = ("https", "ssh", "file", "git", "http")
_SAFE = ("-c", "protocol.ext.allow=never", "-c", "core.hooksPath=/dev/null", "-c", "core.fsmonitor=false")
_LISTING = ("ls-tree", "-r", "-z", "--long", "--full-tree")
_BAD = re.compile(rb"blob [0-9a-f]{40} +BAD\t")
"""What git lists for the size of a file that is lost or damaged."""
_LINK = b"120000"
_MAX_TARGET_BYTES = 4096
"""A symbolic link with a longer target leads nowhere."""


class GitSource(Source):
    """A commit of a git repository, by URL or local path."""

    kind: ClassVar[str] = "git"
    git: Address
    commit: Sha1
    name: Name | None = None

    @field_validator("git")
    @classmethod
    def _address(cls, value: str) -> str:
        scheme = urlsplit(value).scheme if "://" in value else "file"
        if value.startswith("-") or "::" in value or scheme not in _SCHEMES:
            raise ValueError(f"{_public(value)!r} is not a git address ({', '.join(_SCHEMES)} or a path)")
        return value

    @property
    def project(self) -> str:
        return PackageURL("generic", name=self.name).to_string() if self.name else f"git+{_public(self.git)}"

    def fetch(self, cache: Path, folder: Path, progress: Progress) -> Fetched:
        """Fetch the commit into the cache. Raises: SourceError."""
        local = None if ":" in self.git else local_path(folder, self.git)
        if local and not local.is_dir():
            raise SourceError(f"git: {self.git}: no such folder. Relative paths start at the recipe.")
        address = str(local or self.git)
        home = cache / "git" / sha256(f"{address}\n{self.commit}".encode()).hexdigest()[:24]
        repository = home / "repository"
        with queued(home):
            if not _has(repository, self.commit):
                self._clone(address, repository)
        date = _kept(repository, "show", "-s", "--date=format-local:%Y-%m-%d", "--format=%cd", self.commit).decode().strip()
        size = sum(entry.size_bytes for entry in _tree(repository, self.commit, Counter()))
        project = _project(local, self.commit) if local and not self.name else None
        return Fetched(repository, size, None, self.commit, date, project)

    def _clone(self, address: str, repository: Path) -> None:
        """Fetch the commit alone; fetch everything where a server does not serve single commits."""
        with new_folder(repository) as draft:
            _git(draft, "init", "--quiet", "--bare")
            for what in (("--depth=1", "--", address, self.commit), ("--", address, "+refs/*:refs/remotes/all/*")):
                done = _run(draft, "fetch", "--quiet", "--no-tags", "--no-recurse-submodules", *what)
                if done.returncode == 0 and _has(draft, self.commit):
                    return
            raise self._refusal(address, done)

    def _refusal(self, address: str, done: subprocess.CompletedProcess[bytes]) -> SourceError:
        words = done.stderr.decode("utf-8", "replace").replace(address, _public(self.git)).strip().splitlines()
        if any("does not appear to be a git repository" in line for line in words):
            return SourceError(f"git: {_public(self.git)}: no git repository. Allowed: one that holds commit {self.commit}.")
        why = next((line for line in words if line.startswith("fatal: ")), words[-1] if words else "not in that repository")
        return SourceError(f"git: {_public(self.git)}: commit {self.commit} cannot be fetched: {why}")

    def survey(self, fetched: Fetched, caps: Archives) -> Survey:
        skipped: Counter[str] = Counter()
        sizes = [entry.size_bytes for entry in _tree(fetched.path, self.commit, skipped)]
        return survey_sizes(f"git: {_public(self.git)}", sizes, skipped, caps, _links(fetched.path, self.commit))

    def files(self, fetched: Fetched, max_bytes: int) -> Iterator[SourceFile]:
        blobs = list(_tree(fetched.path, self.commit, Counter()))
        with closing(_contents(fetched.path, [blob for blob in blobs if blob.size_bytes <= max_bytes])) as contents:
            for blob in blobs:
                data = next(contents) if blob.size_bytes <= max_bytes else None
                yield SourceFile(blob.path, blob.size_bytes, data, blob.swhid)


class _Blob:
    """A tracked regular file: its blob, size and path."""

    __slots__ = ("blob", "path", "size_bytes")

    def __init__(self, line: bytes) -> None:
        about, _, path = line.partition(b"\t")
        _, _, blob, size = about.split()
        self.blob, self.size_bytes = blob.decode(), int(size)
        self.path = path.decode("utf-8", "backslashreplace")

    @property
    def swhid(self) -> str:
        return f"swh:1:cnt:{self.blob}"


def _tree(repository: Path, commit: str, skipped: Counter[str]) -> Iterator[_Blob]:
    for line in _listing(repository, commit):
        mode = line[:6]
        if mode in (b"100644", b"100755", b"100664"):
            yield _Blob(line)
        elif mode == _LINK:
            skipped["link"] += 1
        elif mode == b"160000":
            skipped["submodule"] += 1


def _links(repository: Path, commit: str) -> dict[str, str]:
    """Symbolic links and their targets, which git keeps as the content of the link."""
    links = [_Blob(line) for line in _listing(repository, commit) if line.startswith(_LINK)]
    short = [link for link in links if link.size_bytes <= _MAX_TARGET_BYTES]
    with closing(_contents(repository, short)) as contents:
        targets = {link.path: data.decode("utf-8", "backslashreplace") for link, data in zip(short, contents, strict=True)}
    return {link.path: targets.get(link.path, "/") for link in links}


def _listing(repository: Path, commit: str) -> list[bytes]:
    return _kept(repository, *_LISTING, commit).split(b"\0")


def _contents(repository: Path, blobs: Sequence[_Blob]) -> Generator[bytes]:
    """Contents of blobs, in their order."""
    command = ["git", *_SAFE, "--git-dir", str(repository), "cat-file", "--batch"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=_environment()) as reader:
        if reader.stdin is None or reader.stdout is None:  # the call above makes pipes; this is for the type checker
            return
        for blob in blobs:
            reader.stdin.write(f"{blob.blob}\n".encode())
            reader.stdin.flush()
            about = reader.stdout.readline().split()  # `<id> missing`, or nothing when git gave up
            data = reader.stdout.read(int(about[2]) + 1)[:-1] if len(about) == 3 else b""
            if blob_swhid(len(data), data) != blob.swhid:
                raise SourceError(f"git: {repository}: {blob.path} cannot be read. Allowed: to remove that folder and run again.")
            yield data


def _project(path: Path, commit: str) -> str:
    """Name of a local repository that means the same on every machine: where it was cloned from, else its first commit."""
    repository = path / ".git" if (path / ".git").exists() else path
    origin = _run(repository, "config", "--get", "remote.origin.url").stdout.decode("utf-8", "replace").strip()
    if ":" in origin and urlsplit(origin).scheme != "file":
        return f"git+{_public(origin)}"
    roots = _git(repository, "rev-list", "--max-parents=0", commit).decode().split()
    return PackageURL("generic", name=f"{path.resolve().name.removesuffix('.git')}-{min(roots)[:12]}").to_string()


def _kept(repository: Path, *words: str) -> bytes:
    """Output of a git command on a repository in the cache. Raises: SourceError that names the folder to remove."""
    try:
        return _git(repository, *words)
    except SourceError as error:
        raise SourceError(f"{error}. Allowed: to remove {repository} and run again.") from error


def _has(repository: Path, commit: str) -> bool:
    """Whether the commit is there with all its files. Raises: SourceError when the id is not that of a commit."""
    if not repository.is_dir():
        return False
    kind = _run(repository, "cat-file", "-t", commit).stdout.decode().strip()
    if kind not in ("", "commit"):
        raise SourceError(f"git: {commit} is a {kind}. Allowed: a commit; `git rev-parse NAME^{{commit}}` prints its id.")
    listing = _run(repository, *_LISTING, commit)
    return kind == "commit" and listing.returncode == 0 and not _BAD.search(listing.stdout)


def _git(repository: Path, *words: str) -> bytes:
    done = _run(repository, *words)
    if done.returncode:
        raise SourceError(f"git {words[0]}: {done.stderr.decode('utf-8', 'replace').strip()}")
    return done.stdout


def _run(repository: Path, *words: str) -> subprocess.CompletedProcess[bytes]:
    command = ["git", *_SAFE, "--git-dir", str(repository), *words]
    try:
        return subprocess.run(command, capture_output=True, check=False, env=_environment(), stdin=subprocess.DEVNULL)
    except FileNotFoundError as error:
        raise SourceError("git: the git command is not installed. Allowed: any git from 2.30 on.") from error


def _environment() -> dict[str, str]:
    """The caller's environment without another repository's GIT_ variables, and without a prompt for passwords."""
    own = {key: value for key, value in os.environ.items() if key not in ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE")}
    return own | {"GIT_TERMINAL_PROMPT": "0", "GIT_SSH_COMMAND": "ssh -o BatchMode=yes", "LC_ALL": "C", "TZ": "UTC"}


def _public(address: str) -> str:
    """The address without user name and password."""
    if "://" not in address:
        return address
    parts = urlsplit(address)
    return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))
