"""The webhook that warns: what is wrong is said to whoever applies it, and nothing is ever refused."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from typing import Any

import httpx
import pytest
import pytest_asyncio
from hypothesis import given
from hypothesis import strategies as st

from optipath_operator.cluster.client import Json, Unreachable
from optipath_operator.reconcile.preview import Preview
from optipath_operator.resources import Problem, ResourceRef, Severity
from optipath_operator.telemetry import Metrics
from optipath_operator.warn.advice import warnings
from optipath_operator.warn.webhook import Webhook
from support.apiserver import ApiServer, model_provider, namespace, routing_policy
from support.operator import Tenant
from support.reviews import review, told, whole


class Applier:
    """Somebody who applies resources in the namespace team-a."""

    def __init__(self, tenant: Tenant) -> None:
        self.tenant, self.metrics = tenant, Metrics()
        self.all_seen = True
        self.meanwhile: list[Callable[[], object]] = []
        self.preview = Preview(tenant.store, tenant.operator.gather.ahead, all_seen=lambda: self.all_seen)
        self.path: str | None = "/warn/of-the-key"
        app = Webhook(self.preview, lambda: self.path, self.metrics, sleep=self._sleep).app()
        self.client = httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="https://webhook")

    async def posts(self, body: bytes, path: str = "/warn/of-the-key") -> httpx.Response:
        return await self.client.post(path, content=body, headers={"content-type": "application/json"})

    async def applies(self, found: Json, **request: Any) -> list[str]:
        answer = await self.posts(review(found, **request))
        assert answer.status_code == 200
        return told(answer.content)

    def counted(self, outcome: str) -> float:
        name = "optipath_operator_warning_reviews_total"
        return self.metrics.registry.get_sample_value(name, {"outcome": outcome}) or 0

    async def _sleep(self, _: float) -> None:
        for happens in self.meanwhile:
            happens()


@pytest.fixture
def tenant() -> Tenant:
    tenant = Tenant(ApiServer())
    tenant.starts()
    return tenant


@pytest_asyncio.fixture
async def applier(tenant: Tenant) -> AsyncIterator[Applier]:
    applier = Applier(tenant)
    yield applier
    await applier.client.aclose()
    applier.preview.close()


def policy(name: str = "new", *, model: str = "small", provider: str = "acme", **target: str) -> Json:
    rule = {
        "name": "all",
        "match": {"models": [name]},
        "strategy": {"ordered": {}},
        "targets": [{"provider": provider, "model": model, **target}],
    }
    return routing_policy(name, rules=[rule])


async def test_a_good_resource_is_nothing_to_talk_about(applier: Applier) -> None:
    assert await applier.applies(policy()) == []
    assert await applier.applies(model_provider("other")) == []
    assert applier.counted("well") == 2


async def test_a_target_that_is_not_there_is_told_with_what_may_be_meant(applier: Applier) -> None:
    second, first = await applier.applies(policy(model="smal"))
    assert first.startswith("spec.rules[0].targets[0]: target 'acme/smal' is not listed by any provider in 'team-a'")
    assert "'acme/small'" in first
    assert "has no target left" in second
    assert applier.counted("warned") == 1


async def test_what_another_namespace_does_not_share_reads_as_what_is_nowhere(applier: Applier) -> None:
    Tenant(applier.tenant.api, applier.tenant.operator, "team-b").applies(namespace("team-b"), model_provider("hidden"))
    there = await applier.applies(policy(provider="hidden", namespace="team-b"))
    nowhere = await applier.applies(policy(provider="nobody", namespace="team-b"))
    assert there
    assert [each.replace("hidden", "nobody") for each in there] == nowhere


async def test_what_another_namespace_shares_is_found(applier: Applier) -> None:
    shared = model_provider("shared", sharing={"from": "All"})
    Tenant(applier.tenant.api, applier.tenant.operator, "team-b").applies(namespace("team-b"), shared)
    assert await applier.applies(policy(provider="shared", namespace="team-b")) == []


async def test_who_a_policy_would_name_is_not_noted_for_it_may_never_be_written(applier: Applier) -> None:
    borrowers, shared = applier.tenant.store.borrowers, model_provider("shared", sharing={"from": "All"})
    Tenant(applier.tenant.api, applier.tenant.operator, "team-b").applies(namespace("team-b"), shared)
    ref = ResourceRef("ModelProvider", "team-b", "shared")
    borrows = policy(provider="shared", namespace="team-b")
    await applier.applies(borrows)
    assert borrowers.of(ref) == set()
    applier.tenant.applies(borrows)
    await applier.tenant.works()
    await applier.applies(policy(), old=borrows)
    assert borrowers.of(ref) == {"team-a"}, "it is told of each change as long as it borrows"


async def test_a_rule_that_is_never_reached_is_told(applier: Applier) -> None:
    everything = policy()["spec"]["rules"][0] | {"match": {"models": ["*"]}}
    applier.tenant.applies(routing_policy("all", priority=200, rules=[everything]))
    [line] = await applier.applies(policy())
    assert line.startswith("spec.rules[0]: rule 'all' is never reached: rule 'all' of policy 'all' is asked first")


async def test_a_price_that_nobody_knows_is_told(applier: Applier) -> None:
    [line] = await applier.applies(model_provider("other", models=[{"name": "mystery", "contextWindow": 1000}]))
    assert line.startswith("spec.models[0].pricing: price is not known")


async def test_only_what_is_wrong_with_the_resource_itself_is_told(applier: Applier) -> None:
    applier.tenant.applies(policy("broken", model="nothing"))
    assert await applier.applies(policy()) == []


async def test_an_invalid_resource_is_told_what_stays_in_force(applier: Applier) -> None:
    await applier.tenant.works()
    spoilt = routing_policy(rules="none")
    [line] = [each for each in await applier.applies(spoilt, old=routing_policy()) if "last good form" in each]
    assert "stays in force" in line


async def test_a_key_for_a_host_of_ones_own_is_told_what_the_secret_must_say(applier: Applier) -> None:
    keyed = model_provider("other", credentials={"keys": ["vllm", "openai"]})
    host = "is sent to 'other.example' only if the Secret 'optipath-credentials' names that host in"
    assert await applier.applies(keyed) == [
        f"spec.credentials.keys[0]: 'vllm' {host} 'vllm.hosts'",
        f"spec.credentials.keys[1]: 'openai' {host} 'openai.hosts'",
    ]
    assert await applier.applies(keyed, old=keyed) == [], "it was said when it was written"
    assert len(await applier.applies(keyed, old=model_provider("other"))) == 2
    assert applier.tenant.api.requests == [], "nobody has looked into the Secret"


async def test_a_key_named_after_its_provider_needs_no_word(applier: Applier) -> None:
    openai = model_provider("openai", type="OpenAI", endpoint=None, credentials={"keys": ["openai-2"]})
    assert await applier.applies(openai) == []
    [line] = await applier.applies(
        model_provider("openai", type="OpenAI", endpoint=None, credentials={"keys": ["ours"]})
    )
    assert "'ours' is sent to 'api.openai.com' only if" in line


async def test_what_was_applied_just_before_is_waited_for(applier: Applier) -> None:
    applier.meanwhile = [lambda: applier.tenant.applies(model_provider("late"))]
    assert await applier.applies(policy(provider="late")) == []


async def test_the_first_resource_of_a_namespace_is_no_surprise(applier: Applier) -> None:
    lines = await applier.applies(policy(), of="team-z")
    assert "target 'acme/small' is not listed by any provider in 'team-z'" in lines[1]
    assert applier.tenant.store.state("team-z") is None, "it is not there before it is there"


async def test_a_look_ahead_changes_nothing(applier: Applier) -> None:
    await applier.tenant.works()
    resources, reads = dict(applier.tenant.state.resources), applier.tenant.state.reads_bundles
    before = len(applier.tenant.api.writes)
    bundled = {"url": "https://acme.example/v1", "caBundleRef": {"name": "none", "key": "ca.crt"}}
    await applier.applies(model_provider(endpoint=bundled), old=model_provider())
    assert applier.tenant.state.resources == resources
    assert applier.tenant.state.reads_bundles is reads
    assert len(applier.tenant.api.writes) == before


async def test_certificates_that_a_provider_names_are_looked_for(applier: Applier) -> None:
    bundled = {"url": "https://acme.example/v1", "caBundleRef": {"name": "none", "key": "ca.crt"}}
    [line] = await applier.applies(model_provider(endpoint=bundled))
    assert line.startswith("spec.endpoint.caBundleRef")
    applier.tenant.api.fail("get", "configmaps/none", Unreachable("away"))
    assert await applier.applies(model_provider(endpoint=bundled)) == []
    assert applier.counted("not_now") == 1


async def test_before_everything_has_been_seen_nothing_is_said(applier: Applier) -> None:
    applier.all_seen = False
    assert await applier.applies(policy(model="nothing")) == []
    assert applier.counted("not_now") == 1


async def test_our_own_failure_keeps_nobody_from_anything(applier: Applier, caplog: pytest.LogCaptureFixture) -> None:
    async def fail(*_: object) -> None:
        raise ZeroDivisionError

    applier.preview._gather = fail  # type: ignore[assignment]  # something that nobody has thought of
    assert await applier.applies(policy()) == []
    assert applier.counted("failed") == 1
    assert "ZeroDivisionError" in caplog.text


async def test_who_takes_too_long_is_not_waited_for(tenant: Tenant, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("optipath_operator.warn.webhook._PATIENCE_SECONDS", 0.0)
    applier = Applier(tenant)
    assert await applier.applies(policy(model="nothing")) == []
    assert applier.counted("not_now") == 1


@pytest.mark.parametrize(
    "change",
    [
        {"operation": "DELETE", "object": None},
        {"subResource": "status"},
        {"kind": {"group": "", "version": "v1", "kind": "Pod"}},
        {"kind": {"group": "optipath.io", "version": "v2", "kind": "RoutingPolicy"}},
        {"object": {"metadata": {"name": "new", "deletionTimestamp": "2026-11-22T00:00:00Z"}}},
    ],
    ids=["a deletion", "a status", "a pod", "another version", "one that is on its way out"],
)
async def test_what_is_none_of_its_business_is_allowed(applier: Applier, change: Json) -> None:
    assert await applier.applies(policy(model="nothing"), **change) == []
    assert applier.counted("passed_over") == 1


async def test_one_whose_name_is_yet_to_be_made_is_reviewed(applier: Applier) -> None:
    nameless = policy()
    nameless["metadata"] = {"generateName": "chat-"}
    assert await applier.applies(nameless, name=None) == []


@pytest.mark.case("W05")
@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"garbage",
        b"\xff\xfe",
        b"[]",
        b"null",
        b'{"apiVersion": "admission.k8s.io/v1beta1", "kind": "AdmissionReview"}',
        whole(None),
        whole({"uid": ""}),
        whole({"uid": "u" * 129}),
        whole({"uid": "u", "kind": "RoutingPolicy"}),
        review(policy(), object=None),
        review(policy(), object={"metadata": "new"}),
        review(policy(), oldObject=[]),
        review(policy(), namespace=None),
        b"[" * 100_000,
        b'{"a":' * 90_000,
        b"[" + b"0," * 300_000 + b"0]",
    ],
)
async def test_garbage_is_a_bad_request_and_nothing_of_it_is_repeated(applier: Applier, body: bytes) -> None:
    answer = await applier.posts(body)
    assert answer.status_code == 400
    assert len(answer.content) < 200
    assert applier.counted("malformed") == 1


@pytest.mark.case("W05")
async def test_a_body_without_end_is_too_large(applier: Applier) -> None:
    assert (await applier.posts(b" " * 5_000_000)).status_code == 413


WRONG_PATHS = {
    "none": "/",
    "that of an older version": "/warn",
    "a guess": f"/warn/{'0' * 64}",
    "an end too much": "/warn/of-the-key/",
    "one that is nearly right": "/warn/of-the-kez",
    "a piece of it": "/warn/of-the",
    "in capitals": "/warn/OF-THE-KEY",
    "below it": "/warn/of-the-key/x",
    "what is no text": "/warn/%ff%fe",
    "what is not ASCII": "/warn/%C3%BC",
}


@pytest.mark.parametrize("path", WRONG_PATHS.values(), ids=WRONG_PATHS)
async def test_who_does_not_know_the_path_learns_nothing(applier: Applier, path: str) -> None:
    """A pod that reaches the port, and asks in the name of a namespace that is not its own."""
    forged = review(policy(model="smal"))
    nowhere = await applier.posts(forged, "/nowhere/at/all")
    answer = await applier.posts(forged, path)
    assert (answer.status_code, answer.content, answer.headers) == (404, nowhere.content, nowhere.headers)
    assert applier.counted("elsewhere") == 2
    assert told((await applier.posts(forged)).content), "who knows it is told"


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "OPTIONS", "DELETE"])
async def test_by_another_method_the_path_is_like_any_other(applier: Applier, method: str) -> None:
    there, nowhere = [await applier.client.request(method, path) for path in ("/warn/of-the-key", "/nowhere")]
    assert (there.status_code, there.content, there.headers) == (405, nowhere.content, nowhere.headers)


@pytest.mark.parametrize("path", ["/warn/of-the-key", "/warn/None", "/warn/", "/"])
async def test_a_replica_without_the_key_answers_nobody(applier: Applier, path: str) -> None:
    applier.path = None
    assert (await applier.posts(review(policy(model="smal")), path)).status_code == 404


async def test_with_another_key_the_path_is_another_one(applier: Applier) -> None:
    applier.path = "/warn/of-the-new-key"
    assert (await applier.posts(review(policy()))).status_code == 404
    assert (await applier.posts(review(policy()), applier.path)).status_code == 200


async def test_many_at_once_are_all_answered(applier: Applier) -> None:
    answers = await asyncio.gather(*(applier.applies(policy(f"p{place}", model="nothing")) for place in range(50)))
    assert all("acme/nothing" in lines[1] for lines in answers)


REF = ResourceRef("RoutingPolicy", "team-a", "new")
MESSAGES = st.text(st.characters(codec="utf-8"), max_size=600)


@given(found=st.lists(st.tuples(st.sampled_from(Severity), MESSAGES), max_size=40))
def test_whatever_is_wrong_fits_into_what_the_api_server_passes_on(found: list[tuple[Severity, str]]) -> None:
    manifest = policy() | {"metadata": {"name": "new", "namespace": "team-a"}}
    problems = [Problem(REF, "spec.rules[0]", severity, message) for severity, message in found]
    lines = warnings(manifest, None, problems)
    assert len(lines) == len(set(lines))
    assert bool(lines) == bool(found)
    answer = {"kind": "AdmissionReview", "response": {"uid": "705ab4f5-6393-11e8-b7cc-42010a800002", "allowed": True}}
    answer["response"]["warnings"] = list(lines)  # type: ignore[index]
    for each in told(json.dumps(answer).encode()):
        assert each.startswith(("spec.rules[0]:", "and "))


def test_what_is_left_out_is_counted_and_can_be_asked_for() -> None:
    manifest = policy() | {"metadata": {"name": "new", "namespace": "team-a"}}
    problems = [Problem(REF, f"spec.rules[{place}]", Severity.WARNING, "is odd") for place in range(30)]
    lines = warnings(manifest, None, problems)
    assert len(lines) == 12
    assert lines[-1] == "and 19 more; kubectl describe routingpolicy -n team-a new shows what is wrong"


def test_a_long_line_ends_with_a_word() -> None:
    manifest = policy() | {"metadata": {"name": "new", "namespace": "team-a"}}
    [line] = warnings(manifest, None, [Problem(REF, "spec", Severity.WARNING, "word " * 100)])
    assert line.endswith(" word…")
    assert 240 < len(line) <= 250
