"""Connections that close as they are used again, are never made, are not to be trusted, or lead elsewhere."""

import pytest

from optipath_cli.simulator import Simulator, Tls
from optipath_snapshot import Egress, EgressRule, Snapshot
from support.builders import LOOPBACK
from support.router import Files, asked, chain, running
from support.soak import many

EVERYWHERE = Egress(allow=(*LOOPBACK.allow, EgressRule(host="nope.invalid", plaintext=True)))


def first_at(url: str, second: str, ca_bundle: str | None = None, **given: object) -> Snapshot:
    """A snapshot in which the first target is somewhere else than the second."""
    both = chain(second, "main", "ok-second", keys=("acme",), egress=EVERYWHERE, **given)  # type: ignore[arg-type]  # by name
    first, other = both.providers
    moved = first.model_copy(update={"url": url, "ca_bundle": ca_bundle})
    return both.model_copy(update={"providers": (moved, other)})


@pytest.mark.case("T01")
@pytest.mark.parametrize("race", ["keepalive-race", "keepalive-race-rst"])
async def test_a_connection_that_closes_as_it_is_used_again_is_noticed_by_nobody(
    race: str, simulator: Simulator, files: Files
) -> None:
    pairs = many(500, 20)
    files.put(chain(simulator.url, race, "ok-second"))
    async with running(files.settings()) as router:
        answers = [await router.ask() for _ in range(2 * pairs)]
        counted = (await router.get("/metrics")).text
        record = await router.decision(answers[-1])
    assert {(answer.status_code, answer.headers["x-optipath-attempts"]) for answer in answers} == {(200, "1")}
    # Each but the first came on a connection that was closed, and once more on a fresh one.
    arrivals = simulator.stats.models[race]
    assert (arrivals.count, arrivals.statuses) == (4 * pairs - 1, {200: 2 * pairs})
    assert [arrival.place for arrival in simulator.stats.arrivals] == [1, *(2, 1) * (2 * pairs - 1)]
    # Nobody's health has suffered: the next is asked of the same target, and no attempt was counted as failed.
    assert [attempt["outcome"] for attempt in record["attempts"]] == ["ok"]
    assert f'optipath_attempts_total{{outcome="ok",provider="p1",target="p1/{race}"}} {2 * pairs}.0' in counted
    assert "ok-second" not in simulator.stats.models


@pytest.mark.case("T03")
@pytest.mark.parametrize("lost", ["refused", "hanging", "unknown"])
async def test_who_cannot_be_reached_is_passed_over_within_the_connect_timeout(lost: str, files: Files) -> None:
    async with Simulator(blackhole_port=0) as simulator:
        url = {
            "refused": "http://127.0.0.1:9/v1",
            "hanging": f"http://127.0.0.1:{simulator.blackhole_port}/v1",
            "unknown": "http://nope.invalid/v1",
        }[lost]
        files.key("acme", "sk-1", "127.0.0.1", "nope.invalid")
        files.put(first_at(url, simulator.url, resilience={"connect_timeout_seconds": 0.3}))
        async with running(files.settings()) as router:
            answer = await router.ask()
            stream = await router.stream()
            record = await router.decision(answer)
    assert (answer.status_code, answer.json()["model"], stream.finished) == (200, "ok-second", True)
    assert [attempt["outcome"] for attempt in record["attempts"]] == ["unreachable", "ok"]
    assert record["seconds"] < 5


TLS: dict[Tls, str] = {
    "expired": "its certificate has expired",
    "early": "its certificate is not valid yet",
    "wrong-name": "its certificate is for another address",
    "unknown-ca": "its certificate is signed by an authority that is not trusted",
    "stalled": "it took too long",
    "plain": "it does not speak TLS",
}


@pytest.mark.case("T05")
@pytest.mark.parametrize(("fault", "said"), TLS.items(), ids=TLS)
async def test_nothing_is_sent_to_who_cannot_show_who_it_is(
    fault: Tls, said: str, simulator: Simulator, files: Files
) -> None:
    files.key("acme", "sk-1", "127.0.0.1")
    async with Simulator(tls=fault) as stranger:
        given = {"resilience": {"connect_timeout_seconds": 0.3 if fault == "stalled" else 5}}
        files.put(first_at(stranger.url, simulator.url, stranger.authority, **given))
        async with running(files.settings()) as router:
            answer = await router.ask()
            record = await router.decision(answer)
        assert (stranger.stats.count, stranger.stats.connections) == (0, 0)
    assert (answer.status_code, answer.json()["model"]) == (200, "ok-second")
    first, second = record["attempts"]
    assert (first["outcome"], second["outcome"]) == ("unreachable", "ok")
    assert said in first["message"]
    assert simulator.stats.count == 1


@pytest.mark.case("T05")
async def test_who_shows_a_good_certificate_is_called(simulator: Simulator, files: Files) -> None:
    files.key("acme", "sk-1", "127.0.0.1")
    async with Simulator(tls="good") as trusted:
        files.put(first_at(trusted.url, simulator.url, trusted.authority))
        async with running(files.settings()) as router:
            assert (await router.ask()).json()["model"] == "main"
    assert (trusted.stats.count, simulator.stats.count) == (1, 0)


@pytest.mark.case("T07")
@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("stream", [False, True])
async def test_a_redirect_is_not_followed_and_no_key_goes_along(
    *, status: int, stream: bool, simulator: Simulator, files: Files
) -> None:
    files.key("acme", "sk-1", "127.0.0.1")
    files.put(chain(simulator.url, f"redirect-{status}", "ok-second", keys=("acme",)))
    async with running(files.settings()) as router:
        answer = await router.http.post(f"{router.url}/v1/chat/completions", json=asked(stream=stream))
        record = await router.decision(answer)
    assert answer.status_code == 200
    assert record["target"] == "p2/ok-second"
    assert not simulator.stats.sink
    assert [arrival.model for arrival in simulator.stats.arrivals] == [f"redirect-{status}", "ok-second"]


@pytest.mark.case("T07")
@pytest.mark.parametrize("stream", [False, True])
async def test_what_the_provider_says_of_itself_stays_here_and_what_the_app_says_of_itself_too(
    *, stream: bool, simulator: Simulator, files: Files
) -> None:
    files.key("acme", "sk-ours", "127.0.0.1")
    files.put(chain(simulator.url, "hop-headers", keys=("acme",)))
    own = {"cookie": "a=b", "authorization": "Bearer sk-theirs", "via": "1.1 app", "x-internal": "1", "te": "trailers"}
    async with running(files.settings()) as router:
        answer = await router.http.post(f"{router.url}/v1/chat/completions", json=asked(stream=stream), headers=own)
    ours = {"date", "content-type", "content-length", "transfer-encoding"}
    assert answer.status_code == 200
    assert not [name for name in answer.headers if name not in ours and not name.startswith("x-optipath-")]
    (arrival,) = simulator.stats.arrivals
    assert {name.lower() for name, _ in arrival.headers}.isdisjoint({"cookie", "via", "x-internal", "te"})
    assert "sk-theirs" not in str(arrival.headers)
