"""Finds declarations for a cursor by the names near it and the imports, and writes them as comments within a token budget."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final, Protocol

from seedbed.core.syntax import named, parse
from seedbed.serving.completion.references import imports_of
from seedbed.serving.completion.retrieval.project_files import name_words
from seedbed.serving.completion.retrieval.store import PROJECT, Hit, Store

Count = Callable[[str], int]
"""Tokens of a text."""

_NAME: Final = re.compile(r"[A-Za-z_]\w{2,}")
_LINES_BEFORE, _LINES_BEHIND = 20, 5
_NEAR_NAMES = 40
_MAX_HITS = 200
_COMMON: Final = frozenset(
    "self this return import from class def function const let var for while not and None True False new".split()
)


class Place(Protocol):
    """A cursor in a file."""

    @property
    def prefix(self) -> str: ...
    @property
    def suffix(self) -> str: ...
    @property
    def path(self) -> str: ...
    @property
    def language(self) -> str: ...


class ProjectRetriever:
    """Retrieves declarations for a cursor from a store."""

    def __init__(self, store: Store, folder: Path | None = None) -> None:
        """Args: folder: of the project, for requests with absolute paths."""
        self._store, self._folder = store, folder.resolve() if folder else None

    def retrieve(self, request: Place, budget: int, count: Count) -> str:
        """Comment lines to put before the text, at most `budget` tokens; "" for nothing. The best line is the last.

        Declarations of the file itself are left out: the model sees the file.
        """
        mark = named(request.language).line_comment
        lines: dict[str, None] = {}
        spent = 0
        for hit in self.ranked(request):
            line = f"{mark} {_shown(hit)}\n"
            if line not in lines:
                spent += count(line)
                if spent > budget:
                    break
                lines[line] = None
        best = list(lines)
        while best and count("".join(best)) > budget:  # tokens may span line ends
            best.pop()
        return "".join(reversed(best))

    def ranked(self, request: Place) -> list[Hit]:
        """Declarations for a cursor, the best first."""
        near = _near_names(request)
        if not near:
            return []
        imported = _imported(request)
        hits = {hit.id: hit for hit in self._store.named(list(near), _MAX_HITS)}
        words = list(dict.fromkeys(word for name in list(near)[:10] for word in name_words(name) if len(word) > 2))
        hits |= {hit.id: hit for hit in self._store.about(words, _MAX_HITS // 4)}
        own = self._in_project(request.path)
        others = (hit for hit in hits.values() if not (hit.origin == PROJECT and hit.file == own))
        scored = [(_score(hit, near, imported), hit) for hit in others]
        return [hit for score, hit in sorted(scored, key=lambda item: (-item[0], item[1].id)) if score > 0]

    def _in_project(self, path: str) -> str:
        """Path of a file in the project."""
        if self._folder and Path(path).is_relative_to(self._folder):
            return Path(path).relative_to(self._folder).as_posix()
        return path


def _near_names(request: Place) -> Mapping[str, float]:
    """Names near the cursor with weights from 1 down to 0.5, the nearest first."""
    before = request.prefix.split("\n")[-_LINES_BEFORE:][::-1]
    behind = request.suffix.split("\n")[:_LINES_BEHIND]
    near = (name for line in before + behind for name in _NAME.findall(line)[::-1] if name not in _COMMON)
    names = list(dict.fromkeys(near))[:_NEAR_NAMES]
    return {name: 1 - place / (2 * _NEAR_NAMES) for place, name in enumerate(names)}


def _imported(request: Place) -> Mapping[str, tuple[str, ...]]:
    """Full names of the imported names of the file."""
    parsed = parse(request.prefix + request.suffix, request.language)
    return {item.name: item.target for item in imports_of(parsed) if item.name} if parsed else {}


def _score(hit: Hit, near: Mapping[str, float], imported: Mapping[str, tuple[str, ...]]) -> float:
    """Relevance of a declaration: it is named near the cursor, its owner is, and it is imported.

    A name that is not imported may be another thing of the same name, so it counts little. Methods are seldom imported, so the
    import of the owner counts for them.
    """
    named, owned = near.get(hit.name, 0.0), near.get(hit.owner, 0.0)
    of_import = next((target for name in (hit.name, hit.owner) if (target := imported.get(name))), None)
    points = 2 * named + owned + (0.5 if hit.origin == PROJECT else 0)
    if of_import and _is_from(hit, of_import):
        points += 3
    elif not named and not owned:
        return 0.0
    return points


def _is_from(hit: Hit, target: Sequence[str]) -> bool:
    """Whether a declaration may be the target of an import: the last part of the module is in the path of the file."""
    parts = set(re.split(r"[/.]", hit.file))
    modules = [part for part in target[:-1] if part] or list(target)
    return modules[-1] in parts


def _shown(hit: Hit) -> str:
    owner = f"{hit.owner}: " if hit.owner else ""
    sentence = f"  {hit.sentence}" if hit.sentence else ""
    return f"{hit.file}: {owner}{hit.signature}{sentence}"


def lines_of(retriever: ProjectRetriever, request: Place) -> Iterator[str]:
    """All lines without a budget, the best first."""
    yield from map(_shown, retriever.ranked(request))
