"""CPU of every block on a recipe's corpus, in one run: `python -m tests.bench RECIPE [FILES]`.

Each document meets one raw tree-sitter parse and then the blocks, one after the other, so that whatever else the machine
does falls on all of them alike. Seconds are CPU seconds of this process; MB are those of the files in the recipe's
languages. FILES of them (300) are then given to scancode's own command and to the license block.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import orjson
import zstandard
from datatrove.data import Document
from datatrove.pipeline.filters.base_filter import get_filter_result

from pipeline import clean as clean_stage
from pipeline import filters
from pipeline import ingest as ingest_stage
from pipeline.clean import prepare
from seedbed.core.config.recipe import Recipe
from seedbed.core.syntax import LANGUAGES, Parsed, forget
from seedbed.core.syntax.tree import parser
from seedbed.data.dedup import find_duplicates
from seedbed.data.filters.license.legal_files import LegalFiles
from seedbed.data.sources.download import default_cache
from seedbed.data.sources.plan import make_plan

RAW = "raw parse"


def main(recipe_path: Path, files: int) -> None:
    recipe = filters.load(recipe_path)
    seconds: defaultdict[str, float] = defaultdict(float)
    with tempfile.TemporaryDirectory() as folder:
        documents = list(LegalFiles(folder).run(read(recipe, recipe_path, seconds)))
        documents = [document for document in documents if ingest(document, recipe, seconds)]
        prepare()
        survivors, size = clean(documents, recipe, folder, seconds)
        timed(seconds, "dedup", lambda: find_duplicates(survivors, recipe.near_duplicates.max_distance))
        report(seconds, size, len(documents))
        compare(documents, Path(folder), files)


def read(recipe: Recipe, path: Path, seconds: dict[str, float]) -> Iterator[Document]:
    planned = make_plan(recipe.sources, path, default_cache(), recipe.limits.archives, strict=False, progress=lambda *_: None)
    for one in planned:
        if not one.error:
            yield from timed(seconds, "read", lambda one=one: list(one.source.documents(one.fetched, recipe.limits["max_bytes"])))


def ingest(document: Document, recipe: Recipe, seconds: dict[str, float]) -> bool:
    return timed(
        seconds, "ingest", lambda: all(get_filter_result(gate.filter(document))[0] for gate in ingest_stage.filters(recipe))
    )


def clean(documents: list[Document], recipe: Recipe, folder: str, seconds: dict[str, float]) -> tuple[list[Document], int]:
    """Documents that the dedup stage sees, and bytes in the recipe's languages."""
    chain = clean_stage.filters(recipe, folder)
    survivors, size = [], 0
    for document in documents:
        forget()
        timed(seconds, "between stages", lambda document=document: through_a_file(document))
        for block in chain:
            keeps, _ = get_filter_result(timed(seconds, block.name, lambda b=block, d=document: b.filter(d)))
            if not keeps:
                break
        if keeps or block.name == "license":
            survivors.append(document)
            timed(seconds, "between stages", lambda document=document: through_a_file(document))
        size += raw_parse(document, recipe, seconds)
    return survivors, size


def through_a_file(document: Document) -> None:
    """What passing a document from stage to stage costs."""
    line = orjson.dumps({"id": document.id, "text": document.text, "metadata": document.metadata})
    orjson.loads(zstandard.decompress(zstandard.compress(line)))


def raw_parse(document: Document, recipe: Recipe, seconds: dict[str, float]) -> int:
    language = document.metadata.get("language")
    if language not in recipe.languages:
        return 0
    source = document.text.encode()
    grammar = LANGUAGES[language].grammars[0]
    timed(seconds, RAW, lambda: Parsed(source, parser(grammar).parse(source), language, grammar))
    return len(source)


def timed(seconds, name, act):
    start = time.process_time()
    result = act()
    seconds[name] += time.process_time() - start
    return result


def report(seconds: dict[str, float], size: int, count: int) -> None:
    raw = seconds[RAW]
    print(f"{count:,} documents after ingest, {size / 1e6:.1f} MB of them in the recipe's languages\n")
    print(f"{'block':<18}{'CPU s':>8}{'s/MB':>9}{'of raw parse':>14}")
    total = sum(value for name, value in seconds.items() if name not in (RAW, "read", "ingest"))
    for name, value in [*seconds.items(), ("clean + dedup", total)]:
        print(f"{name:<18}{value:>8.2f}{value / size * 1e6:>9.3f}{value / raw:>14.2f}")
    print(f"\npeak memory of this one process, the corpus held in it: {peak_gb():.2f} GB")


def peak_gb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6


def compare(documents: list[Document], folder: Path, files: int) -> None:
    """The license block and scancode's own command on files of the same corpus."""
    for document in documents:
        path = folder / "corpus" / document.metadata["source"].replace("/", "_") / document.metadata["path"]
        if document.metadata.get("language") in LANGUAGES and not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(document.text, encoding="utf-8", newline="")
    print(f"\nbeside `scancode --license` on {files} files of the same corpus:")
    command = [sys.executable, "-m", "tests.agreement.scancode", str(folder / "corpus"), str(files)]
    subprocess.run(command, check=True)  # a process of its own: nothing of what was seen above is cached in it


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 300)
