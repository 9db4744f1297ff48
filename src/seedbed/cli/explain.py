"""`seedbed explain`."""

from __future__ import annotations

import json as jsons
from collections.abc import Iterator, Mapping
from pathlib import Path
from textwrap import wrap
from typing import Annotated, Any

from typer import Argument, Option

from seedbed.cli import terminal
from seedbed.cli.extras import need
from seedbed.cli.terminal import Json, Limits
from seedbed.core.errors import printable

Explained = Annotated[list[Path], Argument(metavar="PATH", help="files or folders; with --id a dataset folder")]
Sample = Annotated[str | None, Option("--id", metavar="ID", help="a sample of the dataset folder PATH, kept or rejected")]
_WIDTH = 100


def explain(paths: Explained, *, json: Json = False, recipe: Limits = None, sample: Sample = None) -> None:
    """Explain the license verdict on files, or on a sample of a dataset.

    What was found, in which words, which of it decided, and what would change the verdict.
    """
    need("explain")
    from pipeline.explain import explanations, of_sample

    for number, facts in enumerate(of_sample(paths, sample) if sample is not None else explanations(paths, recipe)):
        terminal.show(jsons.dumps(facts) if json else ("\n" if number else "") + text(facts))


def text(facts: Mapping[str, Any]) -> str:
    """An explanation as a person reads it."""
    verdict = "kept" if facts["kept"] else f"refused: {facts['reason']}"
    lines = [
        f"{facts['path']}: {verdict}",
        *_folded(facts["meaning"], "  "),
        f"  license: {facts['license'] or 'none'}" + (f" ({facts['category']})" if facts["category"] else ""),
        *(_folded(facts["detail"], "  detail: ") if facts["detail"] and not facts["decided_by"] else ()),
        *_decision(facts["decided_by"]),
        "",
        "  What was found",
        *(line for number, evidence in enumerate(facts["evidence"], 1) for line in _evidence(number, evidence)),
        "",
        "  Judged with",
        *(f"    {line}" for line in _judged(facts["judged_with"])),
    ]
    if facts["to_keep_it"]:
        lines += ["", "  What would make it keepable", *(line for remedy in facts["to_keep_it"] for line in _item(remedy))]
    return "\n".join(map(printable, lines))


def _decision(decided: Mapping[str, Any] | None) -> Iterator[str]:
    if decided:
        yield ""
        yield f"  What decided: {decided['file']}, {_lines(decided)}, {decided['expression']}"
        yield from _folded(f"\u201c{decided['text']}\u201d", "    ")


def _evidence(number: int, evidence: Mapping[str, Any]) -> Iterator[str]:
    inherited = ", inherited" if evidence["inherited"] else ""
    says = evidence["expression"] or ("states no license" if evidence["matches"] else "nothing")
    in_the_way = f"; in the way: {', '.join(evidence['in_the_way'])}" if evidence["in_the_way"] else ""
    yield f"    {number}. {evidence['origin']}{inherited}: {says}{in_the_way}"
    for match in evidence["matches"]:
        yield f"       {match['file']}, {_lines(match)}: {match['expression']}"
        if match["text"]:
            yield from _folded(f"\u201c{match['text']}\u201d", " " * 9)
        yield from _folded(match["why"], " " * 9)
        how = f" ({match['matcher']}, score {match['score']:g})" if match["matcher"] != "none" else ""
        yield f"         rule {match['rule']}{how}"
        if match["url"]:
            yield f"         {match['url']}"


def _judged(judged: Mapping[str, Any]) -> Iterator[str]:
    yield f"policy    {judged.get('policy', 'unknown')}, {judged['licenses_allowed']} licenses and exceptions"
    yield f"project   {judged.get('root', 'unknown')}"
    yield f"scancode  {judged.get('scancode', 'unknown')}, rules {judged.get('index', 'unknown')}"


def _lines(match: Mapping[str, Any]) -> str:
    first, last = match["start_line"], match["end_line"]
    return f"line {first}" if first == last else f"lines {first}-{last}"


def _item(words: str) -> Iterator[str]:
    first, *rest = wrap(words, _WIDTH - 6, break_long_words=False, break_on_hyphens=False)
    yield f"    - {first}"
    yield from (f"      {line}" for line in rest)


def _folded(words: str, indent: str) -> list[str]:
    return wrap(
        words,
        _WIDTH,
        initial_indent=indent,
        subsequent_indent=" " * len(indent),
        break_long_words=False,
        break_on_hyphens=False,
    )
