"""Feedback that nobody gave, for tests and the figures of docs/method/finetuning.md: edited to lines that stand in real files.

`python -m tests.finetuning.feedback FOLDER [--dataset DIR] [--files even|odd] [--garbage]` writes a feedback folder.
"""

from __future__ import annotations

import argparse
import json
import random
import zlib
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from seedbed.core.config.training import DatasetChoice
from seedbed.evaluation.prompts import CompletionProblem, Document, read_split
from seedbed.evaluation.tasks.split import ProblemSelection, select_problems

DRAWS = 4
"""Places of each file, at most."""


def places(documents: Sequence[Document], draws: int = DRAWS) -> Iterator[CompletionProblem]:
    """Lines of functions, each place once."""
    seen: set[str] = set()
    for seed in range(draws):
        for one in select_problems(documents, ProblemSelection("line", len(documents), (), seed)):
            if one.id not in seen:
                seen.add(one.id)
                yield one


def event(number: int, question: CompletionProblem, final: str, action: str = "edited") -> dict[str, object]:
    """A line of a feedback file."""
    return {
        "time": 1_750_000_000.0 + number,
        "id": f"demo-{number}",
        "consent": True,
        "action": action,
        "shown": "pass" if action == "edited" else final,
        "final": final if action == "edited" else "",
        "prefix": question.prefix,
        "suffix": question.suffix,
        "path": question.path,
        "language": question.language,
        "model": "starter",
        "completion_id": f"demo-{number}",
    }


def write(folder: Path, events: Iterable[dict[str, object]]) -> Path:
    """A feedback folder of one file."""
    place = folder / "events"
    place.mkdir(parents=True, exist_ok=True)
    lines = [json.dumps(one, ensure_ascii=False) + "\n" for one in events]
    (place / "demo.jsonl").write_text("".join(lines), encoding="utf-8")
    return folder


def shuffled(questions: Sequence[CompletionProblem], seed: int = 17) -> list[str]:
    """The lines of the same language at places of each other."""
    chance, finals = random.Random(seed), [one.truth for one in questions]
    for language in sorted({one.language for one in questions}):
        mine = [number for number, one in enumerate(questions) if one.language == language]
        lines = [finals[number] for number in mine]
        chance.shuffle(lines)
        for number, line in zip(mine, lines, strict=True):
            finals[number] = line
    return finals


def is_even(document: Document) -> bool:
    return zlib.crc32(document.id.encode()) % 2 == 0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--dataset", default="build/datasets/starter")
    parser.add_argument("--files", choices=("even", "odd"), default="even")
    parser.add_argument("--garbage", action="store_true", help="every line at the place of another")
    options = parser.parse_args()
    documents = read_split(DatasetChoice(path=options.dataset), "validation")
    mine = [one for one in documents if is_even(one) == (options.files == "even")]
    asked = list(places(mine))
    finals = shuffled(asked) if options.garbage else [one.truth for one in asked]
    write(options.folder, (event(number, *pair) for number, pair in enumerate(zip(asked, finals, strict=True))))
    print(f"{len(asked)} events of {len(mine)} files: {options.folder}")


if __name__ == "__main__":
    main()
