"""The operator's own Secrets: of two that write one is told, and nothing of them gets into a log."""

import pytest

from optipath_operator.cluster import secrets
from optipath_operator.cluster.client import Conflict, NotFound
from support.apiserver import ApiServer

PATH = "/api/v1/namespaces/optipath-system/secrets/optipath-status-key"


async def status_key(api: ApiServer) -> bytes:
    return await secrets.status_key(api, "optipath-system")


@pytest.mark.parametrize("empty", [{}, {"data": None}, {"data": {"key": ""}}, {"data": {"key": "c2hvcnQ="}}])
async def test_a_status_key_is_made_once_and_kept(empty: dict[str, object], api: ApiServer) -> None:
    api.put(PATH, empty)
    made = await status_key(api)
    assert len(made) == 32
    assert await status_key(api) == made
    assert len(api.writes) == 1


async def test_an_administrators_own_status_key_is_left_alone(api: ApiServer) -> None:
    api.put(PATH, {"data": {"key": "QUFB" * 16}})
    assert await status_key(api) == b"AAA" * 16
    assert api.writes == []


async def test_of_two_that_make_a_status_key_the_faster_ones_is_the_key(api: ApiServer) -> None:
    def another_one_is_faster() -> None:
        api.put(PATH, {"data": {"key": "QUFB" * 16}})

    api.put(PATH, {})
    api.meanwhile(PATH, another_one_is_faster)
    assert await status_key(api) == b"AAA" * 16


async def test_a_status_key_has_no_place_without_its_secret(api: ApiServer) -> None:
    with pytest.raises(NotFound, match="optipath-status-key"):
        await status_key(api)


async def test_keys_are_set_and_taken_away_and_all_others_stay(api: ApiServer) -> None:
    api.put(PATH, {"data": {"a": "QQ==", "b": "Qg=="}, "metadata": {"annotations": {"of": "others", "our": "own"}}})
    found = await secrets.read(api, "optipath-system", "optipath-status-key")
    written = await secrets.write(
        api,
        "optipath-system",
        "optipath-status-key",
        since=found.version,
        data={"a": None, "c": b"C"},
        annotations={"our": None},
    )
    assert written.data == {"b": b"B", "c": b"C"}
    assert written.annotations == {"of": "others"}


async def test_one_that_knows_an_older_version_writes_nothing(api: ApiServer) -> None:
    old = str(api.put(PATH, {"data": {"a": "QQ=="}})["metadata"]["resourceVersion"])
    api.put(PATH, {"data": {"a": "Qg=="}})
    with pytest.raises(Conflict):
        await secrets.write(api, "optipath-system", "optipath-status-key", since=old, data={"a": b"C"})
    assert (await secrets.read(api, "optipath-system", "optipath-status-key")).data == {"a": b"B"}


async def test_what_is_in_one_is_not_shown(api: ApiServer) -> None:
    api.put(PATH, {"data": {"key": "QUFB" * 16}})
    assert "AAA" not in repr(await secrets.read(api, "optipath-system", "optipath-status-key"))
