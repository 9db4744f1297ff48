"""Templates of cards/ filled with facts: the only importer of jinja2.

A template sees the facts that it is given and the filters below, and nothing else. A name that does not exist is an error, never
an empty space on a published page.
"""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from statistics import fmean
from typing import Any

import yaml
from jinja2 import Environment, FileSystemLoader, StrictUndefined, TemplateError, TemplateSyntaxError

from seedbed.core.errors import InputError
from seedbed.core.manifests.ablation import WORDS, ConfidenceInterval
from seedbed.core.manifests.contents import ColumnFacts
from seedbed.core.manifests.scores import words_of
from seedbed.core.text import formatting
from seedbed.publishing import rejections

_MANY_BLANK_LINES = re.compile(r"\n{3,}")


def cards_folder() -> Path:
    """Templates and words: cards/ of a checkout, or the copy inside the installed package."""
    here = Path(__file__).resolve()
    checkout = here.parents[4] / "cards"
    return checkout if (checkout / "dataset.md.jinja").is_file() else here.parents[2] / "policy" / "cards"


def hub_policy(folder: Path | None = None) -> dict[str, Any]:
    """hub.yaml of `folder`, else of cards/: metadata that every dataset and model gets, and the licenses that the Hub knows."""
    own = (folder or cards_folder()) / "hub.yaml"
    path = own if own.is_file() else cards_folder() / "hub.yaml"
    policy: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return policy


def fill(template: str, facts: Mapping[str, Any], folder: Path | None = None) -> str:
    """Fill a template of `folder`, else of cards/.

    Raises: InputError naming the template, the line and the name that does not exist.
    """
    try:
        text = _environment(folder or cards_folder()).get_template(template).render(facts)
    except TemplateSyntaxError as error:
        raise InputError(f"{error.name or template}: line {error.lineno}: {error.message}.") from error
    except TemplateError as error:
        raise InputError(f"{template}: {error.message or 'cannot be filled'}. Allowed: names that a manifest has.") from error
    return _MANY_BLANK_LINES.sub("\n\n", text).rstrip("\n") + "\n"


def by_number(counts: Mapping[str, int]) -> list[tuple[str, int]]:
    """Entries of a mapping, the largest number first, equal ones by name."""
    return sorted(counts.items(), key=lambda entry: (-entry[1], entry[0]))


def _environment(folder: Path) -> Environment:
    environment = Environment(
        loader=FileSystemLoader([folder, cards_folder()]),
        undefined=StrictUndefined,
        autoescape=False,  # noqa: S701 - the pages are markdown; the filters below escape for it
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters |= {
        "code": formatting.code,
        "text": formatting.text,
        "prose": formatting.prose,
        "url": formatting.url,
        "count": formatting.count,
        "size": formatting.size,
        "contact": formatting.contact,
        "bibtex": formatting.bibtex,
        "by_number": by_number,
        "by_reason": rejections.by_kind,
        "kind": _kind,
        "place": _place,
        "short": formatting.short,
        "shortened": formatting.shortened,
        "million": formatting.million,
        "measured": words_of,
        "scientific": formatting.scientific,
        "duration": formatting.duration,
    }
    environment.tests["several"] = _has_several
    environment.globals |= {
        "share": formatting.share,
        "figure": formatting.figure,
        "plural": formatting.plural,
        "percent": formatting.percent,
        "measure": lambda metric: WORDS.get(metric, metric),
        "value": _value,
        "change": _change,
        "signed": lambda value, unit: f"{'+' if value > 0 else ''}{formatting.figure(value, 'share' if unit == 'share' else '')}",
        "between": _between,
        "perplexity": lambda loss: f"{math.exp(loss):,.2f}",
    }
    return environment


def _has_several(entries: Collection[object]) -> bool:
    return len(entries) > 1


def _kind(column: ColumnFacts) -> str:
    """Type of a column as the schema table shows it."""
    type_ = column.type.replace("list<", "list of ").removesuffix(">")
    return f"{type_} or null" if column.nullable else type_


def _place(sample_id: str) -> str:
    """Package and file name of a sample, short enough for a cell: `requests@2.32.3 …/api.py`."""
    source, _, path = sample_id.partition("#")
    folder, _, name = path.rpartition("/")
    return f"{formatting.shortened(source.rpartition('/')[2], 32)} {'…/' if folder else ''}{formatting.shortened(name, 32)}"


def _value(values: Sequence[float], unit: str) -> str:
    """Mean over runs."""
    mean = fmean(values)
    return f"{100 * mean:.1f} %" if unit == "share" else f"{mean:.4f}"


def _change(value: float, unit: str) -> str:
    return f"{100 * value:+.1f}" if unit == "share" else f"{value:+.4f}"


def _between(ends: ConfidenceInterval | None, unit: str) -> str:
    return f"{_change(ends.low, unit)} to {_change(ends.high, unit)}" if ends else "–"
