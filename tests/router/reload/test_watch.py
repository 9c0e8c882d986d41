"""The watch, driven by hand: what is taken up, what is refused, and what stays in force meanwhile."""

import errno
import json
import logging
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from optipath_router import watch
from optipath_router.app import App, compose
from optipath_router.telemetry.beat import PERIOD_SECONDS
from optipath_router.watch import SNAPSHOT_FILE, signature
from optipath_snapshot import Header, Snapshot, encode
from support.builders import provider, route, snapshot, target
from support.kubelet import Volume
from support.router import Files

CANARY = "canary-in-the-file"


def small(model: str = "small", namespace: str = "team-a") -> Snapshot:
    return snapshot(route(f"acme/{model}", models=["auto"]), namespace=namespace)


def good(model: str = "small", generation: int = 1) -> dict[str, bytes]:
    return {SNAPSHOT_FILE: encode(small(model), generation)}


def metric(app: App, name: str, labels: dict[str, str] | None = None) -> float | None:
    return app.shared.metrics.registry.get_sample_value(name, labels or {})


def in_force(app: App) -> tuple[int, list[str]] | None:
    """Generation and models of the runtime that requests get."""
    runtime = app.runtime.current
    return None if runtime is None else (runtime.file.generation, list(runtime.plan.by_model))


@pytest.fixture
def volume(tmp_path: Path) -> Volume:
    return Volume(tmp_path / "snapshot")


@pytest.fixture
def app(files: Files) -> App:
    return compose(files.settings(namespace="team-a"))


@pytest.mark.row("A16", "C27")
@pytest.mark.case("F01")
async def test_what_kubelet_writes_is_in_force_after_one_look(app: App, volume: Volume) -> None:
    for generation in range(1, 51):
        volume.write(good(f"m{generation}", generation))
        await app.watch.look()
        assert in_force(app) == (generation, [f"m{generation}"])
    assert metric(app, "optipath_snapshot_generation") == 50
    assert PERIOD_SECONDS <= 0.1


async def test_what_has_not_changed_is_not_read_again(app: App, volume: Volume) -> None:
    volume.write(good())
    await app.watch.look()
    before = app.runtime.current
    await app.watch.look()
    assert app.runtime.current is before


async def test_a_plain_file_is_watched_too(tmp_path: Path) -> None:
    files = Files(tmp_path)
    app = compose(files.settings(snapshot=tmp_path / "mine.json"))
    for generation in (1, 2):
        (tmp_path / "mine.json").write_bytes(encode(small(), generation))
        await app.watch.look()
        assert in_force(app) == (generation, ["small"])


async def test_a_plain_folder_is_watched_even_beside_a_link_that_leads_nowhere(app: App, files: Files) -> None:
    files.put(small("one"), 1)
    (files.root / "snapshot" / ".#snapshot.json").symlink_to("nobody@nowhere")
    await app.watch.look()
    files.put(small("two"), 2)
    await app.watch.look()
    assert in_force(app) == (2, ["two"])


def test_where_there_is_nothing_there_is_no_signature(tmp_path: Path) -> None:
    assert signature(tmp_path / "nothing") is None


def edited(change: Callable[[dict[str, Any]], None]) -> bytes:
    """A good file, changed after its digest had been taken."""
    file = json.loads(encode(small(), 2))
    change(file)
    return json.dumps(file).encode()


def dangling() -> bytes:
    """A route to a target that is not there, in a file that is well made otherwise."""
    return encode(small().model_copy(update={"routes": (route(f"acme/{CANARY}"),)}), 2)


def unbuildable(**given: Any) -> bytes:
    return encode(snapshot(targets=[target()], providers=[provider(**given)]), 2)


BAD_FILES = {
    "truncated": (encode(small(CANARY), 2)[:-40], "malformed"),
    "empty": (b"", "malformed"),
    "binary": (b"\x00\xff\xfe" + CANARY.encode(), "malformed"),
    "a list": (f'["{CANARY}"]'.encode(), "malformed"),
    "no snapshot in it": (edited(lambda file: file.pop("snapshot")), "malformed"),
    "an unknown format": (edited(lambda file: file.update(format=2, canary=CANARY)), "unknown_format"),
    "altered": (edited(lambda file: file["snapshot"].update(canary=CANARY)), "digest"),
    "a dangling reference": (dangling(), "invalid"),
    "another namespace's": (encode(small(CANARY, namespace=CANARY), 2), "invalid"),
    "a CA bundle that is none": (unbuildable(ca_bundle=CANARY), "invalid"),
    "a URL that is none": (unbuildable(url=f"https://{CANARY}:99999/v1"), "invalid"),
    "a Host beside ours": (unbuildable(headers=(Header.model_construct(name="Host", value=CANARY),)), "invalid"),
    "far too large": (b" " * (2 * 1024 * 1024), "unreadable"),
}


@pytest.mark.case("F02")
@pytest.mark.parametrize(("bad", "reason"), BAD_FILES.values(), ids=BAD_FILES)
async def test_a_bad_file_changes_nothing_and_is_told_of_without_its_content(
    bad: bytes, reason: str, app: App, volume: Volume, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    volume.write(good())
    await app.watch.look()
    assert metric(app, "optipath_snapshot_valid") == 1

    volume.write({SNAPSHOT_FILE: bad})
    await app.watch.look()
    assert in_force(app) == (1, ["small"])
    assert metric(app, "optipath_snapshot_valid") == 0
    assert metric(app, "optipath_snapshot_refused_total", {"reason": reason}) == 1
    [warning] = [record for record in caplog.records if record.levelname == "WARNING"]
    assert warning.__dict__["reason"] == reason
    assert not [record for record in caplog.records if CANARY in str(record.__dict__)]

    await app.watch.look()  # the same file again is not told again
    assert metric(app, "optipath_snapshot_refused_total", {"reason": reason}) == 1

    volume.write(good("better", 3))
    await app.watch.look()
    assert in_force(app) == (3, ["better"])
    assert metric(app, "optipath_snapshot_valid") == 1


def delete(volume: Volume) -> None:
    volume.write({})


def directory_in_its_place(volume: Volume) -> None:
    volume.write({})
    (volume.path / SNAPSHOT_FILE).mkdir()


def link_in_a_circle(volume: Volume) -> None:
    volume.write({})
    (volume.path / SNAPSHOT_FILE).symlink_to(SNAPSHOT_FILE)


def link_to_nowhere(volume: Volume) -> None:
    volume.write({})
    (volume.path / SNAPSHOT_FILE).symlink_to("gone")


@pytest.mark.case("F02")
@pytest.mark.parametrize("harm", [delete, directory_in_its_place, link_in_a_circle, link_to_nowhere])
async def test_a_file_that_is_gone_or_unreadable_changes_nothing(
    harm: Callable[[Volume], None], app: App, volume: Volume
) -> None:
    volume.write(good())
    await app.watch.look()
    harm(volume)
    await app.watch.look()
    assert in_force(app) == (1, ["small"])
    assert metric(app, "optipath_snapshot_valid") == 0
    path = volume.path / SNAPSHOT_FILE
    if path.is_symlink():
        path.unlink()
    elif path.is_dir():
        path.rmdir()
    volume.write(good("better", 3))
    await app.watch.look()
    assert (in_force(app), metric(app, "optipath_snapshot_valid")) == ((3, ["better"]), 1)


@pytest.mark.row("C23")
async def test_a_pods_labels_decide_which_rules_are_its_own(app: App, files: Files, tmp_path: Path) -> None:
    podinfo = Volume(tmp_path / "podinfo")
    mine = route("acme/small", models=["mine"], workload={"app": "chat"})
    files.put(snapshot(mine))
    for labels, own in ((b'app="batch"\n', False), (b'app="chat"\ntier="a=b"\n', True), (b"\xff", False)):
        podinfo.write({"labels": labels})
        await app.watch.look()
        assert app.runtime.current is not None
        assert ("mine" in app.runtime.current.plan.names) is own


async def test_what_one_look_stumbles_over_does_not_end_the_watch(
    app: App, volume: Volume, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    volume.write(good())
    looks = 0

    async def sleep(_: float) -> None:
        nonlocal looks
        looks += 1
        if looks == 1:
            monkeypatch.undo()
            volume.write(good("two", 2))
        if looks == 2:
            raise StopWatching

    def fails(*_: object) -> None:
        raise RuntimeError("a pool that will not close")

    monkeypatch.setattr("optipath_router.watch.settle", fails)
    with pytest.raises(StopWatching):
        await app.watch.run(sleep)
    assert in_force(app) == (2, ["two"])
    assert "stumbled" in caplog.text


class StopWatching(BaseException):
    """What ends a watch."""


async def test_a_mistake_in_building_is_refused_like_a_bad_file(
    app: App, volume: Volume, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fails(*_: object) -> None:
        raise ZeroDivisionError(CANARY)

    volume.write(good())
    await app.watch.look()
    monkeypatch.setattr("optipath_router.watch.build", fails)
    volume.write(good("two", 2))
    await app.watch.look()
    assert in_force(app) == (1, ["small"])
    assert "ZeroDivisionError" in caplog.text
    assert CANARY not in caplog.text


def refusing(name: str, call: Callable[..., Any], times: int) -> Callable[..., Any]:
    """A call to the file system that fails a few times, wherever the path's last part is this name."""
    left = iter(range(times))

    def refuse(path: Path, *given: Any, **named: Any) -> Any:
        if path.name == name and next(left, None) is not None:
            raise OSError(errno.EMFILE, "Too many open files")
        return call(path, *given, **named)

    return refuse


@pytest.mark.case("F02")
async def test_a_snapshot_that_cannot_be_read_now_is_told_of_once_and_read_later(
    app: App, volume: Volume, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    volume.write(good())
    await app.watch.look()
    volume.write(good("two", 2))
    monkeypatch.setattr(Path, "open", refusing(SNAPSHOT_FILE, Path.open, times=3))
    for _ in range(3):
        await app.watch.look()
        assert in_force(app) == (1, ["small"])
    assert metric(app, "optipath_snapshot_valid") == 0
    assert metric(app, "optipath_snapshot_refused_total", {"reason": "unreadable"}) == 1
    assert [record.levelname for record in caplog.records].count("WARNING") == 1
    await app.watch.look()
    assert (in_force(app), metric(app, "optipath_snapshot_valid")) == ((2, ["two"]), 1)


async def test_a_snapshot_that_turns_out_bad_when_it_can_be_read_is_told_of_again(
    app: App, volume: Volume, monkeypatch: pytest.MonkeyPatch
) -> None:
    volume.write({SNAPSHOT_FILE: b""})
    monkeypatch.setattr(Path, "open", refusing(SNAPSHOT_FILE, Path.open, times=1))
    for _ in range(3):
        await app.watch.look()
    for reason in ("unreadable", "malformed"):
        assert metric(app, "optipath_snapshot_refused_total", {"reason": reason}) == 1


async def test_a_folder_that_cannot_be_looked_at_now_is_not_taken_for_empty(
    app: App, files: Files, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    files.put(small("one"), 1)
    files.key("acme", "sk-1")
    await app.watch.look()
    before = app.runtime.current
    for folder in ("snapshot", "credentials"):
        with monkeypatch.context() as patch:
            patch.setattr(os, "scandir", refusing(folder, os.scandir, times=2))
            for _ in range(3):
                await app.watch.look()
    assert app.runtime.current is before
    assert sorted(app.shared.keys.current) == ["acme"]
    assert metric(app, "optipath_snapshot_valid") == 1
    assert [record.levelname for record in caplog.records].count("WARNING") == 2
    files.put(small("two"), 2)
    await app.watch.look()
    assert in_force(app) == (2, ["two"])


async def test_labels_that_cannot_be_read_now_are_not_taken_for_none(
    app: App, files: Files, monkeypatch: pytest.MonkeyPatch
) -> None:
    files.put(snapshot(route("acme/small", models=["auto"], workload={"app": "chat"})))
    files.labels(app="chat")
    monkeypatch.setattr(Path, "read_text", refusing("labels", Path.read_text, times=1))
    await app.watch.look()
    assert in_force(app) is None
    await app.watch.look()
    assert app.runtime.current is not None
    assert "auto" in app.runtime.current.plan.names


async def test_a_snapshot_is_read_before_kubelet_has_given_it_its_place_in_the_folder(app: App, volume: Volume) -> None:
    volume.write(good())
    (volume.path / SNAPSHOT_FILE).unlink()
    await app.watch.look()
    assert in_force(app) == (1, ["small"])


async def test_keys_that_cannot_be_read_now_stay_in_force_and_are_read_later(
    app: App, files: Files, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    files.key("acme", "sk-1")
    await app.watch.look()
    assert sorted(app.shared.keys.current) == ["acme"]

    def too_many(_: Path) -> None:
        raise OSError(errno.EMFILE, "Too many open files")

    files.key("other", "sk-2")
    with monkeypatch.context() as patch:
        patch.setattr(watch, "read_keys", too_many)
        for _ in range(3):
            await app.watch.look()
    told = [record for record in caplog.records if "keys cannot be read" in record.getMessage()]
    assert len(told) == 1
    assert sorted(app.shared.keys.current) == ["acme"]
    await app.watch.look()
    assert sorted(app.shared.keys.current) == ["acme", "other"]


async def test_a_provider_of_a_later_release_is_not_called_and_breaks_nothing(app: App, volume: Volume) -> None:
    later = provider("later", type="Tomorrow", url="https://later.example:99999/v1")
    of = snapshot(providers=[provider(), later], targets=[target(), target("later/m", provider="later")])
    volume.write({SNAPSHOT_FILE: encode(of, 1)})
    await app.watch.look()
    assert in_force(app) == (1, ["small", "m"])
