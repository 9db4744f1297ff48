"""The local Hub beside nginx and a plain copy: `python -m tests.bench.hub [ROUNDS]`.

Downloads: a file of 2 kB through the resolve route, and the same bytes from nginx with one worker, over 16 kept connections.
Uploads: 200 MB of new random bytes by the official client, by LFS and by Xet, and a copy of them with fsync on the same disk.
What is compared takes turns within each round; shown are the median, the lowest and the highest.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

from huggingface_hub import HfApi

from tests.bench.nginx import running_nginx
from tests.localhub.process import HubProcess, running_hub
from tests.publishing.hub.publishing import Person

ROOT = Path(__file__).parents[2]
SMALL_BYTES, LARGE_BYTES = 2048, 200_000_000
CONNECTIONS = 16
REQUESTS = {"hub": 8_000, "nginx": 60_000}
REPO = "alice/bench"
PIECE = 1 << 20
UPLOAD = """
import sys, time
from huggingface_hub import HfApi
api = HfApi()
start = time.perf_counter()
api.upload_file(path_or_fileobj=sys.argv[1], path_in_repo=sys.argv[2], repo_id=sys.argv[3])
print(time.perf_counter() - start)
"""


def main(rounds: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        served = root / "served"
        served.mkdir()
        (served / "small.txt").write_bytes(os.urandom(SMALL_BYTES // 2).hex().encode())
        with running_hub(root / "hub") as hub, running_nginx(root / "nginx", served) as port:
            person = Person(hub.url, root / "home")
            prepare(person.api, served / "small.txt")
            downloads(hub, port, rounds)
            uploads(person, root, rounds)


def prepare(api: HfApi, small: Path) -> None:
    api.create_repo(REPO)
    api.upload_file(path_or_fileobj=small, path_in_repo=small.name, repo_id=REPO)


def downloads(hub: HubProcess, nginx: int, rounds: int) -> None:
    path = f"/{REPO}/resolve/main/small.txt"
    places = {
        "hub": (hub.port, path),
        "nginx": (nginx, "/small.txt"),
    }
    rates, busy = defaultdict(list), defaultdict(list)
    for _ in range(rounds):
        for name, (port, address) in places.items():
            found = load(port, address, REQUESTS[name])
            rates[name].append(found["rate"])
            busy[name].append(found["cpu_seconds"] / found["seconds"])
    print(f"{SMALL_BYTES:,} bytes, {CONNECTIONS} connections, {rounds} rounds")
    for name in places:
        print(f"{name:<12}{spread(rates[name])} requests/s   load client busy {statistics.median(busy[name]):.0%}")


def load(port: int, path: str, requests: int) -> dict[str, float]:
    words = [
        sys.executable,
        "-m",
        "tests.bench.load",
        str(port),
        path,
        str(CONNECTIONS),
        str(requests),
    ]
    return json.loads(subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=True).stdout)


def uploads(person: Person, root: Path, rounds: int) -> None:
    ways: dict[str, Callable[[Path], float]] = {
        "copy": lambda path: copy(path, root / "copy"),
        "LFS": lambda path: upload(person, path, {"HF_HUB_DISABLE_XET": "1"}),
        "Xet": lambda path: upload(person, path, {}),
    }
    speeds = defaultdict(list)
    for _ in range(rounds):
        for name, way in ways.items():
            path = fresh(root / "large.bin")
            speeds[name].append(LARGE_BYTES / 1e6 / way(path))
    print(f"\n{LARGE_BYTES / 1e6:,.0f} MB of random bytes, {rounds} rounds")
    for name in ways:
        print(f"{name:<12}{spread(speeds[name])} MB/s")


def fresh(path: Path) -> Path:
    """New bytes that nobody has, on the disk already, so that writing them is in nobody's time."""
    with path.open("wb") as file:
        for _ in range(LARGE_BYTES // 1_000_000):
            file.write(os.urandom(1_000_000))
        file.flush()
        os.fsync(file.fileno())
    return path


def copy(source: Path, target: Path) -> float:
    start = time.perf_counter()
    with source.open("rb") as reader, target.open("wb") as writer:
        while piece := reader.read(PIECE):
            writer.write(piece)
        writer.flush()
        os.fsync(writer.fileno())
    seconds = time.perf_counter() - start
    target.unlink()
    return seconds


def upload(person: Person, path: Path, environment: dict[str, str]) -> float:
    """Seconds of the client's upload: hashing, sending, commit; not the start of Python."""
    one = Person(person.url, person.home, extra={"HF_HUB_DISABLE_PROGRESS_BARS": "1", **environment})
    done = one.python("-c", UPLOAD, str(path), f"large-{time.time_ns()}.bin", REPO)
    if done.returncode:
        raise SystemExit(done.stderr)
    return float(done.stdout.split()[-1])


def spread(values: list[float]) -> str:
    return f"{statistics.median(values):>9,.0f}  ({min(values):,.0f} to {max(values):,.0f})"


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 7)
