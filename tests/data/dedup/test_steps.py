"""The steps give the same bytes however the work is cut, and the same clusters as the function in memory."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from pathlib import Path

import orjson
import pytest
import zstandard
from datatrove.data import Document
from datatrove.executor import LocalPipelineExecutor
from datatrove.pipeline.base import PipelineStep
from datatrove.pipeline.readers import JsonlReader
from datatrove.pipeline.writers import JsonlWriter

from seedbed.data.dedup import DUPLICATES, Clusters, DuplicatesFilter, Gather, Pairs, Signatures, find_duplicates
from seedbed.data.filters.fingerprints import Fingerprints
from tests.agreement.families import FAMILIES
from tests.agreement.transformations import edit, lay_out, rename

DISTANCE = 10
Rows = list[dict[str, object]]


def corpus() -> list[Document]:
    """Forty programs; of ten of them an equal, a renamed, a laid out and an edited copy; some refused by license."""
    rng = random.Random(5)
    documents = []
    for number in range(40):
        source = FAMILIES[sorted(FAMILIES)[number % len(FAMILIES)]](rng)
        copies = [source.text]
        if number < 10:
            copies += [source.text + "\n\n", rename(source, rng), lay_out(source, rng), edit(source, rng)]
        documents += [document(f"{number:02d}-{place}-{source.name}", source.language, text) for place, text in enumerate(copies)]
    refuse(documents[3], "GPL-3.0-only")
    refuse(documents[7], None)
    return documents


def document(identity: str, language: str, text: str) -> Document:
    made = Document(
        text=text, id=identity, metadata={"language": language, "path": identity, "project": identity[:2], "license": "MIT"}
    )
    Fingerprints().filter(made)
    return made


def refuse(refused: Document, expression: str | None) -> None:
    refused.metadata |= {"license": expression, "license_allowed": False}


def run_steps(work: Path, documents: Sequence[Document], tasks: int) -> None:
    """The stage as the pipeline runs it, with refused documents in a folder of their own."""
    write(work / "clean", [one for one in documents if one.metadata.get("license_allowed", True)], tasks)
    write(work / "refused", [one for one in documents if not one.metadata.get("license_allowed", True)], tasks)
    folder = str(work / "dedup")
    kept = JsonlWriter(str(work / "kept"), "${rank}.jsonl", compression=None)
    gate = DuplicatesFilter(folder)
    gate.exclusion_writer = JsonlWriter(str(work / "dropped"), "${rank}.jsonl", compression=None)
    execute(work, "1", [reader(work / "clean"), reader(work / "refused"), Signatures(folder)], tasks)
    execute(work, "2", [Gather(folder)], 1)
    execute(work, "3", [Pairs(folder, DISTANCE)], tasks)
    execute(work, "4", [Clusters(folder, str(work / "duplicates"))], 1)
    execute(work, "5", [reader(work / "clean"), gate, kept], tasks)


def execute(work: Path, name: str, steps: list[PipelineStep], tasks: int) -> None:
    LocalPipelineExecutor(steps, tasks=tasks, workers=1, logging_dir=str(work / "logs" / name)).run()


def reader(folder: Path) -> JsonlReader:
    return JsonlReader(str(folder), glob_pattern="*.jsonl")


def write(folder: Path, documents: Sequence[Document], parts: int) -> None:
    folder.mkdir(parents=True)
    for part in range(parts):
        lines = [orjson.dumps({"id": one.id, "text": one.text, "metadata": one.metadata}) for one in documents[part::parts]]
        (folder / f"{part}.jsonl").write_bytes(b"\n".join(lines))


def read(folder: Path) -> Rows:
    rows = [orjson.loads(line) for path in folder.glob("*.jsonl") for line in path.read_bytes().splitlines()]
    for row in rows:
        row["metadata"].pop("file_path", None)
    return sorted(rows, key=lambda row: str(row["id"]))


def table_of(work: Path) -> bytes:
    return zstandard.decompress((work / "duplicates" / "00000.jsonl.zst").read_bytes())


@pytest.fixture(scope="module")
def one_task(tmp_path_factory: pytest.TempPathFactory) -> Path:
    work = tmp_path_factory.mktemp("one")
    run_steps(work, corpus(), 1)
    return work


def test_four_tasks_and_another_order_give_the_same_bytes(one_task: Path, tmp_path: Path) -> None:
    shuffled = corpus()
    random.Random(9).shuffle(shuffled)

    run_steps(tmp_path, shuffled, 4)

    assert table_of(tmp_path) == table_of(one_task)
    assert read(tmp_path / "kept") == read(one_task / "kept")
    assert read(tmp_path / "dropped") == read(one_task / "dropped")


def test_steps_and_function_agree(one_task: Path) -> None:
    found = find_duplicates(corpus(), DISTANCE)

    rows = [orjson.loads(line) for line in table_of(one_task).splitlines()]
    assert {(row["cluster"], row["id"]) for row in rows} == {
        (one.id, placed.member.id) for one in found for placed in one.members
    }


def test_rows_have_the_published_columns(one_task: Path) -> None:
    rows = [orjson.loads(line) for line in table_of(one_task).splitlines()]

    assert rows
    assert all(list(row) == [column.name for column in DUPLICATES] for row in rows)


def test_the_copy_that_stands_for_a_cluster_is_of_no_kind(one_task: Path) -> None:
    rows = [orjson.loads(line) for line in table_of(one_task).splitlines()]

    heads = {row["id"] for row in rows if row["kind"] is None}

    assert heads == {row["id"] for row in rows if row["verified_with"] is None} == {row["verified_with"] for row in rows} - {None}
    assert len(heads) == len({row["cluster"] for row in rows})
    assert {row["kind"] for row in rows if row["id"] not in heads} == {"exact", "near"}


def test_every_program_leaves_one_copy_unless_a_license_forbids_it(one_task: Path) -> None:
    kept, dropped = read(one_task / "kept"), read(one_task / "dropped")

    programs = [str(row["id"])[:2] for row in kept]
    assert len(programs) == len(set(programs))
    reasons = {str(row["id"])[:4]: row["metadata"]["filter_reason"] for row in dropped}
    assert reasons["00-0"] == "license_conflict"
    assert reasons["02-1"] == "duplicate:exact"
    assert reasons["02-4"] == "duplicate:near"
    assert len(kept) + len(dropped) == 80 - 2


def test_kept_copies_carry_their_cluster(one_task: Path) -> None:
    by_program = {str(row["id"])[:2]: row["metadata"] for row in read(one_task / "kept")}

    assert by_program["39"]["cluster"] is None
    assert by_program["39"]["copies"] == 1
    assert by_program["01"]["copies"] == 5
    assert len(by_program["01"]["cluster"]) == 16


def test_a_distance_below_zero_finds_equal_files_only() -> None:
    found = find_duplicates(corpus(), -1)

    assert {placed.why for cluster in found for placed in cluster.members} == {
        "stands for the cluster",
        "equal content, white space at line ends and blank lines aside",
        "same tokens, other comments or layout",
    }


@pytest.mark.parametrize("change", [lay_out, rename, edit])
def test_copies_are_found_across_the_families(change: Callable[..., str]) -> None:
    rng = random.Random(2)
    source = FAMILIES["commands"](rng)

    found = find_duplicates([document("a", "Go", source.text), document("b", "Go", change(source, rng))], DISTANCE)

    assert [[placed.member.id for placed in cluster.members] for cluster in found] == [["a", "b"]]


@pytest.mark.parametrize("count", [0, 1])
def test_too_few_files_for_a_pair_give_no_cluster(count: int, tmp_path: Path) -> None:
    one = [document("a", "Go", FAMILIES["commands"](random.Random(1)).text)][:count]

    run_steps(tmp_path, one, 2)

    assert table_of(tmp_path) == b""
    assert len(read(tmp_path / "kept")) == count
    assert find_duplicates(one, DISTANCE) == []
