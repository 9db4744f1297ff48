"""Arguments that commands share, and verdicts as a person reads them on a terminal."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any

from typer import Argument, Option

from seedbed.core.errors import printable
from seedbed.core.text.formatting import plural

TrainRecipe = Annotated[Path, Argument(metavar="RECIPE", help="training recipe, such as recipes/train/starter.yaml")]
Paths = Annotated[list[Path], Argument(metavar="PATH", help="files or folders")]
Json = Annotated[bool, Option("--json", help="Print one JSON object a line.")]
Limits = Annotated[
    Path | None, Option("--recipe", metavar="RECIPE", help="limits and license policy (default: the starter recipe's)")
]


_EVIDENCE = ("header", "nearest_file", "declared")
_WIDTH = 16
_RULE_CHARACTERS = 60


def show(line: str) -> None:
    """Print a line at once, also where standard output is a pipe."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def verdict(found: Mapping[str, Any]) -> str:
    """A verdict of `seedbed inspect`: the file and its fate, then a line for each thing that was looked at."""
    lines = [f"{found['path']}: {'kept' if found['kept'] else 'dropped'}"]
    lines += [_line("because", _reason(reason, found["details"].get(reason))) for reason in found["reasons"]]
    if found["language"]:  # what could not be decoded was not looked at
        lines += [_line(name, words) for name, words in _looked_at(found)]
    return "\n".join(map(printable, lines))


def cluster(found: Mapping[str, Any]) -> str:
    """A cluster of `seedbed duplicates`: the copy that would be kept, then each other one with its kind and why."""
    copies = found["copies"]
    head = f"{plural(len(copies) + 1, 'file')}, {len(copies)} of them copies, at most {plural(found['distance'], 'bit')} apart"
    lines = [f"{copy['kind']:<6} {copy['path']}: {copy['why']}, {plural(copy['distance'], 'bit')}" for copy in copies]
    return "\n  ".join(map(printable, [head, f"{'kept':<6} {found['kept']}", *lines]))


def score(found: Mapping[str, Any]) -> str:
    """A verdict of `seedbed score`, or its last line: pass@k."""
    if "verdict" in found:
        words = f"{found['verdict']}: {found['reason']}" if found["reason"] else found["verdict"]
        return printable(f"{found['task_id']} {found['sample']}: {words} ({found['seconds']:.2f} s)")
    shares = ", ".join(f"{name} {100 * share:.1f} %" for name, share in found["pass_at_k"].items())
    return f"{shares} ({plural(found['problems'], 'problem')}, {plural(found['samples'], 'sample')})"


def _looked_at(found: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    yield "language", f"{found['language']} (by {found['language_source']})"
    yield "license", found["license"]["effective"] or "none found"
    for name in _EVIDENCE:
        yield f"  {name}", _evidence(found["license"][name])
    yield "syntax", _syntax(found["syntax"])
    if found["syntax"]["valid"] is not None:
        yield "complexity", _complexity(found["complexity"]["functions"])


def _line(name: str, words: str) -> str:
    return f"  {name:<{_WIDTH}}{words}"


def _reason(reason: str, detail: str | None) -> str:
    return f"{reason} ({detail})" if detail else reason


def _evidence(evidence: Mapping[str, Any] | None) -> str:
    if evidence is None:
        return "says nothing"
    words = f"{evidence['expression']}  {', '.join(evidence['files'])}"
    if evidence["lines"] is None:
        return words
    first, last = evidence["lines"]
    where = f"line {first}" if first == last else f"lines {first}-{last}"
    return f"{words}, {where}, {evidence['rule'][:_RULE_CHARACTERS]}, score {evidence['score']:g}"


def _syntax(syntax: Mapping[str, Any]) -> str:
    if syntax["error_ratio"] is None:
        return "no grammar for it"
    return f"{'valid' if syntax['valid'] else 'not valid'}, {100 * syntax['error_ratio']:.3g} % of the bytes do not parse"


def _complexity(functions: list[Mapping[str, Any]]) -> str:
    if not functions:
        return "no functions"
    worst = max(functions, key=lambda one: (one["cyclomatic"], one["lines"], one["nesting"]))
    measured = f"cyclomatic {worst['cyclomatic']}, {plural(worst['lines'], 'line')}, nesting {worst['nesting']}"
    return f"{plural(len(functions), 'function')}; worst is {worst['name']}, line {worst['start_line']}: {measured}"
