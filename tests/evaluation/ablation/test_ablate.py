"""A whole ablation of a tiny recipe: archives in, report out; a second one takes what the first one made."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from tests import frozen
from tests.data.sources.test_archives import make_tar
from tests.models.small_dataset import write_recipe

ROOT = Path(__file__).parents[3]
LICENSE = {"LICENSE": (ROOT / "LICENSE").read_bytes()}


def archive(folder: Path, name: str, files: dict[str, bytes]) -> None:
    make_tar(folder / f"{name}.tar.gz", {f"{name}/{path}": data for path, data in (LICENSE | files).items()})


def sources(pattern: str) -> dict[str, bytes]:
    return {Path(name).name: text.encode() for name, text in frozen.files(pattern).items() if len(text) > 900}


def make_plan(folder: Path) -> Path:
    """Three projects of frozen code; in the one that is trained on three files stand twice, a little edited."""
    mine = sources("*.py") | sources("blocks/*.py")
    edited = {f"again_{name}": mine[name] + b"\nEXTRA = 1\n" for name in ("stage.py", "seal.py", "facts.py")}
    archive(folder, "alpha", mine | edited)
    archive(folder, "beta", sources("dedup/*.py"))
    archive(
        folder,
        "gamma",
        sources("parsing/*.py") | {"copy.py": mine["stage.py"], "near_words.py": mine["words.py"] + b"\nEXTRA = 1\n"},
    )
    data = yaml.safe_load((ROOT / "recipes" / "data" / "starter.yaml").read_text(encoding="utf-8"))
    data |= {"name": "small", "sources": [{"archive": f"{name}.tar.gz"} for name in ("alpha", "beta", "gamma")], "evidence": []}
    data["splits"]["pins"] = {
        f"pkg:generic/{name}": split for name, split in (("alpha", "train"), ("beta", "validation"), ("gamma", "test"))
    }
    (folder / "data.yaml").write_text(yaml.safe_dump(data), encoding="utf-8")
    write_recipe(folder, "{path: unused}")
    plan = yaml.safe_load((ROOT / "recipes" / "ablation.yaml").read_text(encoding="utf-8"))
    tasks = {name: str(ROOT / "recipes" / plan[name]) for name in ("bits_per_byte", "syntax", "next_line")}
    plan |= {"data": "data.yaml", "train": "small.yaml", **tasks, "steps": 3, "seeds": 2}
    plan["held_out"] = {"bytes": 4000, "completions": 2, "lines": 3}
    (folder / "plan.yaml").write_text(yaml.safe_dump(plan), encoding="utf-8")
    return folder / "plan.yaml"


def ablate(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """`seedbed ablate`, as `make` calls it."""
    variables = os.environ | {"SEEDBED_CACHE": str(folder / "cache")}
    command = [sys.executable, "-m", "seedbed.cli", "ablate", *words]
    return subprocess.run(command, cwd=folder, env=variables, capture_output=True, text=True, check=False)


@pytest.mark.slow
def test_an_ablation_from_archives_to_its_report(tmp_path: Path) -> None:
    plan = make_plan(tmp_path)

    done = ablate(tmp_path, "near_dedup", "plan.yaml")

    assert done.returncode == 0, done.stderr
    out = tmp_path / "build" / "ablations" / "near_dedup"
    report = json.loads((out / "report.json").read_text())
    assert done.stdout.startswith(report["sentence"])
    assert report["without"]["files"] == report["kept"]["files"] + 3
    assert report["held_out"]["removed"] == {"exact": 0, "near": 1}  # the exact copy was taken out by the deduplication itself
    assert [(one["metric"], len(one["kept"])) for one in report["outcomes"]] == [
        ("bits_per_byte", 2), ("parses", 2), ("exact_match", 2), ("edit_similarity", 2),
    ]  # fmt: skip
    assert (out / "plot.png").is_file()

    runs = {
        path: path.stat().st_mtime_ns
        for path in (tmp_path / "build" / "ablations" / "work" / "runs").glob("*/model/*.safetensors")
    }
    again = ablate(tmp_path, "near_dedup", str(plan))
    assert again.returncode == 0, again.stderr
    assert len(runs) == 4
    assert {path: path.stat().st_mtime_ns for path in runs} == runs
    assert json.loads((out / "report.json").read_text())["outcomes"] == report["outcomes"]

    nothing = ablate(tmp_path, "secrets", str(plan))
    assert nothing.returncode == 2
    assert (
        nothing.stderr.splitlines()[-1]
        == "seedbed: FILTER secrets: takes no training file out of data.yaml. Allowed: a filter that does."
    )
    assert not (tmp_path / "build" / "ablations" / "secrets").exists()
