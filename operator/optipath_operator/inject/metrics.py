"""What the injector counts."""

from typing import Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, disable_created_metrics, generate_latest

from optipath_operator.tls import LivingContext

OUTCOMES: Final = ("injected", "already", "opted_out", "refused", "malformed", "failed")


class Metrics:
    """Everything that the injector counts, and what it says of its certificate."""

    def __init__(self, living: LivingContext) -> None:
        # They double the series and answer no question.
        disable_created_metrics()
        registry = self._registry = CollectorRegistry()
        self.reviews = Counter("optipath_injector_reviews", "Pods reviewed", ["outcome"], registry=registry)
        for outcome in OUTCOMES:
            self.reviews.labels(outcome)
        self.seconds = Histogram(
            "optipath_injector_review_seconds",
            "Time of one review, from its last byte to its answer",
            buckets=(0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1),
            registry=registry,
        )
        self.cut = Counter(
            "optipath_injector_connections_cut", "Connections cut because nothing came for too long", registry=registry
        )
        Gauge(
            "optipath_injector_certificate_expiry_timestamp_seconds",
            "When the certificate in force ends; 0 while there is none",
            registry=registry,
        ).set_function(lambda: living.expires or 0)
        Gauge(
            "optipath_injector_certificate_broken",
            "1 while the files of the certificate cannot be used, and the last good ones still are",
            registry=registry,
        ).set_function(lambda: living.broken)

    def text(self) -> bytes:
        """All of it, in Prometheus' text format."""
        return generate_latest(self._registry)
