"""The webhooks' certificates: made, trusted, changed in time, and no review fails for it."""

import asyncio
import logging
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from optipath_operator.certificates.bundle import authorities
from optipath_operator.certificates.kept import ROTATE, TRUSTED_SINCE
from optipath_operator.certificates.pair import authority
from optipath_operator.cluster.client import Unreachable
from support.apiserver import refused
from support.certified import INJECTOR, OVERLAP, SECRET, WARNINGS, Cluster, Crash, Operator

NAMES = {
    f"{service}.optipath-system.{zone}"
    for service in ("optipath-injector", "optipath-operator-webhook")
    for zone in ("svc", "svc.cluster.local")
}
HALF_A_MINUTE = timedelta(seconds=30)
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)


@pytest.fixture
def cluster() -> Cluster:
    return Cluster()


def trusted(cluster: Cluster) -> list[int]:
    """How many authorities each webhook trusts."""
    return [len(authorities(bundle, cluster.now)) for bundle in cluster.bundles()]


def is_settled(cluster: Cluster) -> bool:
    """Whether one authority signs, all trust it alone, and its pair is there."""
    kept = cluster.kept()
    return (
        kept.pair is not None
        and kept.signer is not None
        and kept.coming is None
        and not kept.others
        and set(cluster.bundles()) == {kept.signer.pem}
        and not cluster.objects[SECRET]["metadata"].get("annotations")
    )


async def started(cluster: Cluster) -> Operator:
    operator = cluster.operator()
    await operator.look()
    await operator.work(OVERLAP + MINUTE)
    return operator


async def test_a_new_cluster_has_all_at_the_first_look(cluster: Cluster) -> None:
    operator = cluster.operator()
    await operator.look()
    assert is_settled(cluster)
    pair = cluster.kept().pair
    assert pair is not None
    assert pair.names == NAMES
    assert operator.counted("certificates_made_total", certificate="ca") == 1
    assert operator.counted("certificates_made_total", certificate="serving") == 1
    assert set(cluster.objects[SECRET]["data"]) == {"tls.crt", "tls.key", "ca.crt", "ca.key"}


@pytest.mark.case("W01")
async def test_nothing_is_patched_but_the_secret_and_the_ca_bundles(cluster: Cluster) -> None:
    await started(cluster)
    cluster.annotate(ROTATE, "now")
    await cluster.operator().work(timedelta(minutes=20))
    assert {each.path for each in cluster.writes} == {SECRET, INJECTOR, WARNINGS}
    for write in cluster.writes:
        if write.path == SECRET:
            assert write.body.keys() == {"metadata", "data"}
        else:
            assert write.body.keys() == {"metadata", "webhooks"}
            assert all(each.keys() == {"name", "clientConfig"} for each in write.body["webhooks"])
            assert all(each["clientConfig"].keys() == {"caBundle"} for each in write.body["webhooks"])
        assert write.body["metadata"].keys() <= {"resourceVersion", "annotations"}
    assert cluster.objects[INJECTOR]["webhooks"][0]["clientConfig"]["service"] == {"name": "a"}, "the chart's own stays"


async def test_at_rest_nothing_is_written(cluster: Cluster) -> None:
    operator = await started(cluster)
    before = len(cluster.writes)
    await operator.work(DAY, every=timedelta(minutes=10))
    assert len(cluster.writes) == before


async def test_a_serving_certificate_is_renewed_after_two_thirds_of_its_life(cluster: Cluster) -> None:
    operator = await started(cluster)
    first, signer = cluster.kept().pair, cluster.kept().signer
    await operator.work(59 * DAY, every=DAY)
    assert cluster.kept().pair == first
    await operator.work(2 * DAY, every=DAY)
    assert cluster.kept().pair != first
    assert cluster.kept().signer == signer
    assert is_settled(cluster)
    assert cluster.breaches == []


async def test_a_service_that_is_new_gets_into_the_certificate(cluster: Cluster) -> None:
    await started(cluster)
    await cluster.operator(services=("other",)).look()
    pair = cluster.kept().pair
    assert pair is not None
    assert pair.names == {"other.optipath-system.svc", "other.optipath-system.svc.cluster.local"}
    assert cluster.breaches == []


async def test_a_new_authority_is_trusted_first_signs_then_and_is_alone_at_last(cluster: Cluster) -> None:
    operator = await started(cluster)
    signer, pair = cluster.kept().signer, cluster.kept().pair
    cluster.annotate(ROTATE, "because")
    timeline = []
    for _ in range(28):
        await operator.look()
        kept = cluster.kept()
        timeline.append((trusted(cluster)[0], kept.signer == signer, kept.pair == pair))
        cluster.now += HALF_A_MINUTE
    before, after, alone = (2, True, True), (2, False, False), (1, False, False)
    assert timeline == [before] * 4 + [after] * 20 + [alone] * 4
    assert is_settled(cluster)
    assert cluster.breaches == []
    assert operator.counted("certificates_made_total", certificate="ca") == 2


async def test_the_authority_is_changed_long_before_it_ends(cluster: Cluster) -> None:
    operator = await started(cluster)
    signer = cluster.kept().signer
    assert signer is not None
    await operator.work(3284 * DAY, every=10 * DAY)
    assert cluster.kept().signer == signer
    await operator.work(2 * DAY, every=timedelta(minutes=5))
    assert cluster.kept().signer not in (None, signer)
    assert signer.certificate.not_valid_after_utc - cluster.now > 360 * DAY
    assert is_settled(cluster)
    assert cluster.breaches == []


@pytest.mark.parametrize("write", range(6))
@pytest.mark.parametrize("done", [False, True], ids=["before", "after"])
async def test_a_crash_at_any_write_of_a_change_is_gone_on_from(cluster: Cluster, write: int, done: bool) -> None:  # noqa: FBT001
    operator = await started(cluster)
    cluster.annotate(ROTATE, "now")
    cluster.crash(write, done=done)
    with pytest.raises(Crash):
        await operator.work(timedelta(minutes=20))
    await cluster.operator().work(timedelta(minutes=20))
    assert is_settled(cluster)
    assert cluster.breaches == []


@pytest.mark.parametrize("write", range(4))
@pytest.mark.parametrize("done", [False, True], ids=["before", "after"])
async def test_a_crash_at_any_write_of_the_first_start_is_gone_on_from(
    cluster: Cluster,
    write: int,
    done: bool,  # noqa: FBT001
) -> None:
    cluster.crash(write, done=done)
    with pytest.raises(Crash):
        await cluster.operator().look()
    await cluster.operator().look()
    assert is_settled(cluster)
    assert cluster.breaches == []


async def test_a_change_waits_for_trust_anew_when_somebody_takes_it_away(cluster: Cluster) -> None:
    operator = await started(cluster)
    signer = cluster.kept().signer
    assert signer is not None
    cluster.annotate(ROTATE, "now")
    await operator.look()
    await operator.work(timedelta(seconds=110))
    cluster.edit(WARNINGS, signer.pem)
    await operator.work(timedelta(seconds=110))
    assert cluster.kept().signer == signer
    assert trusted(cluster) == [2, 2]
    assert operator.counted("ca_bundles_repaired_total") == 1
    await operator.work(MINUTE)
    assert cluster.kept().signer != signer
    assert cluster.breaches == []


STRANGER = authority(Cluster().now)


@pytest.mark.parametrize("bundle", [b"", b"nonsense", STRANGER.pem], ids=["emptied", "spoilt", "replaced"])
async def test_a_bundle_that_somebody_changes_is_repaired_and_counted(cluster: Cluster, bundle: bytes) -> None:
    operator = await started(cluster)
    cluster.edit(INJECTOR, bundle)
    await operator.work(HALF_A_MINUTE)
    assert is_settled(cluster)
    assert operator.counted("ca_bundles_repaired_total") == 1
    assert operator.counted("certificates_made_total", certificate="ca") == 1


async def test_our_own_changes_of_a_bundle_are_no_repairs(cluster: Cluster) -> None:
    operator = await started(cluster)
    cluster.annotate(ROTATE, "now")
    await operator.work(timedelta(minutes=20))
    assert is_settled(cluster)
    assert operator.counted("ca_bundles_repaired_total") == 0


async def test_deleted_data_are_made_anew_while_what_is_shown_stays_trusted(cluster: Cluster) -> None:
    operator = await started(cluster)
    signer = cluster.kept().signer
    cluster.delete_keys()
    await operator.look()
    assert trusted(cluster) == [2, 2], "replicas show the old pair, and nobody has its authority's key"
    await operator.work(timedelta(seconds=150))
    assert cluster.kept().pair is not None
    await operator.work(OVERLAP + MINUTE)
    assert is_settled(cluster)
    assert cluster.kept().signer != signer
    assert cluster.breaches == []


@pytest.mark.parametrize("key", ["ca.crt", "ca.key", "next-ca.crt", "next-ca.key"])
async def test_a_key_that_is_deleted_during_a_change_leaves_what_is_shown_trusted(cluster: Cluster, key: str) -> None:
    operator = await started(cluster)
    cluster.annotate(ROTATE, "now")
    await operator.look()
    cluster.delete_keys(key)
    await operator.work(timedelta(minutes=20))
    assert is_settled(cluster)
    assert cluster.breaches == []


@pytest.mark.parametrize("key", ["tls.crt", "tls.key", "ca.crt", "ca.key"])
async def test_a_deleted_key_is_made_anew_while_what_is_shown_stays_trusted(cluster: Cluster, key: str) -> None:
    operator = await started(cluster)
    cluster.delete_keys(key)
    await operator.work(timedelta(minutes=20))
    assert is_settled(cluster)
    assert cluster.breaches == []


async def test_a_missing_secret_is_told_of_once_and_touches_nothing(
    cluster: Cluster, caplog: pytest.LogCaptureFixture
) -> None:
    operator = await started(cluster)
    cluster.remove(SECRET)
    before = len(cluster.writes)
    with caplog.at_level(logging.ERROR):
        await operator.work(timedelta(minutes=5))
    assert [each.message for each in caplog.records] == [
        "Secret 'optipath-system/optipath-webhook-tls' is missing: the chart makes it, empty"
    ]
    assert len(cluster.writes) == before
    assert operator.counted("certificates_failing") == 1
    cluster.put(SECRET, {})
    await operator.work(timedelta(minutes=15))
    assert is_settled(cluster)
    assert operator.counted("certificates_failing") == 0
    assert cluster.breaches == []


async def test_a_missing_configuration_is_told_of_and_keeps_nothing_from_the_others(
    cluster: Cluster, caplog: pytest.LogCaptureFixture
) -> None:
    cluster.remove(WARNINGS)
    operator = cluster.operator()
    await operator.look()
    assert is_settled(cluster)
    assert "validating webhook configuration 'optipath-warnings'" in caplog.text
    assert operator.counted("certificates_failing") == 1


async def test_what_is_forbidden_is_told_of_and_tried_again(cluster: Cluster, caplog: pytest.LogCaptureFixture) -> None:
    cluster.fail("merge", SECRET, refused(403, "may not"))
    operator = cluster.operator()
    await operator.look()
    assert "403: may not" in caplog.text
    assert operator.counted("certificates_failing") == 1
    await operator.look()
    assert is_settled(cluster)
    assert operator.counted("certificates_failing") == 0


async def test_an_outage_is_waited_for(cluster: Cluster) -> None:
    cluster.fail("get", SECRET, Unreachable("away"))
    operator = cluster.operator()
    running = asyncio.create_task(operator.keeper.run())
    assert await operator.slept.get() == 30
    assert cluster.writes == []
    assert not operator.counted("certificates_failing")
    running.cancel()


async def test_who_does_not_lead_writes_nothing_and_shows_nothing(cluster: Cluster) -> None:
    await started(cluster)
    before = len(cluster.writes)
    cluster.delete_keys()
    other = cluster.operator()
    other.term.held.clear()
    running = asyncio.create_task(other.keeper.run())
    await asyncio.sleep(0)
    assert other.counted("certificate_expiry_timestamp_seconds", certificate="ca") is None
    other.term.held.set()
    await other.slept.get()
    assert len(cluster.writes) > before
    running.cancel()


async def test_one_that_has_lost_its_term_meanwhile_does_not_write(cluster: Cluster) -> None:
    operator = cluster.operator()

    async def lose() -> None:
        operator.term.held.clear()

    cluster.interrupt(None, None, lose)
    await operator.look()
    assert cluster.writes == []


async def test_what_is_in_force_shows_when_it_ends(cluster: Cluster) -> None:
    operator = await started(cluster)
    pair, signer = cluster.kept().pair, cluster.kept().signer
    assert pair is not None
    assert signer is not None
    ends = {"serving": pair, "ca": signer}
    for name, each in ends.items():
        shown = operator.counted("certificate_expiry_timestamp_seconds", certificate=name)
        assert shown == each.certificate.not_valid_after_utc.timestamp()


@pytest.mark.parametrize("request_", range(4))
async def test_one_that_was_slow_takes_back_nothing_of_what_another_has_done(cluster: Cluster, request_: int) -> None:
    slow, other = await started(cluster), cluster.operator()
    cluster.edit(INJECTOR, b"")

    async def a_change_begins() -> None:
        cluster.annotate(ROTATE, "now")
        await other.look()
        await other.work(timedelta(minutes=3))

    # Two bundles and the Secret are read, and then a bundle is written: everything changes before one of these.
    cluster.interrupt(*[None] * request_, a_change_begins)
    await slow.look()
    assert trusted(cluster) == [2, 2]
    await other.work(timedelta(minutes=20))
    assert is_settled(cluster)
    assert cluster.breaches == []


class Story:
    """What may happen to a cluster, its operators among it."""

    def __init__(self) -> None:
        self.cluster = Cluster()
        self.first, self.second = self.cluster.operator(), self.cluster.operator()

    async def time_passes(self, seconds: int) -> None:
        self.cluster.now += timedelta(seconds=seconds)
        self.cluster.check()

    async def the_operator_looks(self) -> None:
        await self.first.look()

    async def somebody_asks_for_another_authority(self) -> None:
        self.cluster.annotate(ROTATE, "now")

    async def somebody_deletes_keys(self, *keys: str) -> None:
        # Were both spoilt between two looks, nobody would know any more whom to trust.
        await self.first.look()
        self.cluster.delete_keys(*keys)

    async def somebody_takes_our_annotation(self) -> None:
        self.cluster.annotate(TRUSTED_SINCE, None)

    async def somebody_edits_a_bundle(self, path: str, bundle: bytes) -> None:
        if self.cluster.kept().signer is None:
            await self.first.look()
        self.cluster.edit(path, bundle)

    async def the_operator_dies(self, write: int, done: bool) -> None:  # noqa: FBT001  an example's value
        self.cluster.crash(write, done=done)
        with suppress(Crash):
            await self.first.look()
        self.cluster.crash(-1, done=True)
        self.first = self.cluster.operator()

    async def another_operator_comes_between(self, request: int, seconds: int) -> None:
        async def between() -> None:
            await self.time_passes(seconds)
            await self.second.look()

        self.cluster.interrupt(*[None] * request, between)
        await self.first.look()
        self.cluster.interrupt()

    async def a_service_is_renamed(self, name: str) -> None:
        self.first = self.cluster.operator(services=("optipath-injector", name))


KEYS = ("tls.crt", "tls.key", "ca.crt", "ca.key", "next-ca.crt", "next-ca.key")
SECONDS = st.sampled_from((0, 5, 30, 119, 120, 121, 300, 599, 600, 601, 3600, 15 * 86400))
HAPPENINGS = st.one_of(
    st.tuples(st.just(Story.time_passes), SECONDS),
    st.tuples(st.just(Story.the_operator_looks)),
    st.tuples(st.just(Story.somebody_asks_for_another_authority)),
    st.tuples(st.just(Story.somebody_deletes_keys)),
    st.tuples(st.just(Story.somebody_deletes_keys), st.sampled_from(KEYS)),
    st.tuples(st.just(Story.somebody_takes_our_annotation)),
    st.tuples(
        st.just(Story.somebody_edits_a_bundle),
        st.sampled_from((INJECTOR, WARNINGS)),
        st.sampled_from((b"", STRANGER.pem)),
    ),
    st.tuples(st.just(Story.the_operator_dies), st.integers(0, 4), st.booleans()),
    st.tuples(st.just(Story.another_operator_comes_between), st.integers(0, 9), SECONDS),
    st.tuples(st.just(Story.a_service_is_renamed), st.sampled_from(("a", "b"))),
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(happenings=st.lists(HAPPENINGS, max_size=20))
async def test_whatever_happens_no_review_fails_and_all_is_well_in_the_end(happenings: list[Any]) -> None:
    story = Story()
    for happens, *values in happenings:
        await happens(story, *values)
        assert story.cluster.breaches == []
    await story.second.work(timedelta(minutes=30), every=MINUTE)
    assert story.cluster.breaches == []
    assert is_settled(story.cluster)
