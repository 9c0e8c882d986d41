"""Metrics, by prometheus-client. Labels are names from the snapshot or closed lists, so their number is bounded."""

from functools import cache

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    disable_created_metrics,
    generate_latest,
)

from optipath_router.chat.reply import Tried
from optipath_router.chat.usage import Usage
from optipath_snapshot import Refusal

_SECONDS = (0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300)
_DECIDING = (0.00005, 0.0001, 0.0002, 0.0005, 0.001, 0.005, 0.02)


class Metrics:
    """Everything this router counts. One for a process; tests make their own."""

    def __init__(self) -> None:
        # They double the series and answer no question.
        disable_created_metrics()
        registry = self.registry = CollectorRegistry()
        self.in_flight = Gauge("optipath_requests_in_flight", "Requests that are being served", registry=registry)
        self._requests = Counter(
            "optipath_requests",
            "Requests by where they went and how they ended",
            ["policy", "rule", "model", "provider", "outcome"],
            registry=registry,
        )
        self._attempts = Counter(
            "optipath_attempts", "Attempts by target and outcome", ["provider", "target", "outcome"], registry=registry
        )
        self._failovers = Counter(
            "optipath_failovers", "Requests that another target than the first one served", registry=registry
        )
        self.decision_seconds = Histogram(
            "optipath_decision_seconds", "Time to decide", buckets=_DECIDING, registry=registry
        )
        self._duration = Histogram(
            "gen_ai_client_operation_duration_seconds",
            "Time from a request's arrival to the end of its reply",
            ["gen_ai_provider_name", "gen_ai_request_model"],
            buckets=_SECONDS,
            registry=registry,
        )
        self._first_content = Histogram(
            "gen_ai_server_time_to_first_token_seconds",
            "Time from the start of an attempt to its first content, or its whole answer",
            ["gen_ai_provider_name", "gen_ai_request_model"],
            buckets=_SECONDS,
            registry=registry,
        )
        self._tokens = Counter(
            "gen_ai_client_token_usage",
            "Tokens, as providers counted them",
            ["gen_ai_provider_name", "gen_ai_request_model", "gen_ai_token_type"],
            registry=registry,
        )
        self._valid = Gauge("optipath_snapshot_valid", "1 while the file there is in force", registry=registry)
        self._generation = Gauge("optipath_snapshot_generation", "Generation in force", registry=registry)
        self._loaded = Gauge("optipath_snapshot_loaded_timestamp_seconds", "When it came into force", registry=registry)
        self._refused = Counter("optipath_snapshot_refused", "Files refused", ["reason"], registry=registry)
        self._held = cache(lambda metric, labels: metric.labels(*labels))

    def tried(self, tried: Tried) -> None:
        """Count an attempt."""
        self._held(self._attempts, (tried.provider, tried.target, tried.outcome)).inc()

    def served(
        self, *, policy: str, rule: str, model: str, provider: str, outcome: str, seconds: float, failover: bool
    ) -> None:
        """Count a request that has come to its end. Names are the snapshot's own, or empty."""
        self._held(self._requests, (policy, rule, model, provider, outcome)).inc()
        self._held(self._duration, (provider, model)).observe(seconds)
        if failover:
            self._failovers.inc()

    def first_content(self, *, model: str, provider: str, seconds: float) -> None:
        """Note how long a target took to say something."""
        self._held(self._first_content, (provider, model)).observe(seconds)

    def used(self, *, model: str, provider: str, usage: Usage) -> None:
        """Count the tokens of an answer."""
        self._held(self._tokens, (provider, model, "input")).inc(usage.input_tokens)
        self._held(self._tokens, (provider, model, "output")).inc(usage.output_tokens)

    def loaded(self, generation: int, now: float) -> None:
        """Note a snapshot that came into force."""
        self._valid.set(1)
        self._generation.set(generation)
        self._loaded.set(now)

    def refused(self, reason: Refusal) -> None:
        """Note a file that changed nothing."""
        self._valid.set(0)
        self._refused.labels(reason).inc()

    def text(self) -> bytes:
        """All of them, in Prometheus' text format."""
        return generate_latest(self.registry)
