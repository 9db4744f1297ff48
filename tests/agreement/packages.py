"""Newly refused files of permissive packages: `python -m tests.agreement.packages {fetch,judge,license,compare} ...`.

    fetch FOLDER                  download and unpack the starter's archives and those of popular.txt
    judge FOLDER ROWS [--tree T]  verdicts of all filters on all their files, one JSON line each, by the code of a working tree
    license ROWS [--tree T]       the same by the license filter alone, from the archives (five times as fast)
    compare OLD NEW               files that the license filter refuses in NEW alone or in OLD alone, with the reasons

Files are those in the languages of the starter. The policy is the default one, which allows more than the starter's, so
that a file newly refused under the starter's is among those listed. The share is that of the files let pass in OLD.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tarfile
import zipfile
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from pathlib import Path

import yaml

from seedbed.data.sources import make_source
from seedbed.data.sources.download import default_cache
from tests.agreement.verdicts import HERE, Verdict, by_folder, inspect

POPULAR = Path(__file__).with_name("popular.txt")
SETS = ("starter", "popular")
LANGUAGES = frozenset({"Python", "JavaScript", "TypeScript", "C", "C++", "Java", "Go", "Rust"})


def sources(kind: str) -> Iterator[dict[str, str]]:
    """The sources of a set, as a recipe names them."""
    if kind == "starter":
        yield from yaml.safe_load((HERE / "recipes/data/starter.yaml").read_text("utf-8"))["sources"]
    else:
        for line in POPULAR.read_text("utf-8").splitlines():
            release, sha256 = line.split()
            yield {"pypi": release, "sha256": sha256}


def fetch(folder: Path) -> None:
    """Unpack every archive into FOLDER/SET/NAME-VERSION; what is there already stays."""
    for kind in SETS:
        for entry in sources(kind):
            target = folder / kind / entry["pypi"].replace("==", "-")
            if not target.exists():
                unpack(_archive(entry), target)


def unpack(archive: Path, target: Path) -> None:
    """Unpack an archive; a single folder around everything is left out."""
    part = target.with_name(target.name + ".part")
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir(parents=True)
    if archive.suffix == ".zip":
        with zipfile.ZipFile(archive) as opened:
            opened.extractall(part)
    else:
        with tarfile.open(archive) as opened:
            opened.extractall(part, filter="data")
    inside = list(part.iterdir())
    if len(inside) == 1 and inside[0].is_dir():
        inside[0].rename(target)
        part.rmdir()
    else:
        part.rename(target)


def judge(folder: Path, rows: Path, tree: Path) -> None:
    """Write the verdicts on all files of both sets."""
    with rows.open("w", encoding="utf-8") as out:
        for kind in SETS:
            for verdict in inspect(sorted((folder / kind).iterdir()), tree):
                if verdict.language in LANGUAGES:
                    out.write(json.dumps({"set": kind, **asdict(verdict)}) + "\n")


def judge_licenses(rows: Path, tree: Path) -> None:
    """Write the verdicts of the license filter on the source files of both sets."""
    environment = os.environ | {"PYTHONPATH": f"{tree / 'src'}:{HERE}"}
    with rows.open("w", encoding="utf-8") as out:
        for kind in SETS:
            names = {str(_archive(entry)): entry["pypi"].replace("==", "-") for entry in sources(kind)}
            command = [sys.executable, "-m", "tests.agreement.license_rows", *names]
            done = subprocess.run(command, check=True, capture_output=True, text=True, cwd=HERE, env=environment)
            for line in done.stdout.splitlines():
                row = json.loads(line)
                name = names[row.pop("archive")]
                out.write(json.dumps({"set": kind, "language": None, **row, "path": f"{name}/{row['path']}"}) + "\n")


def _archive(entry: dict[str, str]) -> Path:
    return make_source(entry, "popular.txt").fetch(default_cache(), HERE, lambda *_: None).path


def read(rows: Path) -> dict[str, dict[str, Verdict]]:
    """Verdicts by set and path."""
    found: dict[str, dict[str, Verdict]] = {kind: {} for kind in SETS}
    for line in rows.read_text("utf-8").splitlines():
        row = json.loads(line)
        kind = row.pop("set")
        found[kind][row["path"]] = Verdict(**row)
    return found


def compare(old: Mapping[str, Verdict], new: Mapping[str, Verdict]) -> None:
    """Print the files that changed sides, those that other filters drop anyway marked `(dropped)`."""
    out = sys.stdout.write
    both = old.keys() & new.keys()
    passed = [path for path in both if old[path].may_be_kept]
    kept = [path for path in both if old[path].kept]
    refused = sorted(path for path in passed if not new[path].may_be_kept)
    lost = [path for path in refused if old[path].kept]
    let_in = sorted(path for path in both if not old[path].may_be_kept and new[path].may_be_kept)
    out(f"files {len(both)} (only in one of the two: {len(old.keys() ^ new.keys())}); license passes: {len(passed)} then, ")
    out(f"{sum(new[path].may_be_kept for path in both)} now; kept by every filter then: {len(kept)}\n")
    out(f"newly refused {len(refused)} = {share(refused, passed)}; of those kept {len(lost)} = {share(lost, kept)}; ")
    out(f"newly let pass {len(let_in)}\n")
    groups(refused, new, old)
    out("newly let pass:\n")
    groups(let_in, old, new)


def share(part: list[str], whole: list[str]) -> str:
    """The part in percent."""
    return f"{100 * len(part) / max(1, len(whole)):.2f} %"


def groups(paths: list[str], reasons: Mapping[str, Verdict], others: Mapping[str, Verdict]) -> None:
    """Print the paths, those of one package with the same reason under one heading."""
    heads: dict[str, list[str]] = {}
    for path in paths:
        own = f" ({path.partition('/')[2]})"
        given = "; ".join(f"{reason}: {detail}" for reason, detail in reasons[path].license_reasons.items()).replace(own, "")
        dropped = any(verdict.reasons.keys() > verdict.license_reasons.keys() for verdict in (reasons[path], others[path]))
        mark = " (dropped)" if dropped else ""
        heads.setdefault(f"{path.partition('/')[0]}: {given[:600]}", []).append(path + mark)
    for head, inside in sorted(heads.items(), key=lambda item: -len(item[1])):
        sys.stdout.write(f"  {len(inside)} in {head}\n" + "".join(f"      {path}\n" for path in inside))


def totals(verdicts: Mapping[str, Verdict]) -> None:
    """Print how many files each license reason refuses."""
    counts = Counter(reason for verdict in verdicts.values() for reason in verdict.license_reasons)
    sys.stdout.write(f"  {len(by_folder(verdicts.values()))} packages; refused: {dict(sorted(counts.items()))}\n")


def main() -> None:
    """Run one of the three steps."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.agreement.packages", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    steps = parser.add_subparsers(dest="step", required=True)
    for name, words in (
        ("fetch", ("folder",)),
        ("judge", ("folder", "rows")),
        ("license", ("rows",)),
        ("compare", ("old", "new")),
    ):
        step = steps.add_parser(name)
        for word in words:
            step.add_argument(word, type=Path, metavar=word.upper())
        if name in {"judge", "license"}:
            step.add_argument("--tree", type=Path, default=HERE, help="the working tree whose code judges (default: this)")
    options = parser.parse_args()
    if options.step == "fetch":
        fetch(options.folder)
    elif options.step == "judge":
        judge(options.folder, options.rows, options.tree)
    elif options.step == "license":
        judge_licenses(options.rows, options.tree)
    else:
        old, new = read(options.old), read(options.new)
        for kind in SETS:
            sys.stdout.write(f"== {kind}\n")
            totals(old[kind])
            totals(new[kind])
            compare(old[kind], new[kind])


if __name__ == "__main__":
    main()
