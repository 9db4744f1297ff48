"""A sealed dataset folder of real code, small enough to tokenise in seconds: frozen, as several projects."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from seedbed.core.manifests import integrity
from seedbed.core.manifests.base import RecipeFacts, Software
from seedbed.core.manifests.contents import Amount, Contents, Duplicates, LicenseEvidence
from seedbed.core.manifests.dataset import Manifest
from tests import frozen

SHAPES = Path(__file__).parents[1] / "corpus" / "complexity"
SPLITS = {"code/seedbed/dedup": "validation", "code/seedbed/parsing": "test"}
LANGUAGES = {".py": "Python", ".c": "C", ".go": "Go", ".rs": "Rust", ".java": "Java", ".js": "JavaScript"}
Row = dict[str, str]


def code() -> list[Row]:
    """Files as rows, without their split; the code stands in a folder of the name that its imports say."""
    shapes = {f"shapes/{path.name}": path.read_text(encoding="utf-8") for path in sorted(SHAPES.iterdir())}
    files = {f"code/seedbed/{name}": text for name, text in frozen.files().items()} | shapes
    return [row(path, text) for path, text in files.items() if Path(path).suffix in LANGUAGES]


def row(path: str, text: str) -> Row:
    project = "/".join(path.split("/")[:-1][:3])
    return {"id": path, "project": project, "path": path, "language": LANGUAGES[Path(path).suffix], "text": text}


def by_split(rows: list[Row]) -> dict[str, list[Row]]:
    splits: dict[str, list[Row]] = {"train": [], "validation": [], "test": []}
    for row in rows:
        splits[SPLITS.get(row["project"], "train")].append(row)
    return splits


def write(folder: Path, splits: Mapping[str, list[Row]]) -> Path:
    """Write and seal it; a language is a folder, as in a real one."""
    for split, rows in splits.items():
        for language in {row["language"] for row in rows}:
            mine = [row for row in rows if row["language"] == language]
            path = folder / "data" / language.lower() / f"{split}-00000-of-00001.parquet"
            path.parent.mkdir(parents=True, exist_ok=True)
            pq.write_table(pa.Table.from_pylist(mine), path)
    integrity.seal(manifest(), folder)
    return folder


def manifest() -> Manifest:
    contents = Contents(
        total=Amount(),
        splits={},
        configs=(),
        languages=(),
        licenses=(),
        license_evidence=LicenseEvidence(combinations={}, disagreeing=0),
        projects=(),
        distributions={},
        duplicates=Duplicates(),
        rejected=(),
        example={},
    )
    return Manifest(
        name="small",
        title="Small",
        description="",
        contact="",
        repository="owner/small",
        recipe=RecipeFacts(path="small.yaml", sha256="0" * 64, data={}),
        seedbed=Software(version="0"),
        versions={"python": sys.version.split()[0]},
        sources=(),
        stages=(),
        contents=contents,
        columns={},
    )


RECIPE = """\
name: small
title: Small
dataset: {dataset}
tokenizer: {{vocabulary_size: 1024, sample_bytes: 400000}}
data: {{fim_rate: 0.5, fim_spm_rate: 0.5, language_temperature: 1.5}}
model: {{layers: 1, hidden: 32, heads: 2, kv_heads: 2, feed_forward: 64, context: 64, tie_embeddings: true}}
optimizer: {{learning_rate: 0.001, min_learning_rate: 0.0001, weight_decay: 0.1, beta1: 0.9, beta2: 0.95, epsilon: 1.0e-8,
  clip_grad: 1.0, schedule: cosine, warmup_steps: 1}}
batch: {{sequences: {sequences}, micro_sequences: 2}}
steps: 4
seed: 17
parallelism: {{dp: 1, tp: 1, pp: 1}}
checkpoints: {{every_steps: 2, keep: 1}}
validation: {{every_steps: 2, sequences: 4}}
hardware: {{name: CPU, precision: float32, memory_bytes: 1000000000, peak_flops: 1.0e+11, utilisation: 0.5}}
"""


def write_recipe(folder: Path, dataset: str, sequences: int = 4) -> Path:
    path = folder / "small.yaml"
    path.write_text(RECIPE.format(dataset=dataset, sequences=sequences), encoding="utf-8")
    return path
