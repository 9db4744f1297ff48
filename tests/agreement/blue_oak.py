"""Print the Blue Oak Council's ratings as data: `npm pack @blueoak/list`, unpack it, `python -m tests.agreement.blue_oak FOLDER`.

The council rates permissive licenses: model, gold, silver, bronze, lead. It dedicates its list to the public domain (CC0-1.0).
Keys that scancode does not know could never be found in a file; they are listed under `unknown` and no policy has them.
The answer is src/seedbed/data/filters/license/blue_oak.json.
"""

from __future__ import annotations

import argparse
import json
import sys
from hashlib import sha256
from pathlib import Path

from seedbed.data.filters.license.expressions import known_licenses


def data(folder: Path) -> dict[str, object]:
    """The ratings of an unpacked npm package."""
    package = json.loads((folder / "package.json").read_text("utf-8"))
    listed = (folder / "index.json").read_bytes()
    ratings = {tier["name"].lower(): sorted(entry["id"] for entry in tier["licenses"]) for tier in json.loads(listed)}
    known = known_licenses()
    return {
        "source": f"https://www.npmjs.com/package/{package['name']}/v/{package['version']}",
        "version": package["version"],
        "license": package["license"],
        "sha256_of_index_json": sha256(listed).hexdigest(),
        "ratings": {name: [key for key in keys if key in known] for name, keys in ratings.items()},
        "unknown": sorted(key for keys in ratings.values() for key in keys if key not in known),
    }


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m tests.agreement.blue_oak", description=__doc__)
    parser.add_argument("folder", type=Path, metavar="FOLDER", help="the unpacked npm package")
    sys.stdout.write(json.dumps(data(parser.parse_args().folder), indent=1) + "\n")
