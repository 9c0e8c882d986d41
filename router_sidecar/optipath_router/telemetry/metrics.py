"""Everything that is counted. Labels are names from the snapshot or closed lists, so their number is bounded."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator
from functools import partial
from importlib.metadata import version
from typing import Final, NamedTuple

from prometheus_client import PROCESS_COLLECTOR, CollectorRegistry, generate_latest

from optipath_router.telemetry.families import (
    AskedGauges,
    Child,
    Counter,
    Counters,
    Family,
    Gauge,
    Gauges,
    Histogram,
    Histograms,
    Labels,
)
from optipath_snapshot import Refusal, Target

_SECONDS: Final = (0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300)
_OVERHEAD: Final = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.05, 0.25, 1, 10)
_DECIDING: Final = (0.00005, 0.0001, 0.0002, 0.0005, 0.001, 0.005, 0.02)
_WAITS: Final = (0.005, 0.025, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)
_LAG: Final = (0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1)
_RATIOS: Final = (0.1, 0.25, 0.5, 0.67, 0.8, 0.9, 1.0, 1.11, 1.25, 1.5, 2, 4, 10)
_BY_MODEL: Final = ("gen_ai_provider_name", "gen_ai_request_model")
_OF_LIMIT: Final = ("policy", "counts")
_NAMES: Final = frozenset({"policy", "rule", "model", "provider", "target", *_BY_MODEL})
"""Labels whose values are names of the snapshot."""


class LimitNow(NamedTuple):
    """A limit on requests at once, at one moment."""

    policy: str
    counts: str
    """`router` for all of its requests, `policy` for those that the policy's rules route."""
    under_way: int
    waiting: int
    max_concurrent: int


class Metrics:
    """Everything this router counts. One for a process; tests make their own."""

    def __init__(
        self,
        available: Callable[[], Iterable[tuple[Target, bool]]] = tuple,
        limits: Callable[[], Iterable[LimitNow]] = tuple,
        tier: Callable[[], str | None] = lambda: None,
    ) -> None:
        """Take who knows, whenever it is asked, each target and whether it may be called, each limit, and the tier."""
        self.registry = CollectorRegistry()
        self.registry.register(PROCESS_COLLECTOR)
        self._families: list[Family[Counter] | Family[Gauge] | Family[Histogram]] = []

        def counters(name: str, says: str, *labels: str) -> defaultdict[Labels, Counter]:
            return self._held(Counters(name, says, labels))

        def histograms(name: str, says: str, bounds: tuple[float, ...], *labels: str) -> defaultdict[Labels, Histogram]:
            return self._held(Histograms(name, says, labels, bounds))

        def gauges(name: str, says: str, *labels: str) -> defaultdict[Labels, Gauge]:
            return self._held(Gauges(name, says, labels))

        gauges("optipath_build_info", "1 for the release that runs here", "version")[(version("optipath"),)].set(1)
        self.in_flight = gauges("optipath_requests_in_flight", "Requests that are being served")[()]
        self._requests = counters(
            "optipath_requests",
            "Requests by where they went and how they ended",
            "policy",
            "rule",
            "model",
            "provider",
            "outcome",
        )
        self._rejected = counters("optipath_requests_rejected", "Requests that were not admitted", "code")
        self._turned_away = counters(
            "optipath_turned_away", "Connections and requests that were refused before they were read", "reason"
        )
        self._attempts = counters(
            "optipath_attempts", "Attempts by target and outcome", "provider", "target", "outcome"
        )
        self._passed_over = counters(
            "optipath_passed_over",
            "Targets whose turn had come, and that were not tried",
            "provider",
            "target",
            "reason",
        )
        self._held(
            AskedGauges(
                "optipath_target_available",
                "1 while a target's health lets it be called",
                ("provider", "target"),
                lambda: (((target.provider, target.name), there) for target, there in available()),
            )
        )
        self._held(
            AskedGauges(
                "optipath_router_info",
                "1 for the tier of this router's namespace",
                ("tier",),
                lambda: (((named or "",), 1.0) for named in (tier(),)),
            )
        )
        for name, says, figure in (
            ("under_way", "Requests under way that a limit counts", lambda now: now.under_way),
            ("waiting", "Requests that wait for their turn", lambda now: now.waiting),
            ("max_concurrent", "How many requests may be under way by a limit", lambda now: now.max_concurrent),
        ):
            self._held(AskedGauges(f"optipath_limit_{name}", says, _OF_LIMIT, partial(_figures, limits, figure)))
        self._limited = counters("optipath_limit_refused", "Requests that a limit refused", *_OF_LIMIT, "reason")
        self._waited = histograms(
            "optipath_limit_waited_seconds",
            "How long requests waited for their turn, whatever came of it; those let in at once are not among them",
            _WAITS,
            *_OF_LIMIT,
        )
        self.failovers = counters("optipath_failovers", "Requests that another target than the first one served")[()]
        self.decision_seconds = histograms("optipath_decision_seconds", "Time to decide", _DECIDING)[()]
        self.provider_seconds = histograms(
            "optipath_provider_seconds", "The part of a request's time in which an attempt was under way", _SECONDS
        )[()]
        self.overhead_seconds = histograms(
            "optipath_overhead_seconds", "The rest of it: this router's work, and its rests before retries", _OVERHEAD
        )[()]
        self._duration = histograms(
            "gen_ai_client_operation_duration_seconds",
            "Time from a request's arrival to the end of its reply",
            _SECONDS,
            *_BY_MODEL,
        )
        self._first_content = histograms(
            "gen_ai_server_time_to_first_token_seconds",
            "Time from the start of an attempt to its first content, or its whole answer",
            _SECONDS,
            *_BY_MODEL,
        )
        self._tokens = counters(
            "gen_ai_client_token_usage",
            "Tokens of all attempts, counted by their provider or estimated",
            *_BY_MODEL,
            "gen_ai_token_type",
            "counted_by",
        )
        self._cost = counters("optipath_cost_dollars", "What all attempts cost", *_BY_MODEL, "counted_by")
        self._unpriced = counters(
            "optipath_cost_unknown", "Attempts that cost something, and nobody knows what", *_BY_MODEL
        )
        self._ratios = histograms(
            "optipath_prediction_ratio",
            "What came, over what was predicted of it when the request was decided; 1 is right",
            _RATIOS,
            "part",
            *_BY_MODEL,
            "source",
        )
        self._plugins = counters(
            "optipath_plugin_failures",
            "Plug-ins that were missing, raised, answered nonsense or were slow",
            "plugin",
            "reason",
        )
        self.log_dropped = counters(
            "optipath_decision_log_dropped", "Decisions that are not in the log, which could not keep up"
        )[()]
        self.lag_seconds = histograms(
            "optipath_event_loop_lag_seconds", "How late the event loop gets round to what is due", _LAG
        )[()]
        self._valid = gauges("optipath_snapshot_valid", "1 while the file there is in force")[()]
        self._generation = gauges("optipath_snapshot_generation", "Generation in force")[()]
        self._loaded = gauges("optipath_snapshot_loaded_timestamp_seconds", "When it came into force")[()]
        self._refused = counters("optipath_snapshot_refused", "Files refused", "reason")

    def request(self, *, policy: str, rule: str, model: str, provider: str, outcome: str, seconds: float) -> None:
        """Count a request that has come to its end. Names are the snapshot's own, or empty."""
        self._requests[policy, rule, model, provider, outcome].inc()
        self._duration[provider, model].observe(seconds)

    def rejected(self, code: str) -> None:
        """Count a request that was not admitted."""
        self._rejected[code,].inc()

    def turned_away(self, reason: str) -> None:
        """Count a connection or a request that was refused before it was read."""
        self._turned_away[reason,].inc()

    def attempt(self, *, provider: str, target: str, outcome: str) -> None:
        """Count an attempt."""
        self._attempts[provider, target, outcome].inc()

    def passed_over(self, *, provider: str, target: str, reason: str) -> None:
        """Count a target that was not tried."""
        self._passed_over[provider, target, reason].inc()

    def limited(self, policy: str, counts: str, reason: str) -> None:
        """Count a request that a limit refused."""
        self._limited[policy, counts, reason].inc()

    def waited(self, policy: str, counts: str, seconds: float) -> None:
        """Note how long a request waited for its turn."""
        self._waited[policy, counts].observe(seconds)

    def first_content(self, *, provider: str, model: str, seconds: float) -> None:
        """Note how long a target took to say something."""
        self._first_content[provider, model].observe(seconds)

    def used(self, *, provider: str, model: str, kind: str, counted_by: str, tokens: int) -> None:
        """Count tokens of one kind."""
        self._tokens[provider, model, kind, counted_by].inc(tokens)

    def cost(self, *, provider: str, model: str, counted_by: str, dollars: float) -> None:
        """Count dollars."""
        self._cost[provider, model, counted_by].inc(dollars)

    def unpriced(self, *, provider: str, model: str) -> None:
        """Count an attempt whose cost is not known."""
        self._unpriced[provider, model].inc()

    def predicted(self, *, part: str, provider: str, model: str, source: str, ratio: float) -> None:
        """Note how far a prediction was off."""
        self._ratios[part, provider, model, source].observe(ratio)

    def plugin_failed(self, plugin: str, reason: str) -> None:
        """Count a plug-in's failure."""
        self._plugins[plugin, reason].inc()

    def loaded(self, generation: int, now: float) -> None:
        """Note a snapshot that came into force."""
        self._valid.set(1)
        self._generation.set(generation)
        self._loaded.set(now)

    def refused(self, reason: Refusal) -> None:
        """Note a file that changed nothing."""
        self._valid.set(0)
        self._refused[reason,].inc()

    def keep(self, names: Collection[str]) -> None:
        """Forget what was counted under names that are no longer in force."""
        for family in self._families:
            named = [at for at, label in enumerate(family.labels) if label in _NAMES]
            for values in tuple(family.children):
                if any(values[at] and values[at] not in names for at in named):
                    del family.children[values]

    def slices(self) -> Iterator[bytes]:
        """All of them, in Prometheus' text format, in slices of which each is quickly written."""
        yield generate_latest(PROCESS_COLLECTOR)
        for family in self._families:
            yield from family.text()

    def text(self) -> bytes:
        """All of them, in Prometheus' text format; the loop waits for it."""
        return b"".join(self.slices())

    def _held(self, family: Family[Child]) -> defaultdict[Labels, Child]:
        self._families.append(family)
        self.registry.register(family)
        return family.children


def _figures(
    limits: Callable[[], Iterable[LimitNow]], figure: Callable[[LimitNow], int]
) -> Iterator[tuple[Labels, float]]:
    return (((now.policy, now.counts), float(figure(now))) for now in limits())
