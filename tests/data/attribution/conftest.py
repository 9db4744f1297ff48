"""An index of frozen code, some of them under several projects."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from seedbed.data.attribution.build import build
from seedbed.data.attribution.index import Index
from seedbed.data.attribution.tokens import stripped
from tests import frozen

SHAPES = Path(__file__).parents[2] / "corpus" / "complexity"
ENDINGS = {
    ".py": "Python",
    ".js": "JavaScript",
    ".ts": "TypeScript",
    ".c": "C",
    ".cpp": "C++",
    ".java": "Java",
    ".go": "Go",
    ".rs": "Rust",
}
IDIOM = "def main(arguments):\n    parser = make_parser()\n    options = parser.parse_args(arguments)\n    return options.run(options)\n\n\nif __name__ == '__main__':\n    sys.exit(main(sys.argv[1:]))\n"  # fmt: skip


def row(text: str, path: str, language: str, project: str = "pkg:pypi/own", version: str = "1.2") -> dict[str, Any]:
    return {
        "id": f"{project}@{version}#{path}",
        "project": project,
        "version": version,
        "path": path,
        "license": "Apache-2.0",
        "swhid": f"swh:1:cnt:{hashlib.sha1(text.encode()).hexdigest()}",
        "language": language,
        "text": text,
    }


def rows() -> list[dict[str, Any]]:
    shapes = {path.name: path.read_text(encoding="utf-8") for path in sorted(SHAPES.iterdir())}
    files = frozen.files("blocks/**/*.py") | shapes
    found = [row(text, path, ENDINGS[Path(path).suffix]) for path, text in files.items()]
    copies = [row(f"x{number} = {number}\n\n\n{IDIOM}", "run.py", "Python", f"pkg:pypi/p{number}") for number in range(5)]
    return found + copies


def strip(found: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for one in found:
        yield {**one, "text": stripped(one["text"], one["language"]).decode("utf-8", "surrogatepass")}


@pytest.fixture(scope="session")
def sources() -> list[dict[str, Any]]:
    return rows()


@pytest.fixture(scope="session")
def index(tmp_path_factory: pytest.TempPathFactory, sources: list[dict[str, Any]]) -> Index:
    folder = tmp_path_factory.mktemp("index") / "attribution"
    build(strip(sources), folder)
    return Index(folder)
