"""Facts and a template make a text: dataset card, model card, attribution, license and schema page. The only importer of jinja2.

A template sees the manifest, the filters below, and nothing else. A name that does
not exist is an error, never an empty space on a published page.
"""

from __future__ import annotations

import functools
import math
import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import Path
from statistics import fmean
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, TemplateError, TemplateSyntaxError

from seedbed.core.errors import InputError
from seedbed.core.manifests.ablation import WORDS, Ablation, ConfidenceInterval
from seedbed.core.manifests.contents import ColumnFacts, split_order
from seedbed.core.manifests.dataset import Manifest
from seedbed.core.manifests.finetune import Finetune
from seedbed.core.manifests.model import ModelManifest
from seedbed.core.manifests.scores import TaskScores, words_of
from seedbed.core.text import markdown, numbers
from seedbed.publishing import vocabulary
from seedbed.publishing.cards import sample as card_sample
from seedbed.publishing.cards.dataset_metadata import LICENSE_PAGE, license_keys, metadata_block
from seedbed.publishing.cards.model_metadata import adapter_metadata_block, model_metadata_block

PAGES = {
    "README.md": "dataset.md.jinja",
    "ATTRIBUTION.md": "attribution.md.jinja",
    LICENSE_PAGE: "license.md.jinja",
}
"""Pages of a dataset folder, and the template of each."""

_MANY_BLANK_LINES = re.compile(r"\n{3,}")


def write_pages(manifest: Manifest, folder: Path) -> list[Path]:
    """Write every page of `PAGES` into a dataset folder, and return their paths.

    Raises: InputError when a template asks for what the manifest does not say.
    """
    written = []
    for name, template in PAGES.items():
        written.append(folder / name)
        written[-1].write_text(render(template, manifest), encoding="utf-8")
    return written


def dataset_card(manifest: Manifest) -> str:
    """README.md of a dataset: the Hub's metadata block and the card."""
    return render("dataset.md.jinja", manifest)


def model_card(manifest: ModelManifest, folder: Path | None = None) -> str:
    """README.md of a model: the Hub's metadata block and the card, by the template of `folder` (cards/ by default).

    Raises: InputError when the template asks for what the manifest does not say.
    """
    policy = vocabulary.read(vocabulary.cards_folder() / "hub.yaml")
    facts = {
        "manifest": manifest,
        "metadata_block": lambda: model_metadata_block(manifest, policy),
        "languages_of": languages_of,
    }
    return _page(_environment(folder or vocabulary.cards_folder()), "model.md.jinja", facts)


def adapter_card(manifest: ModelManifest, repository: str) -> str:
    """README.md of an adapter.

    Args: manifest: of the model that it is merged into; repository: where it is published, empty before.
    """
    folder = vocabulary.cards_folder()
    policy = vocabulary.read(folder / "hub.yaml")
    facts = {
        "manifest": manifest,
        "report": manifest.finetuning,
        "repository": repository,
        "metadata_block": lambda: adapter_metadata_block(manifest, policy),
    }
    return _page(_environment(folder), "adapter.md.jinja", facts)


def finetune_page(report: Finetune) -> str:
    """report.md of a fine-tuning."""
    return _page(_environment(vocabulary.cards_folder()), "finetune.md.jinja", {"report": report})


def languages_of(tasks: Iterable[TaskScores]) -> list[str]:
    """Languages that any task has scores of, by name."""
    return sorted({score.group for task in tasks for score in task.scores if score.group})


def ablation_page(report: Ablation, plot: str) -> str:
    """report.md of an ablation; `plot` is the name of its picture."""
    return _page(_environment(vocabulary.cards_folder()), "ablation.md.jinja", {"report": report, "plot": plot})


def links_block(links: Mapping[str, Any]) -> str:
    """What a model's or a Space's card says of the parts it belongs to; `links` is what cards/links.md.jinja asks for."""
    return _page(_environment(vocabulary.cards_folder()), "links.md.jinja", links)


def schema_page(tables: Mapping[str, tuple[ColumnFacts, ...]]) -> str:
    """docs/reference/schema.md: every published column of each table with its type, unit and meaning."""
    return _page(_environment(vocabulary.cards_folder()), "schema.md.jinja", {"tables_of": tables})


def render(template: str, manifest: Manifest, folder: Path | None = None) -> str:
    """Fill a template of `folder` (cards/ by default) with the facts of a manifest.

    Raises: InputError naming the template, the line and the name that does not exist.
    """
    folder = folder or vocabulary.cards_folder()
    environment = _environment(folder)
    policy = vocabulary.read(
        next(path for path in (folder / "hub.yaml", vocabulary.cards_folder() / "hub.yaml") if path.is_file())
    )
    words = vocabulary.words(manifest)
    facts = {
        "manifest": manifest,
        "metadata_block": lambda: metadata_block(manifest, policy),
        "code_url": policy["code"],
        "words": words,
        "explain": functools.partial(vocabulary.explain, words),
        "license_keys": license_keys,
        "not_allowed": lambda: not_allowed(manifest),
        "passed_over": lambda: passed_over(manifest),
        "sample": lambda: sample(manifest),
        "splits": sorted(manifest.contents.splits, key=split_order),
    }
    return _page(environment, template, facts)


def sample(manifest: Manifest) -> dict[str, Any]:
    """The example for its place on the card: its code, how many lines of it, and its other columns; {} if there is none."""
    row: Any = manifest.contents.example
    if not row:
        return {}
    marks = {language.name: language.config for language in manifest.contents.languages}
    return {
        "code": card_sample.code(row, marks.get(row["language"], "")),
        "shown": len(row["text"].splitlines()),
        "lines": row["lines"],
        "facts": card_sample.facts(row, manifest.columns["samples"]),
    }


def not_allowed(manifest: Manifest) -> list[tuple[str, int]]:
    """Licenses that are not on the recipe's list, and how many files each of them kept out; most files first."""
    allowed = set((manifest.recipe.data.get("license") or {}).get("allow", ()))  # type: ignore[union-attr, arg-type]
    files: Counter[str] = Counter()
    for entry in manifest.contents.rejected:
        if entry.reason == "license_not_allowed":
            for expression, number in entry.licenses.items():
                files.update(dict.fromkeys(set(license_keys(expression)) - allowed, number))
    return _by_number(files)


def passed_over(manifest: Manifest) -> list[tuple[str, int]]:
    """What the sources hold that is no file of its own, by kind: the most frequent first."""
    kinds: Counter[str] = Counter()
    for source in manifest.sources:
        kinds.update(source.skipped)
    return _by_number(kinds)


def _page(environment: Environment, template: str, facts: Mapping[str, Any]) -> str:
    try:
        text = environment.get_template(template).render(facts)
    except TemplateSyntaxError as error:
        raise InputError(f"{error.name or template}: line {error.lineno}: {error.message}.") from error
    except TemplateError as error:
        raise InputError(f"{template}: {error.message or 'cannot be rendered'}. Allowed: what a manifest says.") from error
    return _MANY_BLANK_LINES.sub("\n\n", text).rstrip("\n") + "\n"


def _environment(folder: Path) -> Environment:
    environment = Environment(
        loader=FileSystemLoader([folder, vocabulary.cards_folder()]),
        undefined=StrictUndefined,
        autoescape=False,  # noqa: S701 - the pages are markdown; the filters below escape for it
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters |= {
        "code": markdown.code,
        "text": markdown.text,
        "prose": markdown.prose,
        "url": markdown.url,
        "count": numbers.count,
        "size": numbers.size,
        "contact": markdown.contact,
        "bibtex": markdown.bibtex,
        "by_number": _by_number,
        "by_reason": vocabulary.by_kind,
        "kind": _kind,
        "place": _place,
        "short": numbers.short,
        "shortened": numbers.shortened,
        "million": numbers.million,
        "measured": words_of,
        "scientific": numbers.scientific,
        "duration": numbers.duration,
    }
    environment.tests["several"] = _has_several
    environment.globals |= {
        "share": numbers.share,
        "figure": numbers.figure,
        "plural": numbers.plural,
        "percent": numbers.percent,
        "measure": lambda metric: WORDS.get(metric, metric),
        "value": _value,
        "change": _change,
        "signed": lambda value, unit: f"{'+' if value > 0 else ''}{numbers.figure(value, 'share' if unit == 'share' else '')}",
        "between": _between,
        "perplexity": lambda loss: f"{math.exp(loss):,.2f}",
    }
    return environment


def _by_number(counts: Mapping[str, int]) -> list[tuple[str, int]]:
    """Entries of a mapping, the largest number first, equal ones by name."""
    return sorted(counts.items(), key=lambda entry: (-entry[1], entry[0]))


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
    return f"{numbers.shortened(source.rpartition('/')[2], 32)} {'…/' if folder else ''}{numbers.shortened(name, 32)}"


def _value(values: Sequence[float], unit: str) -> str:
    """Mean over runs."""
    mean = fmean(values)
    return f"{100 * mean:.1f} %" if unit == "share" else f"{mean:.4f}"


def _change(value: float, unit: str) -> str:
    return f"{100 * value:+.1f}" if unit == "share" else f"{value:+.4f}"


def _between(ends: ConfidenceInterval | None, unit: str) -> str:
    return f"{_change(ends.low, unit)} to {_change(ends.high, unit)}" if ends else "–"
