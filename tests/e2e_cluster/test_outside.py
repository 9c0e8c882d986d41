"""What can be seen of the cluster's command without making a cluster."""

import fcntl
import os
import shutil
import sys
import tempfile
from pathlib import Path

import pytest
from e2e.cluster import __main__ as command
from e2e.cluster import cgroups, ending, patience, state
from e2e.cluster.lookup import has_answer, question


def test_a_given_cluster_is_used_and_the_exit_code_is_the_commands(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("KUBECONFIG", "/given")
    code = command.main(["run", "--", sys.executable, "-c", "import os; print(os.environ['KUBECONFIG']); exit(7)"])
    assert code == 7
    assert capfd.readouterr().out == "/given\n"


def test_without_root_and_without_a_given_cluster_it_says_so_and_does_not_pass(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.delenv("KUBECONFIG", raising=False)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert command.main(["run", "--", "true"]) == 2
    said = capsys.readouterr().err
    assert "needs root" in said
    assert "KUBECONFIG" in said


def test_without_go_it_says_so_and_does_not_pass(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.delenv("KUBECONFIG", raising=False)
    monkeypatch.setenv("OPTIPATH_CACHE", str(tmp_path))
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setattr(command, "install_tools", lambda: None)
    monkeypatch.setattr(shutil, "which", lambda _: None)
    assert command.main(["up"]) == 2
    assert "needs Go" in capsys.readouterr().err


def test_only_a_clusters_folder_can_be_taken_down(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "precious").touch()
    assert command.main(["down", "--state", str(tmp_path)]) == 1
    assert (tmp_path / "precious").exists()
    assert "is not the state folder" in capsys.readouterr().err


def test_what_was_kept_is_no_cluster_and_what_lost_its_keeper_is_one(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    for name in ("lost", "kept"):
        (tmp_path / f"{state.PREFIX}0-{name}").mkdir()
    (tmp_path / f"{state.PREFIX}0-kept" / "kept").touch()
    assert [found.name for found in state.known_states()] == [f"{state.PREFIX}0-lost"]


def test_a_cluster_whose_keeper_cannot_be_seen_is_left_alone(tmp_path: Path) -> None:
    held = state.State(tmp_path / f"{state.PREFIX}0-held")
    held.logs.mkdir(parents=True)
    keeper = os.open(held.folder, os.O_RDONLY)
    fcntl.flock(keeper, fcntl.LOCK_EX)
    with pytest.raises(state.NotACluster, match="end it from outside"):
        ending.take_down(held)
    os.close(keeper)
    assert held.abandoned
    assert held.logs.exists()


def test_a_kept_folder_loses_only_what_nobody_reads(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(ending, "remove_cgroups", lambda _: None)
    kept = state.State(tmp_path / f"{state.PREFIX}0-kept")
    for folder in (kept.folder, kept.logs, kept.folder / "etcd"):
        folder.mkdir()
    kept.kept.touch()
    ending.clear_up(kept)
    assert kept.logs.exists()
    assert not (kept.folder / "etcd").exists()
    kept.kept.unlink()
    ending.clear_up(kept)
    assert not kept.folder.exists()


def test_cgroups_have_one_hierarchy_or_one_for_each_controller(tmp_path: Path) -> None:
    for name in ("cpu,cpuacct", "memory"):
        (tmp_path / name).mkdir()
    (tmp_path / "cpu").symlink_to("cpu,cpuacct")
    assert [folder.name for folder in cgroups.hierarchies(tmp_path)] == ["cpu,cpuacct", "memory"]
    (tmp_path / "cgroup.controllers").touch()
    assert cgroups.hierarchies(tmp_path) == [tmp_path]


@pytest.mark.parametrize(("seconds", "said"), [(0.2, "0 s"), (40, "40 s"), (90, "1 min 30 s"), (540, "9 min")])
def test_a_span_is_said_as_one_says_it(seconds: float, said: str) -> None:
    assert patience.span(seconds) == said


def test_a_failing_command_shows_the_end_of_its_log(tmp_path: Path) -> None:
    failing = [sys.executable, "-c", "print('the reason'); exit(3)"]
    with pytest.raises(patience.CommandFailed, match="ended with 3:\nthe reason"):
        patience.patiently(failing, what="trying", usually_seconds=1, log=tmp_path / "log")


def test_a_question_to_dns_is_as_rfc_1035_writes_it() -> None:
    assert question("a.bc") == b"\0\1\1\0\0\1\0\0\0\0\0\0\1a\2bc\0\0\1\0\1"


@pytest.mark.parametrize(
    ("flags", "answers", "answered"), [(b"\x85\x80", 1, True), (b"\x85\x83", 0, False), (b"\x81\x80", 0, False)]
)
def test_an_answer_counts_only_without_error_and_with_content(flags: bytes, answers: int, answered: bool) -> None:  # noqa: FBT001 - a parameter of pytest's
    assert has_answer(b"\0\1" + flags + b"\0\1" + bytes([0, answers]) + bytes(4)) is answered
