"""The path of the webhook that warns: written, followed and put back by the leader, and told to nobody."""

import asyncio
import logging
from base64 import b64decode
from typing import Any

import pytest

from optipath_operator.channel.token import Tokens
from optipath_operator.cluster.client import Conflict, Unreachable
from optipath_operator.reconcile.warnpath import HOOK, WarnPathKeeper
from optipath_operator.settings import Webhooks
from optipath_operator.telemetry import Metrics
from support.apiserver import ApiServer, refused
from support.certified import SECRET, Cluster, Term
from support.certified import WARNINGS as PATH
from support.timers import Timers

OF_ANOTHER = "/warn/of-somebody-else"


class Leader:
    """An operator, its key, and the configuration that the chart has made, which mentions no path."""

    def __init__(self, api: ApiServer) -> None:
        self.api, self.tokens, self.metrics = api, Tokens(), Metrics()
        self.term, self.timers = Term(), Timers()
        self.tokens.take(b"k" * 32)
        if PATH not in api.objects:
            service = {"name": "optipath-operator-webhook", "namespace": "optipath-system", "port": 443}
            config = {"service": service, "caBundle": "Q0E="}
            api.put(PATH, {"webhooks": [{"name": HOOK, "clientConfig": config, "failurePolicy": "Ignore"}]})
        self.keeper = WarnPathKeeper(
            api,
            Webhooks("validating", "optipath-warnings"),
            self.tokens.warn_path,
            self.metrics,
            term=self.term,
            sleep=self.timers.sleep,
        )

    @property
    def hook(self) -> Any:
        return self.api.objects[PATH]["webhooks"][0]

    @property
    def path(self) -> str | None:
        """By which the API server calls."""
        path: str | None = self.hook["clientConfig"]["service"].get("path")
        return path

    def change(self, path: str | None) -> None:
        """Somebody else writes a path, or takes it away."""
        found = self.api.objects[PATH]
        config = self.hook["clientConfig"]
        service = {name: value for name, value in config["service"].items() if name != "path"}
        service |= {"path": path} if path else {}
        self.api.put(PATH, found | {"webhooks": [self.hook | {"clientConfig": config | {"service": service}}]})


@pytest.fixture
def leader(api: ApiServer) -> Leader:
    return Leader(api)


async def test_the_path_is_written_and_nothing_else(leader: Leader) -> None:
    before = leader.hook
    await leader.keeper.look()
    assert leader.path == leader.tokens.warn_path()
    [write] = leader.api.writes
    assert write.body["webhooks"] == [{"name": HOOK, "clientConfig": {"service": {"path": leader.path}}}]
    assert write.body["metadata"].keys() == {"resourceVersion"}
    leader.change(None)
    assert leader.hook == before, "all else is as the chart has it"


async def test_at_rest_nothing_is_written(leader: Leader) -> None:
    await leader.keeper.look()
    await leader.keeper.look()
    assert len(leader.api.writes) == 1


@pytest.mark.parametrize("path", [None, "/warn", OF_ANOTHER], ids=["taken away", "as it was once", "of another"])
async def test_what_somebody_else_writes_is_put_back_and_told_of(
    leader: Leader, path: str | None, caplog: pytest.LogCaptureFixture
) -> None:
    keeping = asyncio.create_task(leader.keeper.run())
    await leader.timers.advance()
    assert caplog.messages == []
    leader.change(path)
    await leader.timers.advance(30)
    assert leader.path == leader.tokens.warn_path()
    assert caplog.messages == [f"somebody had changed the path of {HOOK} in 'optipath-warnings'; it is repaired"]
    keeping.cancel()


async def test_another_key_is_another_path_and_no_repair(leader: Leader, caplog: pytest.LogCaptureFixture) -> None:
    await leader.keeper.look()
    before = leader.path
    leader.tokens.take(b"n" * 32)
    await leader.keeper.look()
    assert before != leader.path == leader.tokens.warn_path()
    assert caplog.messages == []


async def test_without_a_key_what_is_there_is_left_alone(api: ApiServer) -> None:
    leader = Leader(api)
    keeper = WarnPathKeeper(
        api, Webhooks("validating", "optipath-warnings"), Tokens().warn_path, leader.metrics, term=leader.term
    )
    leader.change(OF_ANOTHER)
    await keeper.look()
    assert leader.path == OF_ANOTHER


async def test_only_the_leader_writes(leader: Leader) -> None:
    leader.term.held.clear()
    await leader.keeper.look()
    assert leader.api.writes == []
    keeping = asyncio.create_task(leader.keeper.run())
    await leader.timers.advance(60)
    assert leader.path is None
    leader.term.held.set()
    await leader.timers.advance()
    assert leader.path == leader.tokens.warn_path()
    keeping.cancel()


async def test_who_was_faster_is_seen_first(leader: Leader) -> None:
    leader.api.meanwhile(PATH, lambda: leader.change(OF_ANOTHER))
    await leader.keeper.look()
    assert leader.path == leader.tokens.warn_path()
    leader.change(None)
    leader.api.fail("merge_entries", PATH, *[Conflict(409, "the object has been modified")] * 3)
    await leader.keeper.look()
    assert leader.path == leader.tokens.warn_path()


async def test_the_keeper_of_certificates_and_this_one_write_each_its_own() -> None:
    cluster = Cluster()
    found = cluster.objects[PATH]
    cluster.put(PATH, found | {"webhooks": [found["webhooks"][0] | {"name": HOOK}]})
    certificates, leader = cluster.operator(), Leader(cluster)
    await asyncio.gather(certificates.look(), leader.keeper.look())
    assert leader.path == leader.tokens.warn_path()
    assert leader.hook["clientConfig"]["caBundle"] == cluster.objects[SECRET]["data"]["ca.crt"]
    assert b"CERTIFICATE" in b64decode(leader.hook["clientConfig"]["caBundle"])


async def test_an_outage_is_waited_for(leader: Leader) -> None:
    leader.api.fail("get", PATH, Unreachable("away"))
    await leader.keeper.look()
    assert leader.path is None
    await leader.keeper.look()
    assert leader.path is not None


async def test_what_is_missing_is_told_once(leader: Leader, caplog: pytest.LogCaptureFixture) -> None:
    found = leader.api.remove(PATH)
    for _ in range(3):
        await leader.keeper.look()
    [told] = caplog.messages
    assert "there is no validating webhook configuration 'optipath-warnings'" in told
    leader.api.put(PATH, found | {"webhooks": []})
    await leader.keeper.look()
    assert caplog.messages[1:] == [
        f"nobody is warned: the validating webhook configuration 'optipath-warnings' has no webhook '{HOOK}'"
    ]
    assert leader.api.writes == []


async def test_the_path_gets_into_no_log(leader: Leader, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    path = leader.tokens.warn_path()
    leader.api.fail("merge_entries", PATH, refused(403, f"a policy of the house does not like {path!r}"))
    await leader.keeper.look()
    assert "does not like '/warn/…'" in caplog.text
    await leader.keeper.look()
    leader.change(OF_ANOTHER)
    await leader.keeper.look()
    assert str(path).removeprefix("/warn/") not in caplog.text
    assert OF_ANOTHER not in caplog.text
