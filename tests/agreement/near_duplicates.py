"""How many copies the deduplication finds, and whether it ever takes two programs for one.

    python -m tests.agreement.near_duplicates FOLDER [--out FILE] [--seed N] [--most N] [--per-language N] [--negatives N]

FOLDER holds source files, or documents as JSON lines (`*.jsonl.zst`, as the clean and dedup stages write them). Figures go to
the screen and, with their circumstances, to FILE. docs/method/deduplication.md says how to read them.
"""

from __future__ import annotations

import argparse
import datetime as dt
import io
import json
import platform
import random
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
import orjson
import zstandard
from datatrove.data import Document

from seedbed.core.syntax import LANGUAGES, error_ratio, parse
from seedbed.data.dedup import pairs
from seedbed.data.dedup.verify import RULES, WHY, signature_of, table
from seedbed.data.filters.fingerprints import Fingerprints
from tests.agreement.families import FAMILIES
from tests.agreement.likeness import are_different
from tests.agreement.transformations import TRANSFORMATIONS, Source

MAX_DISTANCE = 10
MIN_TOKENS = 50
MAX_BYTES = 100_000
MAX_ERROR_RATIO = 0.02
"""A copy that parses worse never reaches the deduplication: the syntax gate turns it away."""
MAX_LINE_LENGTH = 1000
"""A file with a longer line is minified: the limits turn it away, and a comparison by lines says nothing about it."""
MEMBERS_PER_FAMILY = 60
NEIGHBOURS_PER_FILE = 12
WORDS = {
    "renamed": "copies with every identifier renamed",
    "comments_and_layout": "copies with other comments, indentation and line ends",
    "lines_edited": "copies with 3 % of the code lines edited",
    "of_one_shape": "different programs of one shape",
    "unrelated": "unrelated programs",
}
SUFFIXES = {
    ".py": "Python", ".js": "JavaScript", ".mjs": "JavaScript", ".ts": "TypeScript", ".c": "C", ".h": "C", ".cc": "C++",
    ".cpp": "C++", ".hpp": "C++", ".hh": "C++", ".java": "Java", ".go": "Go", ".rs": "Rust",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Sample:
    """A file of the corpus with its project and its signature."""

    source: Source
    project: str
    signature: np.ndarray[Any, Any]


def main() -> int:
    """Measure, print, and write the evidence."""
    options = _options()
    rng = random.Random(options.seed)
    samples = [one for group in _by_language(list(read(options.folder, rng))).values() for one in group[: options.most]]
    recall = measure_recall(samples, rng, options.per_language)
    false_merges = measure_false_merges(samples, rng, options.negatives)
    report = {
        "title": f"Near duplicates: made copies and different programs, {options.title}",
        "about": "near_duplicates",
        "command": f"python -m tests.agreement.near_duplicates {options.corpus or options.folder.name} --seed {options.seed}",
        "machine": options.machine,
        "date": dt.datetime.now(tz=dt.UTC).date().isoformat(),
        "figures": list(_figures(recall, false_merges)),
        "versions": {"python": platform.python_version(), "numpy": np.__version__},
        "seed": options.seed,
        "corpus": {"name": options.corpus or options.folder.name, "files": len(samples), "languages": _languages(samples)},
        "max_distance": MAX_DISTANCE,
        "recall": recall,
        "false_merges": false_merges,
    }
    text = json.dumps(report, indent=1, ensure_ascii=False)
    sys.stdout.write(text + "\n")
    if options.out:
        options.out.parent.mkdir(parents=True, exist_ok=True)
        options.out.write_text(text + "\n", encoding="utf-8")
    return 0


def read(folder: Path, rng: random.Random) -> Iterator[Sample]:
    """Files of at least 50 tokens that parse as a kept file must, each content once, in random order."""
    seen: set[str] = set()
    documents = sorted(_documents(folder), key=lambda document: document.id)
    rng.shuffle(documents)
    block = Fingerprints()
    for document in documents:
        language, text = str(document.metadata["language"]), document.text
        parsed = parse(text, language)
        if (
            parsed is None
            or error_ratio(parsed) > MAX_ERROR_RATIO
            or max(map(len, text.splitlines()), default=0) > MAX_LINE_LENGTH
        ):
            continue
        block.filter(document)
        if document.metadata["content_hash"] in seen or not document.metadata["_features"]:
            continue
        seen.add(document.metadata["content_hash"])
        signature = signature_of(document.metadata)
        if signature["features"]["tokens"] >= MIN_TOKENS:
            yield Sample(Source(document.id, language, text), str(document.metadata["project"]), signature)


def measure_recall(samples: Sequence[Sample], rng: random.Random, per_language: int) -> dict[str, Any]:
    """Share of copies that are found, for each transformation and language."""
    chosen = [one for group in _by_language(samples).values() for one in group[:per_language]]
    found: dict[str, dict[str, Counter[str]]] = {name: defaultdict(Counter) for name in TRANSFORMATIONS}
    missed: dict[str, list[str]] = {name: [] for name in TRANSFORMATIONS}
    for sample in chosen:
        for name in TRANSFORMATIONS:
            copy = _sound_copy(sample, name, rng)
            if copy is None:
                found[name][sample.source.language]["no sound copy"] += 1
                continue
            verdict = _verdict(sample.signature, sign(copy))
            found[name][sample.source.language][verdict] += 1
            if verdict == WHY[0]:
                missed[name].append(sample.source.name)
    return {name: {**_shares(found[name]), "missed": sorted(missed[name])[:20]} for name in TRANSFORMATIONS}


def measure_false_merges(samples: Sequence[Sample], rng: random.Random, wanted: int) -> dict[str, Any]:
    """Merges among sampled pairs of different programs, and among all pairs of the corpus."""
    made = _families(rng)
    shaped = _kin(made) + _neighbours(samples, rng)
    shaped = [pair for pair in shaped if are_different(pair[0].source, pair[1].source)]
    rng.shuffle(shaped)
    shaped = shaped[: wanted // 2]
    unrelated = _unrelated(samples, rng, wanted - len(shaped))
    merged = {"of_one_shape": _merged(shaped), "unrelated": _merged(unrelated)}
    return {
        "pairs": len(shaped) + len(unrelated),
        "pairs_of_one_shape": len(shaped),
        "pairs_made_of_one_shape": sum(left.project.startswith("family:") for left, _ in shaped),
        "pairs_unrelated": len(unrelated),
        "merged": {kind: len(found) for kind, found in merged.items()},
        "examples": [[left.source.name, right.source.name] for found in merged.values() for left, right in found[:10]],
        "all_pairs_of_the_corpus": _exhaustive(samples),
    }


def sign(source: Source) -> np.ndarray[Any, Any]:
    """Signature of a text."""
    document = Document(text=source.text, id=source.name, metadata={"language": source.language})
    Fingerprints().filter(document)
    return signature_of(document.metadata)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Measure what the near-duplicate detection finds and what it confuses.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--corpus", help="what the report calls the folder")
    parser.add_argument("--title", default="on one corpus", help="what the files are, for the report's title")
    parser.add_argument("--machine", default=platform.machine(), help="what the report calls this machine")
    parser.add_argument("--out", type=Path)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--most", type=int, default=600, help="files of a language that are looked at, at random")
    parser.add_argument("--per-language", type=int, default=200, help="files of a language that are copied")
    parser.add_argument("--negatives", type=int, default=100_000)
    return parser.parse_args()


def _figures(recall: dict[str, Any], false_merges: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The figures that the card shows."""
    for name, target in (("renamed", 0.99), ("comments_and_layout", 0.99), ("lines_edited", 0.95)):
        one = recall[name]
        yield {
            "what": f"found: {WORDS[name]}",
            "value": one["recall"],
            "unit": "share",
            "over": one["pairs"],
            "target": f"at least {100 * target:g} %",
        }
    for kind in ("of_one_shape", "unrelated"):
        yield {
            "what": f"merged: pairs of {WORDS[kind]}",
            "value": false_merges["merged"][kind],
            "unit": "pairs",
            "over": false_merges[f"pairs_{kind}"],
            "target": "none",
        }


def _documents(folder: Path) -> Iterator[Document]:
    for path in sorted(folder.rglob("*.jsonl.zst")):
        with path.open("rb") as raw, zstandard.ZstdDecompressor().stream_reader(raw) as lines:
            for line in io.BufferedReader(lines):
                record = orjson.loads(line)
                if record["metadata"].get("language") in LANGUAGES:
                    yield Document(text=record["text"], id=record["id"], metadata=record["metadata"])
    for path in sorted(folder.rglob("*")):
        if path.suffix in SUFFIXES and path.is_file() and path.stat().st_size <= MAX_BYTES:
            yield from _document(path, path.relative_to(folder))


def _document(path: Path, name: Path) -> Iterator[Document]:
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return
    language = SUFFIXES[path.suffix]
    if path.suffix == ".h" and any(word in text for word in ("namespace ", "template", "class ", "public:")):
        language = "C++"
    yield Document(text=text, id=str(name), metadata={"language": language, "project": name.parts[0]})


def _sound_copy(sample: Sample, name: str, rng: random.Random) -> Source | None:
    """A copy that a syntax gate lets through: an edit that tears a string open is drawn again."""
    for _ in range(20):
        text = TRANSFORMATIONS[name](sample.source, rng)
        parsed = parse(text, sample.source.language)
        if parsed is not None and error_ratio(parsed) <= MAX_ERROR_RATIO:
            return Source(sample.source.name, sample.source.language, text)
    return None


def _verdict(left: np.ndarray[Any, Any], right: np.ndarray[Any, Any]) -> str:
    """The deduplication's word on two files, proposal and verification together."""
    edges = pairs.find(table([left, right]), MAX_DISTANCE, RULES)
    return pairs.WHY[int(edges["verdict"].max(initial=0))]


def _merged(sampled: list[tuple[Sample, Sample]]) -> list[tuple[Sample, Sample]]:
    return [
        (left, right)
        for left, right in sampled
        if _may_merge(left, right) and _verdict(left.signature, right.signature) != WHY[0]
    ]


def _may_merge(left: Sample, right: Sample) -> bool:
    """Whether the deduplication would compare them at all; it says no to all but a few, and this says it faster."""
    ours, theirs = left.signature, right.signature
    same_content = bool((ours["content"] == theirs["content"]).all())
    return same_content or int(ours["simhash"] ^ theirs["simhash"]).bit_count() <= MAX_DISTANCE


def _families(rng: random.Random) -> list[Sample]:
    made = [(name, make(rng)) for name, make in FAMILIES.items() for _ in range(MEMBERS_PER_FAMILY)]
    return [Sample(source, f"family:{name}", sign(source)) for name, source in made]


def _kin(made: Sequence[Sample]) -> list[tuple[Sample, Sample]]:
    families: dict[str, list[Sample]] = defaultdict(list)
    for sample in made:
        families[sample.project].append(sample)
    return [pair for family in families.values() for pair in combinations(family, 2)]


def _neighbours(samples: Sequence[Sample], rng: random.Random) -> list[tuple[Sample, Sample]]:
    """Each file with those of its language whose SimHash is nearest: the hardest that the corpus has."""
    found: set[tuple[int, int]] = set()
    for group in _numbers(samples).values():
        hashes = np.array([int(samples[number].signature["simhash"]) for number in group], dtype=np.uint64)
        for place, number in enumerate(group):
            distances = np.bitwise_count(hashes ^ hashes[place])
            nearest = np.argsort(distances, kind="stable")[: NEIGHBOURS_PER_FILE + 1]
            found.update((min(number, group[other]), max(number, group[other])) for other in nearest if other != place)
    ordered = sorted(found)
    rng.shuffle(ordered)
    return [(samples[left], samples[right]) for left, right in ordered]


def _unrelated(samples: Sequence[Sample], rng: random.Random, wanted: int) -> list[tuple[Sample, Sample]]:
    """Files of one language and different projects, at random; those that the second opinion calls copies are left out."""
    groups = [group for group in _by_language(samples).values() if len({one.project for one in group}) > 1]
    weights = [len(group) for group in groups]
    found: list[tuple[Sample, Sample]] = []
    while len(found) < wanted and groups:
        left, right = rng.sample(rng.choices(groups, weights)[0], 2)
        if left.project != right.project and (not _may_merge(left, right) or are_different(left.source, right.source)):
            found.append((left, right))
    return found


def _exhaustive(samples: Sequence[Sample]) -> dict[str, Any]:
    """The deduplication over the whole corpus: what it merged, and how much of that the second opinion calls different."""
    edges = pairs.find(table(sample.signature for sample in samples), MAX_DISTANCE, RULES)
    wrong: dict[str, list[list[str]]] = defaultdict(list)
    for left, right, verdict in edges.tolist():
        ours, theirs = samples[left].source, samples[right].source
        if are_different(ours, theirs):
            wrong[pairs.WHY[verdict]].append([ours.name, theirs.name])
    return {
        "pairs": sum(len(group) * (len(group) - 1) // 2 for group in _numbers(samples).values()),
        "merged": len(edges),
        "merged_by": dict(Counter(pairs.WHY[verdict] for verdict in edges["verdict"].tolist())),
        "different_by_second_opinion": {why: len(found) for why, found in wrong.items()},
        "examples": {why: sorted(found)[:10] for why, found in wrong.items()},
    }


def _shares(found: dict[str, Counter[str]]) -> dict[str, Any]:
    per_language = {language: _share(counts) for language, counts in sorted(found.items())}
    total: Counter[str] = sum(found.values(), Counter())
    return {**_share(total), "verdicts": dict(total.most_common()), "languages": per_language}


def _share(counts: Counter[str]) -> dict[str, Any]:
    copies = counts.total() - counts["no sound copy"]
    return {"pairs": copies, "recall": round(1 - counts[WHY[0]] / max(1, copies), 4)}


def _by_language(samples: Sequence[Sample]) -> dict[str, list[Sample]]:
    return {language: [samples[number] for number in numbers] for language, numbers in _numbers(samples).items()}


def _numbers(samples: Sequence[Sample]) -> dict[str, list[int]]:
    groups: dict[str, list[int]] = defaultdict(list)
    for number, sample in enumerate(samples):
        groups[sample.source.language].append(number)
    return dict(sorted(groups.items()))


def _languages(samples: Sequence[Sample]) -> dict[str, int]:
    return {language: len(numbers) for language, numbers in _numbers(samples).items()}


if __name__ == "__main__":
    sys.exit(main())
