"""HTML around a candidate. All text of a model or a dataset is escaped."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape

from seedbed.data.attribution.find import Match
from seedbed.serving.completion.answer import Answer, Candidate, Finding

_LONGEST_SPAN_MISSED = 31
_MAX_BADGES = 5


def status(text: str) -> str:
    """A status line."""
    return f"<p>{escape(text)}</p>"


def error(text: str) -> str:
    """A status line that a screen reader announces at once."""
    return f'<p role="alert" class="alarm">{escape(text)}</p>'


def head(number: int, candidate: Candidate) -> str:
    """Number of a candidate, and the reasons for its rank."""
    best = " (best)" if number == 0 else ""
    reasons = "".join(f"<li>{escape(reason)}</li>" for reason in candidate.reasons)
    return f'<h3>Candidate {number + 1}{best}</h3><ul class="reasons">{reasons}</ul>'


def writing_head() -> str:
    """Head of a candidate that is still being written."""
    return '<h3>Candidate 1</h3><ul class="reasons"><li>being written</li></ul>'


def badges(candidate: Candidate, resolver: str, *, has_attribution: bool) -> str:
    """Findings of the policy and matches with the dataset, or a badge that says there are none."""
    findings = [_finding(finding) for finding in candidate.findings[:_MAX_BADGES]] or [
        '<li class="badge good">Safety: no findings</li>'
    ]
    matches = [_match(match, resolver) for match in candidate.matches[:_MAX_BADGES]]
    return f'<ul class="badges">{"".join(findings + (matches or [_no_match(candidate, is_known=has_attribution)]))}</ul>'


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
    return f'<li class="badge good">Attribution: no match longer than {_LONGEST_SPAN_MISSED} tokens in the dataset</li>'


def timings(answer: Answer) -> str:
    """The time of each step."""
    total = answer.timings_ms.get("total", 0.0)
    steps = "".join(f"<li>{escape(name)} <b>{spent:.1f} ms</b></li>" for name, spent in _steps(answer.timings_ms))
    how = "from the cache" if answer.source == "cache" else f"{answer.prompt_tokens:,} prompt tokens"
    middle = ", including the code after the cursor" if answer.is_fim else ""
    return f'<p>{total:.0f} ms in total: {escape(answer.model)}, {how}{middle}.</p><ul class="timings">{steps}</ul>'


def _steps(timings_ms: Mapping[str, float]) -> list[tuple[str, float]]:
    return [(name, spent) for name, spent in timings_ms.items() if name != "total"]
