"""The compact index against scancode's own: the same matches for the text of every rule, and for the headers of real files.

python -m tests.agreement.compact_index [FOLDER ...] [--every N]
"""

from __future__ import annotations

import argparse
import itertools
import sys
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from licensedcode.query import Query

from seedbed.data.filters.license.candidates import NearIndex
from seedbed.data.filters.license.compact_index import opened_or_built
from seedbed.data.filters.license.detect import loaded, near_index
from seedbed.data.filters.license.prefilter import plain_lines, regions

SUFFIXES = {".py", ".c", ".h", ".js", ".ts", ".rs", ".go", ".java", ".cpp", ".pyi", ".pyx", ".txt", ".md"}
MAX_CHARACTERS = 100_000


def compact() -> tuple[Any, NearIndex]:
    """Scancode's cache over new files of the compact index, and the index for approximate matches."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "cache" / "index"
        opened_or_built(place, lambda: (loaded(), near_index().table))
        cache, table = opened_or_built(place, _never)
        return cache, NearIndex.over(cache.index, table)


def _never() -> Any:
    raise AssertionError("the files that were written cannot be opened")


def matches(index: Any, text: str, *, approximate: bool) -> list[tuple[object, ...]]:
    """All that scancode says of each match."""
    if not text:
        return []
    query = Query(query_string=text, idx=index, line_threshold=15)
    return [
        (
            match.rule.identifier,
            match.matcher,
            match.score(),
            match.start_line,
            match.end_line,
            list(match.qspan),
            list(match.ispan),
            list(match.hispan),
            match.rule.license_expression,
        )
        for match in index.match_query(query, approximate=approximate)
    ]


def rule_texts() -> Iterator[str]:
    """The text of every rule of scancode's index."""
    return (rule.text for rule in loaded().index.rules_by_rid)


def headers(folders: Iterable[Path]) -> Iterator[str]:
    """Different regions of the files below some folders."""
    files = (path for folder in folders for path in sorted(folder.rglob("*")) if path.suffix in SUFFIXES and path.is_file())
    seen: set[bytes] = set()
    for file in files:
        for region in regions(plain_lines(file.read_text("utf-8", "replace")[:MAX_CHARACTERS])):
            if region.text not in seen:
                seen.add(region.text)
                yield region.text.decode("utf-8", "replace")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folders", nargs="*", type=Path)
    parser.add_argument("--every", type=int, default=1, help="of the rules, compare each N-th")
    parser.add_argument("--approximate", type=int, default=20, help="of the texts, match each N-th approximately too")
    asked = parser.parse_args()
    cache, near = compact()
    texts, different, approximate = 0, 0, 0
    for text in itertools.chain(itertools.islice(rule_texts(), 0, None, asked.every), headers(asked.folders)):
        texts += 1
        pairs = [(matches(loaded().index, text, approximate=False), matches(cache.index, text, approximate=False))]
        if texts % asked.approximate == 0:
            approximate += 1
            pairs.append((matches(near_index(), text, approximate=True), matches(near, text, approximate=True)))
        if any(theirs != ours for theirs, ours in pairs):
            different += 1
            print(f"different: {text[:200]!r}")
    print(f"{texts} texts, {approximate} of them also approximately: {different} different")
    sys.exit(different > 0)


if __name__ == "__main__":
    main()
