"""Metrics, by prometheus-client. Labels are names from the snapshot or closed lists, so their number is bounded."""

from collections.abc import Collection
from typing import Final, TypeVar

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    disable_created_metrics,
    generate_latest,
)

from optipath_snapshot import Refusal

_SECONDS: Final = (0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300)
_OVERHEAD: Final = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.05, 0.25, 1, 10)
_DECIDING: Final = (0.00005, 0.0001, 0.0002, 0.0005, 0.001, 0.005, 0.02)
_LAG: Final = (0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1)
_BY_MODEL: Final = ("gen_ai_provider_name", "gen_ai_request_model")
_NAMES: Final = frozenset({"policy", "rule", "model", "provider", "target", *_BY_MODEL})
"""Labels whose values are names of the snapshot."""

Family = TypeVar("Family", Counter, Histogram)


class Metrics:
    """Everything this router counts. One for a process; tests make their own."""

    def __init__(self) -> None:
        # They double the series and answer no question.
        disable_created_metrics()
        registry = self.registry = CollectorRegistry()
        self._held: dict[tuple[str, tuple[str, ...]], tuple[Counter | Histogram, Counter | Histogram]] = {}

        def counter(name: str, says: str, *labels: str) -> Counter:
            return Counter(name, says, labels, registry=registry)

        def histogram(name: str, says: str, buckets: tuple[float, ...], *labels: str) -> Histogram:
            return Histogram(name, says, labels, buckets=buckets, registry=registry)

        def gauge(name: str, says: str) -> Gauge:
            return Gauge(name, says, registry=registry)

        self.in_flight = gauge("optipath_requests_in_flight", "Requests that are being served")
        self._requests = counter(
            "optipath_requests",
            "Requests by where they went and how they ended",
            "policy",
            "rule",
            "model",
            "provider",
            "outcome",
        )
        self._rejected = counter("optipath_requests_rejected", "Requests that were not admitted", "code")
        self._turned_away = counter(
            "optipath_turned_away", "Connections and requests that were refused before they were read", "reason"
        )
        self._attempts = counter("optipath_attempts", "Attempts by target and outcome", "provider", "target", "outcome")
        self._passed_over = counter(
            "optipath_passed_over",
            "Targets whose turn had come, and that were not tried",
            "provider",
            "target",
            "reason",
        )
        self.failovers = counter("optipath_failovers", "Requests that another target than the first one served")
        self.decision_seconds = histogram("optipath_decision_seconds", "Time to decide", _DECIDING)
        self.provider_seconds = histogram(
            "optipath_provider_seconds", "The part of a request's time in which an attempt was under way", _SECONDS
        )
        self.overhead_seconds = histogram(
            "optipath_overhead_seconds", "The rest of it: this router's work, and its rests before retries", _OVERHEAD
        )
        self._duration = histogram(
            "gen_ai_client_operation_duration_seconds",
            "Time from a request's arrival to the end of its reply",
            _SECONDS,
            *_BY_MODEL,
        )
        self._first_content = histogram(
            "gen_ai_server_time_to_first_token_seconds",
            "Time from the start of an attempt to its first content, or its whole answer",
            _SECONDS,
            *_BY_MODEL,
        )
        self._tokens = counter(
            "gen_ai_client_token_usage",
            "Tokens of all attempts, counted by their provider or estimated",
            *_BY_MODEL,
            "gen_ai_token_type",
            "counted_by",
        )
        self._cost = counter("optipath_cost_dollars", "What all attempts cost", *_BY_MODEL, "counted_by")
        self._unpriced = counter(
            "optipath_cost_unknown", "Attempts that cost something, and nobody knows what", *_BY_MODEL
        )
        self.lag_seconds = histogram(
            "optipath_event_loop_lag_seconds", "How late the event loop gets round to what is due", _LAG
        )
        self._valid = gauge("optipath_snapshot_valid", "1 while the file there is in force")
        self._generation = gauge("optipath_snapshot_generation", "Generation in force")
        self._loaded = gauge("optipath_snapshot_loaded_timestamp_seconds", "When it came into force")
        self._refused = counter("optipath_snapshot_refused", "Files refused", "reason")

    def request(self, *, policy: str, rule: str, model: str, provider: str, outcome: str, seconds: float) -> None:
        """Count a request that has come to its end. Names are the snapshot's own, or empty."""
        self._child(self._requests, policy, rule, model, provider, outcome).inc()
        self._child(self._duration, provider, model).observe(seconds)

    def rejected(self, code: str) -> None:
        """Count a request that was not admitted."""
        self._child(self._rejected, code).inc()

    def turned_away(self, reason: str) -> None:
        """Count a connection or a request that was refused before it was read."""
        self._child(self._turned_away, reason).inc()

    def attempt(self, *, provider: str, target: str, outcome: str) -> None:
        """Count an attempt."""
        self._child(self._attempts, provider, target, outcome).inc()

    def passed_over(self, *, provider: str, target: str, reason: str) -> None:
        """Count a target that was not tried."""
        self._child(self._passed_over, provider, target, reason).inc()

    def first_content(self, *, provider: str, model: str, seconds: float) -> None:
        """Note how long a target took to say something."""
        self._child(self._first_content, provider, model).observe(seconds)

    def used(self, *, provider: str, model: str, kind: str, counted_by: str, tokens: int) -> None:
        """Count tokens of one kind."""
        self._child(self._tokens, provider, model, kind, counted_by).inc(tokens)

    def cost(self, *, provider: str, model: str, counted_by: str, dollars: float) -> None:
        """Count dollars."""
        self._child(self._cost, provider, model, counted_by).inc(dollars)

    def unpriced(self, *, provider: str, model: str) -> None:
        """Count an attempt whose cost is not known."""
        self._child(self._unpriced, provider, model).inc()

    def loaded(self, generation: int, now: float) -> None:
        """Note a snapshot that came into force."""
        self._valid.set(1)
        self._generation.set(generation)
        self._loaded.set(now)

    def refused(self, reason: Refusal) -> None:
        """Note a file that changed nothing."""
        self._valid.set(0)
        self._refused.labels(reason).inc()

    def keep(self, names: Collection[str]) -> None:
        """Forget what was counted under names that are no longer in force."""
        for (family_name, values), (family, _) in tuple(self._held.items()):
            labelled = zip(family._labelnames, values, strict=True)  # noqa: SLF001  there is no other way to ask
            if any(label in _NAMES and value and value not in names for label, value in labelled):
                family.remove(*values)
                del self._held[family_name, values]

    def text(self) -> bytes:
        """All of them, in Prometheus' text format."""
        return generate_latest(self.registry)

    def _child(self, family: Family, *values: str) -> Family:
        # Finding a child anew costs as much again as counting.
        key = family._name, values  # noqa: SLF001
        held = self._held.get(key)
        if held is None:
            held = self._held[key] = family, family.labels(*values)
        return held[1]  # type: ignore[return-value]  # of the family that it was found by
