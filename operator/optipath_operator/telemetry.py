"""What the operator shows of itself: metrics and JSON logs."""

import logging
import sys

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, disable_created_metrics, generate_latest
from pythonjsonlogger.json import JsonFormatter


class Metrics:
    """Everything that the operator counts."""

    def __init__(self) -> None:
        # They double the series and answer no question.
        disable_created_metrics()
        registry = self.registry = CollectorRegistry()
        self.leader = Gauge("optipath_operator_leader", "1 while this operator writes", registry=registry)
        self.depth = Gauge("optipath_operator_queue_depth", "Namespaces that wait", ["lane"], registry=registry)
        self.age = Gauge(
            "optipath_operator_queue_age_seconds", "How long the first namespace has waited", registry=registry
        )
        self.reconciles = Counter("optipath_operator_reconciles", "Reconciles", ["outcome"], registry=registry)
        self.seconds = Histogram(
            "optipath_operator_reconcile_seconds",
            "Time of one reconcile",
            buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5),
            registry=registry,
        )
        self.writes = Counter("optipath_operator_writes", "Writes to the API server", ["what"], registry=registry)
        self.repaired = Counter(
            "optipath_operator_drift_repaired", "ConfigMaps that somebody else had changed", registry=registry
        )
        self.routers = Gauge("optipath_operator_routers", "Router pods by what they have", ["state"], registry=registry)
        self.asks = Counter("optipath_operator_router_asks", "Questions to routers", ["outcome"], registry=registry)
        self.propagation = Histogram(
            "optipath_operator_propagation_seconds",
            "From the write of a ConfigMap to a router's having it, as the router says",
            buckets=(0.25, 0.5, 1, 2, 3, 5, 10, 15, 30, 60, 90, 120, 300),
            registry=registry,
        )
        self.namespaces = Gauge(
            "optipath_operator_namespaces", "Namespaces that have a configuration", ["tier"], registry=registry
        )
        self.problems = Gauge("optipath_operator_problems", "Problems in resources", ["severity"], registry=registry)
        self.certificate_ends = Gauge(
            "optipath_operator_certificate_expiry_timestamp_seconds",
            "When what is in the webhooks' Secret ends, shown by the leader",
            ["certificate"],
            registry=registry,
        )
        self.certificates_made = Counter(
            "optipath_operator_certificates_made", "New ones for the webhooks", ["certificate"], registry=registry
        )
        self.certificates_failing = Gauge(
            "optipath_operator_certificates_failing", "1 while something keeps them from being kept", registry=registry
        )
        self.bundles_repaired = Counter(
            "optipath_operator_ca_bundles_repaired", "CA bundles that somebody else had changed", registry=registry
        )
        self.warned = Counter(
            "optipath_operator_warning_reviews", "Resources that might be warned of", ["outcome"], registry=registry
        )
        self.connections_cut = Counter(
            "optipath_operator_connections_cut",
            "Connections cut because nothing came for too long",
            registry=registry,
        )
        self.webhook_certificate_ends = Gauge(
            "optipath_operator_webhook_certificate_expiry_timestamp_seconds",
            "When the certificate that this replica shows ends; 0 while it shows none",
            registry=registry,
        )

    def text(self) -> bytes:
        """All of them, in Prometheus' text format."""
        return generate_latest(self.registry)


def json_lines() -> JsonFormatter:
    """What makes one line of JSON of a log record; what was handed in by `extra` stands beside its message."""
    names = {"levelname": "level", "name": "logger", "exc_info": "exception"}
    return JsonFormatter("{levelname}{name}{message}", style="{", timestamp="time", rename_fields=names)


def log_as_json(level: str) -> None:
    """Send all logs of this process to standard error, as JSON, from a level upwards."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(json_lines())
    logging.basicConfig(level=level, handlers=[handler], force=True)
    # kopf and the servers tell at INFO what they do; what it means is ours to say.
    for library in ("kopf", "uvicorn", "asyncio"):
        logging.getLogger(library).setLevel(logging.WARNING)
    # It warns at every start that signals are not its own, which is as it should be.
    logging.getLogger("kopf._core.reactor.running").setLevel(logging.ERROR)
