"""What is said around a candidate, as HTML. Everything that a model or a dataset wrote is escaped."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape

from seedbed.data.attribution.match import Match
from seedbed.serving.completion.answer import Answer, Candidate, Finding

_LONGEST_SPAN_MISSED = 31
_MOST_BADGES = 5


def said(text: str) -> str:
    """A line for the status."""
    return f"<p>{escape(text)}</p>"


def alarm(text: str) -> str:
    """A line for the status that a screen reader reads at once."""
    return f'<p role="alert" class="alarm">{escape(text)}</p>'


def head(number: int, candidate: Candidate) -> str:
    """Number and why it stands there."""
    best = " (best)" if number == 0 else ""
    reasons = "".join(f"<li>{escape(reason)}</li>" for reason in candidate.reasons)
    return f'<h3>Candidate {number + 1}{best}</h3><ul class="reasons">{reasons}</ul>'


def writing_head() -> str:
    """Over a candidate that is still written."""
    return '<h3>Candidate 1</h3><ul class="reasons"><li>being written</li></ul>'


def badges(candidate: Candidate, resolver: str, *, has_attribution: bool) -> str:
    """Findings of the policy and matches with the dataset, or that there are none."""
    told = [_finding(one) for one in candidate.findings[:_MOST_BADGES]] or ['<li class="badge good">Safety: no finding</li>']
    matches = [_match(one, resolver) for one in candidate.matches[:_MOST_BADGES]]
    return f'<ul class="badges">{"".join(told + (matches or [_no_match(candidate, is_known=has_attribution)]))}</ul>'


def _finding(finding: Finding) -> str:
    words = f"line {finding.line}: {finding.message} ({finding.rule})"
    return f'<li class="badge {escape(finding.severity)}"><b>Safety, {escape(finding.severity)}</b> {escape(words)}</li>'


def _match(match: Match, resolver: str) -> str:
    words = escape(str(match))
    link = (
        f' <a href="{escape(resolver + match.url)}" target="_blank" rel="noopener noreferrer">source</a>'
        if match.swhid and resolver
        else ""
    )
    return f'<li class="badge seen"><b>Seen before</b> {words}{link}</li>'


def _no_match(candidate: Candidate, *, is_known: bool) -> str:
    if not is_known:
        return '<li class="badge">Attribution: off, no dataset is linked</li>'
    if candidate.is_withheld:
        return ""
    return f'<li class="badge good">Attribution: no span over {_LONGEST_SPAN_MISSED} tokens is in the dataset</li>'


def timings(answer: Answer) -> str:
    """Where the time went, step by step."""
    total = answer.timings_ms.get("total", 0.0)
    steps = "".join(f"<li>{escape(name)} <b>{spent:.1f} ms</b></li>" for name, spent in _steps(answer.timings_ms))
    how = "from the cache" if answer.source == "cache" else f"{answer.prompt_tokens:,} tokens read"
    middle = ", with what stands after the cursor" if answer.is_fim else ""
    return f'<p>{total:.0f} ms in all: {escape(answer.model)}, {how}{middle}.</p><ul class="timings">{steps}</ul>'


def _steps(timings_ms: Mapping[str, float]) -> list[tuple[str, float]]:
    return [(name, spent) for name, spent in timings_ms.items() if name != "total"]
