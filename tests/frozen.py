"""The code that tests take as material: copies of modules that no longer change, so what a test is about does not either."""

from __future__ import annotations

from pathlib import Path

FOLDER = Path(__file__).parent / "corpus" / "code"
ENDING = ".txt"  # so that no tool takes a copy for code of ours


def read(name: str) -> str:
    return (FOLDER / f"{name}{ENDING}").read_text(encoding="utf-8")


def files(pattern: str = "**/*.py") -> dict[str, str]:
    """Their text by their path, such as `blocks/secrets.py`."""
    names = sorted(path.relative_to(FOLDER).as_posix() for path in FOLDER.glob(f"{pattern}{ENDING}"))
    return {name: read(name) for name in (name.removesuffix(ENDING) for name in names)}
