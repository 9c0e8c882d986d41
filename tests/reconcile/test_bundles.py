"""Certificates that many need: read once for all, held within a limit, and found out when they change."""

import pytest

from optipath_operator.reconcile.bundles import Bundles
from optipath_operator.reconcile.state import NamespaceState
from support.apiserver import ApiServer


class Owner:
    """A namespace that lends ConfigMaps."""

    def __init__(self, api: ApiServer, *, at_most: int = 1000) -> None:
        self.api, self.state, self.bundles = api, NamespaceState(), Bundles(api, at_most=at_most)

    def has(self, name: str, text: str) -> None:
        self.api.put(f"/api/v1/namespaces/platform/configmaps/{name}", {"data": {"ca": text}})

    async def lends(self, name: str) -> str | None:
        found = await self.bundles.lent("platform", self.state, name)
        return None if found is None else str(found["data"]["ca"])

    async def looks(self, *names: str) -> set[str]:
        _, changed = await self.bundles.own("platform", self.state, names)
        return changed

    @property
    def reads(self) -> int:
        return len(self.api.requests)


@pytest.fixture
def owner(api: ApiServer) -> Owner:
    return Owner(api)


async def test_one_that_is_held_is_not_read_again(owner: Owner) -> None:
    owner.has("a", "text")
    assert [await owner.lends("a") for _ in range(3)] == ["text"] * 3
    assert owner.reads == 1


async def test_that_there_is_none_is_remembered_too_until_it_comes(owner: Owner) -> None:
    assert [await owner.lends("a") for _ in range(3)] == [None] * 3
    assert owner.reads == 1
    owner.has("a", "text")
    assert await owner.looks("a") == {"a"}
    assert await owner.lends("a") == "text"


async def test_a_change_is_found_once_and_one_that_nobody_has_asked_for_is_none(owner: Owner) -> None:
    owner.has("a", "before")
    owner.has("b", "before")
    await owner.lends("a")
    for name in ("a", "b"):
        owner.has(name, "after")
    assert await owner.looks("a", "b") == {"a"}
    assert await owner.looks("a", "b") == set()
    assert await owner.lends("a") == "after"


async def test_beyond_the_limit_the_one_that_was_asked_for_longest_ago_is_let_go(owner: Owner) -> None:
    for name in ("a", "b", "c"):
        owner.has(name, 400 * name)
    for name in ("a", "b", "a", "c"):
        await owner.lends(name)
    assert owner.reads == 3
    await owner.lends("a")
    assert owner.reads == 3
    await owner.lends("b")
    assert owner.reads == 4


async def test_one_too_large_to_be_held_is_read_each_time_and_its_change_is_found_all_the_same(owner: Owner) -> None:
    owner.has("a", 2000 * "a")
    assert await owner.lends("a") == await owner.lends("a")
    assert owner.reads == 2
    owner.has("a", "small")
    assert await owner.looks("a") == {"a"}


async def test_one_that_its_owner_names_no_longer_is_let_go(owner: Owner) -> None:
    owner.has("a", "text")
    await owner.lends("a")
    assert await owner.looks() == set()
    await owner.lends("a")
    assert owner.reads == 2
