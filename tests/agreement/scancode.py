"""Ours against scancode's own command: `python -m tests.agreement.scancode FOLDER [FILES] [SEED]`.

FOLDER holds one folder a source. FILES files are drawn from all of them at random; `scancode --license` and the license
block see the same files, one process each. Printed: agreement of the file-level expression and of the default policy's
decision on it, CPU seconds of both, and every disagreement.
"""

from __future__ import annotations

import argparse
import json
import random
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from seedbed.core.text.decoding import Decoded, decode
from seedbed.data.filters.license.detect import preload
from seedbed.data.filters.license.expressions import conjunction
from seedbed.data.filters.license.legal_names import is_license_text
from seedbed.data.filters.license.policy import DEFAULT_ALLOW, allowed
from seedbed.data.filters.license.scan import scan_regions, scan_whole

SUFFIXES = {".py", ".js", ".mjs", ".ts", ".tsx", ".c", ".h", ".cc", ".cpp", ".hpp", ".java", ".go", ".rs"}
MAX_BYTES = 200_000
MAX_LINE = 1_000
"""Characters; the limits gate rejects wider files before the license block sees them."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What both say about a file."""

    path: str
    ours: str | None
    theirs: str | None

    @property
    def same(self) -> bool:
        """The same expression, simplified."""
        return self.ours == self.theirs

    @property
    def same_decision(self) -> bool:
        """The default policy decides the same on both."""
        return allowed(self.ours, DEFAULT_ALLOW) == allowed(self.theirs, DEFAULT_ALLOW)


def readable(folder: Path) -> Iterator[Path]:
    """Source files and license files that the pipeline would look at."""
    for path in sorted(folder.rglob("*")):
        wanted = path.suffix in SUFFIXES or is_license_text(path.relative_to(folder).as_posix())
        if wanted and path.is_file() and not path.is_symlink() and path.stat().st_size <= MAX_BYTES:
            decoded = decode(path.read_bytes())
            if isinstance(decoded, Decoded) and max(map(len, decoded.text.splitlines()), default=0) <= MAX_LINE:
                yield path


def draw(folder: Path, target: Path, count: int, seed: int) -> list[str]:
    """Copy a random sample of files, their paths kept."""
    files = list(readable(folder))
    chosen = random.Random(seed).sample(files, min(count, len(files)))
    for path in chosen:
        copy = target / path.relative_to(folder)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, copy)
    return sorted(path.relative_to(folder).as_posix() for path in chosen)


def run_scancode(folder: Path, report: Path) -> tuple[dict[str, str | None], float]:
    """Expression of each file by scancode's command, and its CPU seconds."""
    command = [str(Path(sys.executable).with_name("scancode")), "--license", "--json", str(report), str(folder)]
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([*command, "--processes", "1", "--quiet"], check=True, capture_output=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    seconds = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    files = json.loads(report.read_text("utf-8"))["files"]
    prefix = f"{folder.name}/"
    return {
        entry["path"].removeprefix(prefix): conjunction([entry["detected_license_expression_spdx"]])
        for entry in files
        if entry["type"] == "file"
    }, seconds


def run_ours(folder: Path, paths: list[str]) -> tuple[dict[str, str | None], float]:
    """Expression of each file by the license block's scan, and its CPU seconds."""
    start = time.process_time()
    found: dict[str, str | None] = {}
    for path in paths:
        decoded = decode((folder / path).read_bytes())
        text = decoded.text if isinstance(decoded, Decoded) else ""
        scan = scan_whole if is_license_text(path) else scan_regions
        found[path] = conjunction(finding.expression for finding in scan(text, path))
    return found, time.process_time() - start


def main(source: str, count: int = 400, seed: int = 1) -> None:
    """Draw, run both, print."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "sample"
        paths = draw(Path(source), folder, count, seed)
        empty = Path(place) / "empty"
        empty.mkdir()
        (empty / "nothing.txt").write_text("nothing\n")
        _, start_up = run_scancode(empty, Path(place) / "empty.json")
        theirs, their_seconds = run_scancode(folder, Path(place) / "report.json")
        preload()
        ours, our_seconds = run_ours(folder, paths)
        answers = [Answer(path, ours[path], theirs[path]) for path in paths]
        megabytes = sum((folder / path).stat().st_size for path in paths) / 1e6
    report(answers, megabytes, their_seconds, start_up, our_seconds)


def report(answers: list[Answer], megabytes: float, theirs: float, start_up: float, ours: float) -> None:
    """Print the figures and every disagreement."""
    licensed = [answer for answer in answers if answer.theirs or answer.ours]
    out = sys.stdout.write
    out(f"files {len(answers)}, {megabytes:.1f} MB, with a license {len(licensed)}\n")
    for name, group in (("all files", answers), ("files with a license", licensed)):
        same, decided = sum(one.same for one in group), sum(one.same_decision for one in group)
        out(f"{name}: same expression {same}/{len(group)}, same decision {decided}/{len(group)}\n")
    work = theirs - start_up
    out(f"CPU seconds: scancode {theirs:.1f} ({start_up:.1f} of it to start), ours {ours:.2f} after the index is loaded\n")
    out(f"ratio without start {work / ours:.1f}, with it {theirs / (ours + start_up):.1f}\n")
    for answer in answers:
        if not answer.same:
            mark = "" if answer.same_decision else " DECISION"
            out(f"{answer.path}:{mark}\n    scancode {answer.theirs}\n    ours     {answer.ours}\n")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m tests.agreement.scancode", description=__doc__)
    parser.add_argument("folder", metavar="FOLDER", help="one folder a source")
    parser.add_argument("files", metavar="FILES", type=int, nargs="?", default=400, help="files to draw (default: 400)")
    parser.add_argument("seed", metavar="SEED", type=int, nargs="?", default=1, help="of the draw (default: 1)")
    options = parser.parse_args()
    main(options.folder, options.files, options.seed)
