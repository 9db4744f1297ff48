"""Metrics for Prometheus: requests, latencies, queue, cache, tokens. No text, and no label that a caller chooses."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from seedbed.serving.completion.answer import Answer
from seedbed.serving.completion.cache import CacheCounts
from seedbed.serving.feedback.event import Sink
from seedbed.serving.http.access import Admission

CONTENT_TYPE: Final = "text/plain; version=0.0.4; charset=utf-8"
_SECONDS: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.3, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0)


class Metrics:
    """Counts of one server."""

    def __init__(self, admission: Admission, cache_counts: CacheCounts | None, sink: Sink) -> None:
        self._registry = CollectorRegistry()
        self._registry.register(_CurrentValues(admission, cache_counts, sink))
        self._requests = Counter("seedbed_requests", "Requests answered", ("endpoint", "status"), registry=self._registry)
        self._seconds = Histogram(
            "seedbed_request_seconds", "Time to the whole answer", ("endpoint",), buckets=_SECONDS, registry=self._registry
        )
        self._steps = Histogram(
            "seedbed_step_seconds", "Time of a step of a completion", ("step",), buckets=_SECONDS, registry=self._registry
        )
        self._tokens = Counter("seedbed_tokens", "Tokens read and written", ("kind",), registry=self._registry)
        self._cancelled = Counter("seedbed_cancelled", "Requests whose client went away", registry=self._registry)
        self._feedback = Counter("seedbed_feedback", "Events of feedback kept", ("action",), registry=self._registry)

    def answered(self, endpoint: str, status: int, seconds: float) -> None:
        """Count a response. seconds: from the request to the end of the response."""
        self._requests.labels(endpoint, str(status)).inc()
        self._seconds.labels(endpoint).observe(seconds)

    def completed(self, answer: Answer) -> None:
        """Count the steps and tokens of an answer."""
        for step, milliseconds in answer.timings_ms.items():
            self._steps.labels(step).observe(milliseconds / 1000)
        self._tokens.labels("prompt").inc(answer.prompt_tokens)
        if answer.source == "model":
            self._tokens.labels("completion").inc(sum(candidate.tokens for candidate in answer.candidates))

    def cancelled(self) -> None:
        """Count a request whose client disconnected."""
        self._cancelled.inc()

    def feedback_kept(self, action: str) -> None:
        """Count an event of feedback."""
        self._feedback.labels(action).inc()

    def text(self) -> bytes:
        """All metrics, in the format of `CONTENT_TYPE`."""
        return generate_latest(self._registry)


class _CurrentValues(Collector):
    """Values that are read at the time of the request, not counted here."""

    def __init__(self, admission: Admission, cache_counts: CacheCounts | None, sink: Sink) -> None:
        self._admission, self._cache_counts, self._sink = admission, cache_counts, sink

    def collect(self) -> Iterator[Metric]:
        yield _gauge("seedbed_running", "Requests that the model works on", self._admission.running)
        yield _gauge("seedbed_waiting", "Requests that wait for their turn", self._admission.waiting)
        yield _gauge("seedbed_feedback_waiting", "Events of feedback that are on their way to a Hub", self._sink.waiting())
        if self._cache_counts is None:
            return
        counts = self._cache_counts
        yield _gauge("seedbed_cache_entries", "Suggestions in the cache", counts.entries)
        yield _gauge("seedbed_cache_bytes", "Memory of the cache", counts.bytes)
        outcomes = {"exact": counts.exact, "typed_ahead": counts.typed_ahead, "missed": counts.missed}
        yield _counter("seedbed_cache", "Looks into the cache", "outcome", outcomes)
        yield _counter("seedbed_cache_evicted", "Suggestions that made room for others", "", {"": counts.evicted})


def _gauge(name: str, words: str, value: float) -> Metric:
    return GaugeMetricFamily(name, words, value=value)


def _counter(name: str, words: str, label: str, values: Mapping[str, float]) -> Metric:
    family = CounterMetricFamily(name, words, labels=[label] if label else [])
    for key, value in values.items():
        family.add_metric([key] if label else [], value)
    return family
