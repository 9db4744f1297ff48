"""Sources: what is pinned is what is read, with provenance."""

from __future__ import annotations

import hashlib
import random
import re
import subprocess
from pathlib import Path

import pytest

from seedbed.core.config.recipe import Archives
from seedbed.core.errors import HashError, RecipeError, SourceError
from seedbed.data.sources import kinds, make_source
from seedbed.data.sources.base import blob_swhid
from seedbed.data.sources.plan import make_plan, spread
from tests.data.sources.test_archives import make_tar

CAPS = Archives(max_files=1000, max_bytes=10_000_000, max_ratio=2000)


def ignore(done: int, total: int | None) -> None:
    pass


def git(folder: Path, *words: str) -> str:
    names = ["-c", "user.name=a", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false"]
    return subprocess.run(["git", "-C", str(folder), *names, *words], check=True, capture_output=True, text=True).stdout.strip()


@pytest.fixture
def repository(tmp_path: Path) -> tuple[Path, str]:
    folder = tmp_path / "repo"
    folder.mkdir()
    git(folder, "init", "-q")
    (folder / "a b.py").write_bytes(b"x = 1\r\n")
    (folder / "link").symlink_to("/etc/passwd")
    git(folder, "add", ".")
    git(folder, "commit", "-qm", "one", "--date=2024-05-06T12:00:00Z")
    (folder / "untracked.py").write_text("no")
    return folder, git(folder, "rev-parse", "HEAD")


def documents(entry: dict[str, str], folder: Path) -> list:
    source = make_source(entry, "r.yaml: sources[0]")
    fetched = source.fetch(folder / "cache", folder, ignore)
    source.survey(fetched, CAPS)
    return list(source.documents(fetched, 1_000_000))


def test_the_three_kinds_are_found() -> None:
    assert list(kinds()) == ["archive", "git", "pypi"]


def test_git_gives_tracked_files_of_the_commit_with_git_s_own_blob_ids(repository: tuple[Path, str], tmp_path: Path) -> None:
    folder, commit = repository
    (folder / "a b.py").write_text("changed later")

    (document,) = documents({"git": str(folder), "commit": commit}, tmp_path)

    assert document.text == "x = 1\r\n"
    assert document.metadata["path"] == "a b.py"
    assert document.metadata["version"] == commit
    assert document.metadata["swhid"] == "swh:1:cnt:" + git(folder, "rev-parse", f"{commit}:a b.py")


def test_a_local_repository_is_named_by_its_name_where_it_has_one(repository: tuple[Path, str], tmp_path: Path) -> None:
    commit = repository[1]

    (document,) = documents({"git": "./repo", "commit": commit, "name": "mylib"}, tmp_path)

    assert document.metadata["project"] == "pkg:generic/mylib"
    assert document.id == f"pkg:generic/mylib@{commit}#a b.py"


def test_a_local_repository_without_a_name_is_known_by_the_remote_it_was_cloned_from(
    repository: tuple[Path, str], tmp_path: Path
) -> None:
    folder, commit = repository
    git(folder, "remote", "add", "origin", "https://me:hunter2@example.org/them/lib.git")

    (document,) = documents({"git": "repo", "commit": commit}, tmp_path)

    assert document.metadata["project"] == "git+https://example.org/them/lib.git"
    assert document.id == f"git+https://example.org/them/lib.git@{commit}#a b.py"


def test_unrelated_local_repositories_of_one_path_are_two_projects(tmp_path: Path) -> None:
    projects = set()
    for place in ("one", "two"):
        folder = tmp_path / place / "repo"
        folder.mkdir(parents=True)
        git(folder, "init", "-q")
        (folder / "a.py").write_text(place)
        git(folder, "add", ".")
        git(folder, "commit", "-qm", place)
        (document,) = documents({"git": "repo", "commit": git(folder, "rev-parse", "HEAD")}, folder.parent)
        projects.add(document.metadata["project"])
        assert str(tmp_path) not in document.id

    assert len(projects) == 2


def test_the_same_local_repository_by_two_paths_is_one_project(repository: tuple[Path, str], tmp_path: Path) -> None:
    folder, commit = repository

    found = {documents({"git": path, "commit": commit}, tmp_path)[0].id for path in ("repo", "./repo", str(folder))}

    assert len(found) == 1


@pytest.mark.parametrize(
    ("name", "words"),
    [("gone", "git: ./gone: no such folder. Relative paths start at the recipe."), ("bare", "git: ./bare: no git repository")],
)
def test_a_local_path_that_is_no_repository_says_so(name: str, words: str, tmp_path: Path) -> None:
    (tmp_path / "bare").mkdir()
    source = make_source({"git": f"./{name}", "commit": "0" * 40}, "r.yaml: sources[0]")

    with pytest.raises(SourceError) as failure:
        source.fetch(tmp_path / "cache", tmp_path, ignore)

    assert words in str(failure.value)


def test_a_commit_that_is_not_there_says_so(repository: tuple[Path, str], tmp_path: Path) -> None:
    source = make_source({"git": "repo", "commit": "1" * 40}, "r.yaml: sources[0]")

    with pytest.raises(SourceError, match="commit 1{40} cannot be fetched: not in that repository"):
        source.fetch(tmp_path / "cache", tmp_path, ignore)


def test_git_passwords_do_not_reach_provenance_or_errors(tmp_path: Path) -> None:
    source = make_source({"git": "http://me:hunter2@127.0.0.1:9/x.git", "commit": "0" * 40}, "r.yaml")

    with pytest.raises(SourceError) as failure:
        source.fetch(tmp_path, tmp_path, ignore)

    assert "hunter2" not in str(failure.value) + source.project


@pytest.mark.parametrize("address", ["ext::sh -c id", "--upload-pack=id", "ftp://x/y"])
def test_git_refuses_addresses_that_run_things(address: str) -> None:
    with pytest.raises(RecipeError, match="not a git address"):
        make_source({"git": address, "commit": "0" * 40}, "r.yaml: sources[0]")


def test_an_archive_keeps_hash_path_and_swhid(tmp_path: Path) -> None:
    path = make_tar(tmp_path / "pkg-1.0.tar.gz", {"pkg-1.0/m.py": b"y = 2\n"})
    digest = hashlib.sha256(path.read_bytes()).hexdigest()

    (document,) = documents({"archive": "pkg-1.0.tar.gz", "sha256": digest, "version": "1.0", "name": "pkg"}, tmp_path)

    assert document.id == "pkg:generic/pkg@1.0#m.py"
    assert document.metadata["archive_sha256"] == digest
    assert document.metadata["swhid"] == blob_swhid(6, b"y = 2\n")


def test_a_folder_is_read_without_links_and_versioned_by_its_content(tmp_path: Path) -> None:
    folder = tmp_path / "code"
    (folder / ".git").mkdir(parents=True)
    (folder / ".git" / "config").write_text("secret")
    (folder / "a.py").write_text("1")
    (folder / "l.py").symlink_to(folder / "a.py")

    first = documents({"archive": "code"}, tmp_path)
    (folder / "a.py").write_text("2")
    second = documents({"archive": "code"}, tmp_path)

    assert [document.metadata["path"] for document in first] == ["a.py"]
    assert first[0].metadata["version"] != second[0].metadata["version"]


def links(entry: dict[str, str], folder: Path) -> dict[str, str]:
    source = make_source(entry, "r.yaml: sources[0]")
    return source.survey(source.fetch(folder / "cache", folder, ignore), CAPS).links


def test_links_of_a_folder_are_known_with_their_targets(tmp_path: Path) -> None:
    (tmp_path / "code" / "legal").mkdir(parents=True)
    (tmp_path / "code" / "LICENSE").symlink_to("legal/gpl.txt")
    (tmp_path / "code" / "licenses").symlink_to("legal")

    assert links({"archive": "code"}, tmp_path) == {"LICENSE": "legal/gpl.txt", "licenses": "legal"}


def test_links_of_a_commit_are_known_with_their_targets(repository: tuple[Path, str], tmp_path: Path) -> None:
    folder, commit = repository

    assert links({"git": str(folder), "commit": commit}, tmp_path) == {"link": "/etc/passwd"}


def test_a_folder_with_another_link_is_another_version(tmp_path: Path) -> None:
    versions = set()
    for target in ("MIT", "GPL"):
        (tmp_path / "code").mkdir(exist_ok=True)
        (tmp_path / "code" / "LICENSE").unlink(missing_ok=True)
        (tmp_path / "code" / "LICENSE").symlink_to(target)
        versions.add(make_source({"archive": "code"}, "r.yaml").fetch(tmp_path, tmp_path, ignore).version)

    assert len(versions) == 2


def test_a_wrong_hash_names_both_hashes(tmp_path: Path) -> None:
    path = make_tar(tmp_path / "p.tar.gz", {"m.py": b"1"})

    with pytest.raises(HashError, match=hashlib.sha256(path.read_bytes()).hexdigest()):
        documents({"archive": "p.tar.gz", "sha256": "0" * 64}, tmp_path)


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        ({"pypi": "requests", "sha256": "0" * 64}, "not name==version"),
        ({"pypi": "requests==2.32.3"}, "sha256: missing"),
        ({"pypi": "requests==2.32.3", "sha256": "12"}, "sha256"),
        ({"pypi": "a==1", "sha256": "0" * 64, "git": "x"}, "one of archive, git, pypi"),
        ({"npm": "left-pad"}, "one of archive, git, pypi"),
        ({"archive": "x", "shasum": "1"}, "shasum: unknown key. Allowed: archive, name, released, sha256, version. See recipes"),
        ({"pypi": "six==1.16.0", "sha265": "12"}, "sha265: unknown key. Allowed: pypi, sha256. Nearest: sha256"),
        ({"pypi": "six==1.16.0", "sha256": "12"}, '"12" is not allowed. Allowed: 64 hexadecimal digits.'),
        ({"archive": ""}, "archive: '' is not allowed. Allowed: text without control characters"),
        ({"archive": "a\0b.tar"}, "is not allowed. Allowed: text without control characters"),
        ({"git": "a\0b", "commit": "0" * 40}, "is not allowed. Allowed: text without control characters"),
        ({"archive": "."}, "archive: '.' has no name of its own. Allowed: with the key `name`"),
        ({"archive": "a/.."}, "has no name of its own"),
        ({"archive": "../.."}, "has no name of its own"),
        ({"archive": "/"}, "has no name of its own"),
        ({"archive": "~"}, "has no name of its own"),
        ({"archive": "x", "released": "9999-99-99"}, "released: '9999-99-99' is not a calendar date. Allowed: YYYY-MM-DD"),
        ({"archive": "x", "released": "20240506"}, "not a calendar date"),
        ({"git": "https://example.org/x", "commit": "main"}, 'commit: "main" is not allowed. Allowed: 40 hexadecimal digits'),
        ({"git": "https://example.org/x", "commit": "0" * 40, "name": "a b"}, 'name: "a b" is not allowed. Allowed: letters'),
    ],
)
def test_a_bad_entry_says_where_what_and_what_is_allowed(entry: dict[str, str], words: str) -> None:
    with pytest.raises(RecipeError) as failure:
        make_source(entry, "r.yaml: sources[3]")

    assert str(failure.value).startswith("r.yaml: sources[3]: ")
    assert words in str(failure.value)


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        ({"archive": "/", "name": "all"}, "the whole disk. Allowed: a folder below it."),
        ({"archive": "~nosuchuser/x.tar"}, "Could not determine home directory. Allowed: the home of a user of this machine."),
        ({"git": "~nosuchuser/x", "commit": "0" * 40}, "Could not determine home directory"),
        ({"archive": "/dev/zero"}, "no such file or folder"),
    ],
)
def test_a_path_that_cannot_be_meant_is_refused_before_anything_is_read(
    entry: dict[str, str], words: str, tmp_path: Path
) -> None:
    with pytest.raises(SourceError, match=re.escape(words)):
        documents(entry, tmp_path)


def test_hashes_may_be_in_capitals(repository: tuple[Path, str], tmp_path: Path) -> None:
    path = make_tar(tmp_path / "p.tar.gz", {"m.py": b"1"})
    pin = hashlib.sha256(path.read_bytes()).hexdigest()

    (packed,) = documents({"archive": "p.tar.gz", "sha256": pin.upper()}, tmp_path)
    (tracked,) = documents({"git": "repo", "commit": repository[1].upper()}, tmp_path)

    assert packed.metadata["archive_sha256"] == pin
    assert tracked.metadata["version"] == repository[1]


@pytest.mark.parametrize("kind", ["tree", "tag", "blob"])
def test_the_id_of_what_is_no_commit_is_refused(kind: str, repository: tuple[Path, str], tmp_path: Path) -> None:
    folder, _ = repository
    git(folder, "tag", "-am", "one", "v1")
    name = {"tree": "HEAD^{tree}", "tag": "v1", "blob": "HEAD:a b.py"}[kind]

    with pytest.raises(SourceError, match="Allowed: a commit|cannot be fetched"):
        documents({"git": "repo", "commit": git(folder, "rev-parse", name)}, tmp_path)


def test_what_a_killed_clone_left_is_begun_anew(repository: tuple[Path, str], tmp_path: Path) -> None:
    entry = {"git": "repo", "commit": repository[1]}
    documents(entry, tmp_path)
    (kept,) = (tmp_path / "cache" / "git").glob("*/repository")
    kept.rename(kept.with_name("part"))
    (kept.with_name("part") / "shallow.lock").touch()

    (document,) = documents(entry, tmp_path)

    assert document.metadata["path"] == "a b.py"


@pytest.mark.parametrize("lost", ["HEAD", "HEAD^{tree}", "HEAD:a b.py"])
def test_a_cache_of_git_that_lost_something_is_filled_again(lost: str, repository: tuple[Path, str], tmp_path: Path) -> None:
    entry = {"git": "repo", "commit": repository[1]}
    documents(entry, tmp_path)
    name = git(repository[0], "rev-parse", lost)
    (kept,) = (tmp_path / "cache" / "git").glob("*/repository")
    (kept / "objects" / name[:2] / name[2:]).unlink()

    (document,) = documents(entry, tmp_path)

    assert document.text == "x = 1\r\n"


def test_a_damaged_file_in_the_cache_of_git_says_what_to_remove(repository: tuple[Path, str], tmp_path: Path) -> None:
    (repository[0] / "a b.py").write_bytes(random.Random(0).randbytes(50_000))
    git(repository[0], "commit", "-qam", "two")
    entry = {"git": "repo", "commit": git(repository[0], "rev-parse", "HEAD")}
    documents(entry, tmp_path)
    name = git(repository[0], "rev-parse", "HEAD:a b.py")
    (kept,) = (tmp_path / "cache" / "git").glob("*/repository")
    path = kept / "objects" / name[:2] / name[2:]
    path.chmod(0o600)
    path.write_bytes(path.read_bytes()[:-20_000] + bytes(20_000))

    with pytest.raises(SourceError, match=rf"{kept}: a b.py cannot be read. Allowed: to remove that folder and run again."):
        documents(entry, tmp_path)


def plan(tmp_path: Path, *names: str, strict: bool = False) -> list:
    entries = [{"archive": name} for name in names]
    return make_plan(entries, tmp_path / "r.yaml", tmp_path / "cache", CAPS, strict=strict, progress=ignore)


def test_a_broken_archive_is_counted_and_the_others_go_on(tmp_path: Path) -> None:
    make_tar(tmp_path / "good.tar.gz", {"m.py": b"1"})
    (tmp_path / "bad.tar.gz").write_bytes(b"not a tar")

    planned = plan(tmp_path, "good.tar.gz", "bad.tar.gz")

    assert [one.error is None for one in planned] == [False, True]
    assert "bad.tar.gz" in str(planned[0].error)


def test_strict_stops_at_a_broken_archive(tmp_path: Path) -> None:
    make_tar(tmp_path / "good.tar.gz", {"m.py": b"1"})
    (tmp_path / "bad.tar.gz").write_bytes(b"not a tar")

    with pytest.raises(SourceError, match="bad.tar.gz"):
        plan(tmp_path, "good.tar.gz", "bad.tar.gz", strict=True)


def test_the_order_in_the_recipe_means_nothing(tmp_path: Path) -> None:
    for name in "abc":
        make_tar(tmp_path / f"{name}.tar.gz", {f"{name}.py": b"1" * ord(name)})

    one, other = plan(tmp_path, "a.tar.gz", "b.tar.gz", "c.tar.gz"), plan(tmp_path, "c.tar.gz", "a.tar.gz", "b.tar.gz")

    assert [p.identity for p in one] == [p.identity for p in other]
    assert [[p.identity for p in shard] for shard in spread(one, 2)] == [
        [p.identity for p in shard] for shard in spread(other, 2)
    ]


def test_a_source_listed_twice_is_refused(tmp_path: Path) -> None:
    make_tar(tmp_path / "a.tar.gz", {"a.py": b"1"})

    with pytest.raises(RecipeError, match="listed twice"):
        plan(tmp_path, "a.tar.gz", "a.tar.gz")


def test_a_missing_archive_says_where_it_was_looked_for(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"archive: gone.zip: no such file"):
        plan(tmp_path, "gone.zip")
