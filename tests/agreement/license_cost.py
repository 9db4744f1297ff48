"""CPU seconds of the license evidence: `python -m tests.agreement.license_cost ROUNDS TREE ... [--archives ARCHIVE ...]`.

The license evidence of every source file of the archives is collected by the code of each working tree, once a round in a
process of its own, the trees in turns. Printed for each tree: the median of CPU s/MB over its rounds, without the start (which
is printed too), and its ratio to the first tree's. Without --archives: twelve of the starter's, from the download cache.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path, PurePosixPath

import yaml

from seedbed.data.filters.license.detect import preload
from seedbed.data.filters.license.filters import LicenseCollector
from seedbed.data.filters.license.legal_files import LegalFiles
from seedbed.data.sources import archive_reading, make_source
from seedbed.data.sources.base import make_document
from seedbed.data.sources.download import default_cache
from tests.agreement.verdicts import HERE

STARTER = frozenset(
    "cog djblets jupyterlab-git pydoop jpype1 psutil libsass nanobind tokenizers cryptography requests docutils".split()
)
SUFFIXES = frozenset(".py .js .mjs .ts .tsx .c .h .cc .cpp .hpp .java .go .rs".split())
MAX_BYTES = 1_000_000


def archives() -> Iterator[Path]:
    """The twelve, one version each."""
    seen: set[str] = set()
    for entry in yaml.safe_load((HERE / "recipes/data/starter.yaml").read_text("utf-8"))["sources"]:
        name = entry["pypi"].partition("==")[0]
        if name in STARTER - seen:
            seen.add(name)
            yield make_source(entry, "starter.yaml").fetch(default_cache(), HERE, lambda *_: None).path


def collect(paths: Sequence[Path]) -> dict[str, float]:
    """Collect the evidence of all files once; CPU seconds, bytes and files of it, CPU seconds of the start, peak memory."""
    start = time.process_time()
    preload()
    started = time.process_time()
    seconds, size, count = 0.0, 0, 0
    for path in paths:
        with tempfile.TemporaryDirectory() as folder:
            provenance = {"source": path.name, "project": path.name, "version": ""}
            read = archive_reading.files(path, MAX_BYTES, strip_top=True)
            documents = list(LegalFiles(folder).run(make_document(file, path.name, provenance) for file in read))
            code = [
                document
                for document in documents
                if PurePosixPath(document.metadata["path"]).suffix in SUFFIXES and "decode_error" not in document.metadata
            ]
            collector = LicenseCollector(folder)
            before = time.process_time()
            for document in code:
                collector.filter(document)
            seconds += time.process_time() - before
            size += sum(len(document.text.encode("utf-8", "replace")) for document in code)
            count += len(code)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"seconds": seconds, "bytes": size, "files": count, "start": started - start, "peak_mib": peak}


def measure(tree: Path, paths: Sequence[Path]) -> dict[str, float]:
    """Collect in a process of its own, by the code of a working tree."""
    command = [sys.executable, "-m", "tests.agreement.license_cost", "--one", "--archives", *map(str, paths)]
    environment = os.environ | {"PYTHONPATH": f"{tree / 'src'}:{HERE}"}
    done = subprocess.run(command, check=True, capture_output=True, text=True, cwd=HERE, env=environment)
    taken: dict[str, float] = json.loads(done.stdout)
    return taken


def main(rounds: int, trees: Sequence[Path], paths: Sequence[Path]) -> None:
    """Measure in turns and print."""
    taken: dict[Path, list[dict[str, float]]] = {tree: [] for tree in trees}
    for _ in range(rounds):
        for tree in trees:
            taken[tree].append(measure(tree, paths))
    first = None
    for tree, runs in taken.items():
        cost = statistics.median(run["seconds"] / run["bytes"] * 1e6 for run in runs)
        first = first or cost
        spread = " ".join(f"{run['seconds'] / run['bytes'] * 1e6:.3f}" for run in runs)
        sys.stdout.write(
            f"{tree}: {cost:.3f} CPU s/MB ({spread}), {cost / first:.2f} of the first; {runs[0]['files']:.0f} files, "
        )
        start, peak = (statistics.median(run[key] for run in runs) for key in ("start", "peak_mib"))
        sys.stdout.write(f"{runs[0]['bytes'] / 1e6:.1f} MB; start {start:.1f} CPU s, peak {peak:.0f} MiB\n")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        prog="python -m tests.agreement.license_cost", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("rounds", metavar="ROUNDS", type=int, nargs="?", default=3)
    parser.add_argument("trees", metavar="TREE", type=Path, nargs="*", default=[HERE])
    parser.add_argument("--archives", metavar="ARCHIVE", type=Path, nargs="+")
    parser.add_argument("--one", action="store_true", help="one round in this process, printed as JSON")
    options = parser.parse_args()
    chosen = options.archives or list(archives())
    if options.one:
        sys.stdout.write(json.dumps(collect(chosen)) + "\n")
    else:
        main(options.rounds, options.trees, chosen)
