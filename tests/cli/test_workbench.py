"""The workbench where something fails."""

from itertools import count
from pathlib import Path
from threading import Event

import pytest

from optipath_cli.keys import KeyFolder
from optipath_cli.workbench import Workbench, watched
from support.workbench import policy, provider, write

ACME = provider("https://acme.example/v1", models={"small": "small", "large": "large"})


@pytest.fixture
def chat(tmp_path: Path) -> Path:
    return write(tmp_path / "chat.yaml", ACME, policy("acme/small"))


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    """Where the router's snapshot is kept."""
    folder = tmp_path / "kept"
    folder.mkdir()
    return folder


@pytest.fixture
def bench(chat: Path, kept: Path, tmp_path: Path) -> Workbench:
    return Workbench([str(chat)], "default", (), kept / "snapshot.json", KeyFolder(tmp_path / "keys", None, {}))


def test_an_edit_that_could_not_be_written_is_taken_up_once_it_can(bench: Workbench, chat: Path, kept: Path) -> None:
    write(chat, ACME, policy("acme/small", "acme/large"))
    gone = kept.rename(kept.with_name("gone"))
    assert bench.look() is None
    with pytest.raises(FileNotFoundError):
        bench.look()
    gone.rename(kept)
    edition = bench.look()
    assert edition is not None
    assert (edition.generation, edition.changes) == (2, ("RoutingPolicy chat edited",))
    assert bench.look() is None


def test_a_failure_that_stays_is_told_once(
    bench: Workbench, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    looks, enough = count(1), Event()

    def look(_: Workbench) -> None:
        if next(looks) == 3:
            enough.set()
        raise OSError("no space left")

    monkeypatch.setattr(Workbench, "look", look)
    monkeypatch.setattr("optipath_cli.workbench._PAUSE_SECONDS", 0.0)
    with watched(bench, lambda _: None):
        assert enough.wait(60)
    assert caplog.messages == ["the files could not be taken up; what is in force stays"]
