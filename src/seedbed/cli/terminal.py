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
Json = Annotated[bool, Option("--json", help="Print one JSON object per line.")]
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


def verdict(facts: Mapping[str, Any]) -> str:
    """A verdict of `seedbed inspect`: the file, kept or dropped, then a line per check."""
    lines = [f"{facts['path']}: {'kept' if facts['kept'] else 'dropped'}"]
    lines += [_line("because", _reason(reason, facts["details"].get(reason))) for reason in facts["reasons"]]
    if facts["language"]:  # what could not be decoded was not looked at
        lines += [_line(name, words) for name, words in _looked_at(facts)]
    return "\n".join(map(printable, lines))


def cluster(facts: Mapping[str, Any]) -> str:
    """A cluster of `seedbed duplicates`: the copy that would be kept, then the others with kind and reason."""
    copies = facts["copies"]
    head = f"{plural(len(copies) + 1, 'file')}, {len(copies)} of them copies, at most {plural(facts['distance'], 'bit')} apart"
    lines = [f"{copy['kind']:<6} {copy['path']}: {copy['why']}, {plural(copy['distance'], 'bit')}" for copy in copies]
    return "\n  ".join(map(printable, [head, f"{'kept':<6} {facts['kept']}", *lines]))


def score(facts: Mapping[str, Any]) -> str:
    """A verdict of `seedbed score`, or its last line: pass@k."""
    if "verdict" in facts:
        words = f"{facts['verdict']}: {facts['reason']}" if facts["reason"] else facts["verdict"]
        return printable(f"{facts['task_id']} {facts['sample']}: {words} ({facts['seconds']:.2f} s)")
    shares = ", ".join(f"{name} {100 * share:.1f} %" for name, share in facts["pass_at_k"].items())
    return f"{shares} ({plural(facts['problems'], 'problem')}, {plural(facts['samples'], 'sample')})"


def _looked_at(facts: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    yield "language", f"{facts['language']} (by {facts['language_source']})"
    yield "license", facts["license"]["effective"] or "none found"
    for name in _EVIDENCE:
        yield f"  {name}", _evidence(facts["license"][name])
    yield "syntax", _syntax(facts["syntax"])
    if facts["syntax"]["valid"] is not None:
        yield "complexity", _complexity(facts["complexity"]["functions"])


def _line(name: str, words: str) -> str:
    return f"  {name:<{_WIDTH}}{words}"


def _reason(reason: str, detail: str | None) -> str:
    return f"{reason} ({detail})" if detail else reason


def _evidence(evidence: Mapping[str, Any] | None) -> str:
    if evidence is None:
        return "none"
    if evidence["expression"] is None:
        return f"states none; found: {', '.join(dict.fromkeys(match['expression'] for match in evidence['matches']))}"
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
    worst = max(functions, key=lambda function: (function["cyclomatic"], function["lines"], function["nesting"]))
    measured = f"cyclomatic {worst['cyclomatic']}, {plural(worst['lines'], 'line')}, nesting {worst['nesting']}"
    return f"{plural(len(functions), 'function')}; worst is {worst['name']}, line {worst['start_line']}: {measured}"
