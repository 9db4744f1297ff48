"""Real git judges which paths .gitignore leaves out and .gitattributes sends to LFS."""

from __future__ import annotations

import random
import subprocess
from pathlib import Path

import pytest

from localhub.patterns import DEFAULT_ATTRIBUTES, goes_by_lfs, is_ignored

PATHS = [
    "a.bin", "x/a.bin", "x/y/a.bin", "keep.log", "x/keep.log", "a.log", "build/a", "x/build/a", "build", "docs/a.md", "docs/x/a.md",
    "docs/x/y/a.md", "a.tar.gz", "a b.txt", "[x].txt", "x.txt", "b.txt", "foo/bar/baz", "foo/x/bar", "foo", "A.BIN", "#file", "!file",
    "data/train.parquet", "data/deep/train.parquet", ".hidden", "x/.hidden", "a*b", "tmp/x/y.txt",
]  # fmt: skip
IGNORES = [
    "*.log\n!keep.log\n", "build/\n", "/build\n", "docs/**/a.md\n", "**/a.bin\n", "foo/**\n", "foo/*\n!foo/bar\n", "[a-c].txt\n", "[!a-c].txt\n",
    "# a comment\n\n\\#file\n", "\\!file\n", "a?b\n", "a\\*b\n", "*\n!*.md\n", "x/*.bin\n", "x/\n", ".*\n", "[\n", "a[]].txt\n", "tmp/**/y.txt\n", "**/deep/**\n", "*.txt   \n",
]  # fmt: skip
ATTRIBUTES = [
    DEFAULT_ATTRIBUTES, "*.bin filter=lfs\nx/*.bin -filter\n", "*.bin filter=lfs\n*.bin !filter\n", "data/** filter=lfs -text\n",
    "*.bin filter=other\n", "/a.bin filter=lfs\n", "x/** filter=lfs\n*.log filter=lfs diff=lfs\n", "*.bin text\n", "# *.bin filter=lfs\n",
]  # fmt: skip


def git(folder: Path, *words: str, stdin: str) -> str:
    """What it prints; check-ignore ends with 1 when nothing is ignored."""
    done = subprocess.run(["git", "-C", str(folder), *words], check=False, capture_output=True, text=True, input=stdin)
    assert done.returncode in (0, 1), done.stderr
    return done.stdout


@pytest.mark.parametrize("rules", IGNORES)
def test_what_is_ignored_is_what_git_ignores(tmp_path: Path, rules: str) -> None:
    git(tmp_path, "init", "--quiet", stdin="")
    (tmp_path / ".gitignore").write_text(rules)

    ignored = git(tmp_path, "check-ignore", "--no-index", "-z", "--stdin", stdin="\0".join(PATHS)).split("\0")

    assert [path for path in PATHS if is_ignored(rules, path)] == [path for path in PATHS if path in ignored]


@pytest.mark.parametrize("rules", ATTRIBUTES)
def test_what_goes_by_lfs_is_what_git_sends_there(tmp_path: Path, rules: str) -> None:
    git(tmp_path, "init", "--quiet", stdin="")
    (tmp_path / ".gitattributes").write_text(rules)

    words = git(tmp_path, "check-attr", "-z", "--stdin", "filter", stdin="\0".join(PATHS)).split("\0")

    by_git = {words[at] for at in range(0, len(words) - 2, 3) if words[at + 2] == "lfs"}
    assert {path for path in PATHS if goes_by_lfs(rules, path)} == by_git


ATOMS = ["a", "b", "ab", "*", "?", "**", "[ab]", "[!a]", "[^b]", "[a-c]", ".", "x.bin", "*.bin", "\\*", "a*", "*b"]
NAMES = ["a", "b", "ab", "c", "x.bin", "*", "aa", "bb", ".a", "b.bin"]


def some_pattern(chance: random.Random) -> str:
    parts = ["".join(chance.choices(ATOMS, k=chance.choice([1, 1, 1, 2, 3]))) for _ in range(chance.choice([1, 1, 2, 3]))]
    return chance.choice(["", "", "", "/", "**/"]) + "/".join(parts) + chance.choice(["", "", "", "/", "/**"])


@pytest.mark.parametrize("seed", range(60))
def test_of_generated_patterns_git_says_the_same(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    paths = sorted({"/".join(chance.choices(NAMES, k=chance.choice([1, 2, 3, 4]))) for _ in range(100)})
    ignores = "".join(f"{chance.choice(['', '', '!'])}{some_pattern(chance)}\n" for _ in range(3))
    attributes = "".join(f"{some_pattern(chance)} filter=lfs\n" for _ in range(2))
    git(tmp_path, "init", "--quiet", stdin="")

    (tmp_path / ".gitignore").write_text(ignores)
    ignored = git(tmp_path, "check-ignore", "--no-index", "-z", "--stdin", stdin="\0".join(paths)).split("\0")
    (tmp_path / ".gitignore").unlink()
    (tmp_path / ".gitattributes").write_text(attributes)
    words = git(tmp_path, "check-attr", "-z", "--stdin", "filter", stdin="\0".join(paths)).split("\0")

    large = {words[at] for at in range(0, len(words) - 2, 3) if words[at + 2] == "lfs"}
    assert ({path for path in paths if is_ignored(ignores, path)}, ignores) == (set(ignored) & set(paths), ignores)
    assert ({path for path in paths if goes_by_lfs(attributes, path)}, attributes) == (large, attributes)
