"""ARCHITECTURE.md says which files an addition needs. Each row is held against the files that know an existing member."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PLACES = ("src", "pipeline", "spaces", "recipes", "cards", "pyproject.toml")
pytestmark = pytest.mark.docs

MEMBERS = {
    "filter": ("syntax", r"\bSyntaxFilter\b|filters\.syntax\b|\bmax_error_ratio\b"),
    "language": ("rust", r"languages\.rust\b|import .*\brust\b|tree.sitter.rust"),
    "source": ("git", r"\bGitSource\b|sources\.git\b|^\| `git` \|"),
    "card fact": ("license_evidence", r"\blicense_evidence\b"),
    "endpoint": ("llama_api", r"\"/infill\""),
    "task": ("latency", r"\bLatencyTask\b|tasks\.latency\b|^kind: latency$|^\| `prompt_tokens`, `new_tokens` \|"),
}
"""For each kind of addition a member that is there, and what a file that knows it holds."""


def files_with(pattern: str) -> set[str]:
    """Files of the repository that hold a pattern."""
    paths = [path for place in PLACES for path in ([ROOT / place] if (ROOT / place).is_file() else (ROOT / place).rglob("*"))]
    texts = {
        path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8")
        for path in paths
        if path.suffix in {".py", ".yaml", ".md", ".jinja", ".toml"}
    }
    return {name for name, text in texts.items() if re.search(pattern, text, re.MULTILINE)}


@pytest.mark.parametrize("addition", MEMBERS)
def test_the_page_names_exactly_the_files_that_an_addition_needs(addition: str) -> None:
    member, pattern = MEMBERS[addition]
    page = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
    (row,) = re.findall(rf"^\| an? {addition} \|(.*)\|", page, re.MULTILINE)

    named = {path.replace("NAME", member) for path in re.findall(r"`([^`]*[/.][^`]*)`", row.partition("|")[0])}

    assert files_with(pattern) == named
