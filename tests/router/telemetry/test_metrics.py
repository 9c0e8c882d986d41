"""Metrics as whole: what is remembered, what is forgotten, and how a scrape lets others get on."""

import asyncio

from prometheus_client import generate_latest
from prometheus_client.parser import text_string_to_metric_families
from starlette.requests import Request

from optipath_cli.simulator import Simulator
from optipath_router.api.admin import Admin
from optipath_router.live import Live
from optipath_router.telemetry.metrics import Metrics
from optipath_snapshot import Refusal, Target
from support.builders import target
from support.clock import Clock
from support.figures import figures
from support.router import Files, chain, running


def counted(*models: str) -> Metrics:
    """Metrics after a request for each of these models, and one that nobody served."""
    metrics = Metrics()
    for model in models:
        metrics.request(policy="team-a/p", rule="rule", model=model, provider="acme", outcome="ok", seconds=1)
        metrics.attempt(provider="acme", target=f"acme/{model}", outcome="ok")
        metrics.passed_over(provider="acme", target=f"acme/{model}", reason="ejected")
        metrics.first_content(provider="acme", model=model, seconds=0.5)
        metrics.used(provider="acme", model=model, kind="input", counted_by="provider", tokens=7)
        metrics.cost(provider="acme", model=model, counted_by="provider", dollars=0.25)
        metrics.unpriced(provider="acme", model=model)
    metrics.request(policy="", rule="", model="", provider="", outcome="model_not_found", seconds=0)
    metrics.rejected("invalid_request")
    metrics.turned_away("overloaded")
    metrics.refused(Refusal.MISSING)
    metrics.failovers.inc()
    metrics.overhead_seconds.observe(0.0007)
    return metrics


def lines(metrics: Metrics) -> set[str]:
    """The series that are ours; those of the process change as they are read."""
    return {line for line in metrics.text().decode().splitlines() if not line.startswith(("#", "process_"))}


def test_names_that_are_gone_are_forgotten_and_nothing_else() -> None:
    metrics, never_knew = counted("small", "large"), counted("small")
    metrics.keep({"team-a/p", "rule", "acme", "small", "acme/small"})
    assert lines(metrics) == lines(never_knew)


def test_a_name_that_comes_back_starts_anew() -> None:
    metrics = counted("small")
    metrics.keep(())
    metrics.cost(provider="acme", model="small", counted_by="provider", dollars=0.5)
    labels = {"gen_ai_provider_name": "acme", "gen_ai_request_model": "small", "counted_by": "provider"}
    assert metrics.registry.get_sample_value("optipath_cost_dollars_total", labels) == 0.5


def test_no_series_and_no_head_is_told_twice() -> None:
    metrics = counted(*(f"model-{number}" for number in range(200)))
    told = metrics.text().decode().splitlines()
    keys = [line.rpartition(" ")[0] if line[0] != "#" else " ".join(line.split(" ")[:3]) for line in told]
    assert len(keys) == len(set(keys))
    assert len(list(text_string_to_metric_families("\n".join(told)))) == sum(key.startswith("# TYPE") for key in keys)


def test_the_registry_shows_the_same_as_the_text() -> None:
    metrics = counted(*(f"model-{number}" for number in range(200)))
    ours = [line for line in generate_latest(metrics.registry).splitlines() if b"process_" not in line]
    assert ours == [line for line in metrics.text().splitlines() if b"process_" not in line]


def test_what_has_no_labels_is_there_from_the_start() -> None:
    told = lines(Metrics())
    assert {"optipath_failovers_total 0.0", "optipath_requests_in_flight 0.0", "optipath_snapshot_valid 0.0"} <= told
    assert 'optipath_decision_seconds_bucket{le="+Inf"} 0.0' in told


def test_the_process_and_its_release_are_shown() -> None:
    told = Metrics().text().decode()
    for name in ("process_cpu_seconds_total", "process_resident_memory_bytes", "process_open_fds"):
        assert f"\n{name} " in told
    assert '\noptipath_build_info{version="' in told


def test_which_targets_are_available_is_asked_at_each_scrape() -> None:
    there: list[tuple[Target, bool]] = [(target("acme/small"), True), (target("bell/large"), True)]
    metrics = Metrics(lambda: there)
    before = lines(metrics)
    there[:] = [(target("bell/large"), False)]
    assert 'optipath_target_available{provider="acme",target="acme/small"} 1.0' in before
    assert lines(metrics) - before == {'optipath_target_available{provider="bell",target="bell/large"} 0.0'}
    assert not [line for line in lines(metrics) if "acme" in line]


async def test_a_scrape_gives_the_loop_a_turn_after_each_slice() -> None:
    metrics = counted(*(f"model-{number}" for number in range(200)))
    admin, turns = Admin(Live(None), metrics, Clock()), 0
    scrape = asyncio.create_task(admin.metrics(Request({"type": "http"})))
    while not scrape.done():
        await asyncio.sleep(0)
        turns += 1
    assert turns > len(list(metrics.slices())) > 100
    assert scrape.result().status_code == 200


async def test_a_target_that_cools_down_is_not_available(simulator: Simulator, files: Files) -> None:
    files.put(chain(simulator.url, "429-retry-after-7", "ok"))
    async with running(files.settings()) as router:
        before = await figures(router)
        await router.ask()
        after = await figures(router)
    for place, target_name, then in ((1, "p1/429-retry-after-7", 0), (2, "p2/ok", 1)):
        labels = {"provider": f"p{place}", "target": target_name}
        assert (
            before.total("optipath_target_available", **labels),
            after.total("optipath_target_available", **labels),
        ) == (1, then)
