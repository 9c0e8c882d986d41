"""A Kubernetes for the tests: `python -m e2e.cluster build | up | down | shell | run -- COMMAND`."""

import argparse
import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import FrameType

from e2e.cluster import images, programs
from e2e.cluster.cluster import Cluster, Flavour, NotReady, cluster, run_inside
from e2e.cluster.debian import CannotMakeCluster, install_tools
from e2e.cluster.ending import take_down, wait_for_end
from e2e.cluster.patience import CommandFailed, say
from e2e.cluster.state import NotACluster, known_states, state_of

CANNOT = 2
"""The exit code of: there is no cluster, and none can be made here."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what the command line says; its exit code."""
    asked = parser().parse_args(arguments)
    signal.signal(signal.SIGTERM, _end)
    signal.signal(signal.SIGHUP, _end)
    try:
        return DO[asked.do](asked)
    except CannotMakeCluster as error:
        say(f"cannot make one here: {error}. Set KUBECONFIG to a cluster that you have (kind, minikube, a real one).")
        return CANNOT
    except (NotReady, NotACluster, CommandFailed) as error:
        say(str(error))
        return 1
    except KeyboardInterrupt:
        return 128 + signal.SIGINT


def parser() -> argparse.ArgumentParser:
    """The command line."""
    whole = argparse.ArgumentParser(prog="python -m e2e.cluster", description=__doc__)
    commands = whole.add_subparsers(dest="do", required=True)
    commands.add_parser("build", help="compile what is missing, and say where it is")
    started = [
        commands.add_parser("up", help="bring a cluster up and hold it until Ctrl-C or `down`"),
        commands.add_parser("shell", help="a shell inside a cluster of its own"),
        commands.add_parser("run", help="run a command inside a cluster of its own, and end with its exit code"),
    ]
    for command in started:
        command.add_argument("--keep", action="store_true", help="leave the state folder with its logs behind")
        command.add_argument("--control-plane", action="store_true", help="etcd and the API server, nothing else")
        command.add_argument(
            "--image",
            nargs=3,
            action="append",
            default=[],
            metavar=("DOCKERFILE", "CONTEXT", "TAG"),
            help="build this and load it; may be given again",
        )
    for command in started[1:]:
        command.add_argument("--state", type=Path, help="inside the cluster of this state folder instead")
    started[-1].add_argument("command", nargs="+", metavar="-- COMMAND")
    ended = commands.add_parser("down", help="end a cluster that `up` holds")
    ended.add_argument("--state", type=Path, help="its state folder, if more than one is up")
    return whole


def build(_: argparse.Namespace) -> int:
    """Make what is missing, and say where the programs are."""
    print(everything())
    return 0


def everything() -> Path:
    """All that a cluster needs, whether cached or made now; the folder of programs."""
    install_tools()
    made = programs.build()
    images.base_archive()
    return made


@contextlib.contextmanager
def a_cluster(asked: argparse.Namespace, folder: Path | None = None) -> Iterator[Cluster]:
    """The cluster of this state folder, or one for the length of a block; with the images that were asked for."""
    for state in known_states():
        if state.abandoned:
            say(f"clearing up after {state.name}, whose keeper was killed")
            take_down(state)
    made = everything()
    with contextlib.ExitStack() as stack:
        if folder:
            state = state_of(folder)
            found = Cluster(state, made, int(state.house.read_text()))
        else:
            flavour: Flavour = "control-plane" if asked.control_plane else "whole"
            found = stack.enter_context(cluster(made, flavour=flavour, keep=asked.keep))
        for dockerfile, context, tag in asked.image:
            found.image(Path(dockerfile), Path(context), tag)
        yield found


def up(asked: argparse.Namespace) -> int:
    """Hold a cluster until it ends or we are told to."""
    with a_cluster(asked) as found:
        state = found.state
        print(state.folder, flush=True)
        say(f"kubeconfig {state.kubeconfig}, logs {state.logs}, audit log {state.audit_log}")
        say(f"enter it by `python -m e2e.cluster shell --state {state.folder}`; end it by Ctrl-C or `down`")
        wait_for_end(state)
    return 0


def shell(asked: argparse.Namespace) -> int:
    """The shell of who asks, in place of a command."""
    asked.command = [os.environ.get("SHELL", "/bin/sh")]
    return run(asked)


def run(asked: argparse.Namespace) -> int:
    """A command inside a cluster, or against the one that KUBECONFIG names."""
    given = os.environ.get("KUBECONFIG")
    if given and not asked.state:
        say(f"using the cluster of KUBECONFIG={given}; none is started")
        for *_, tag in asked.image:
            say(f"image {tag} must be in it already")
        return subprocess.run(asked.command, check=False, env=given_environment()).returncode
    with a_cluster(asked, asked.state) as found:
        return run_inside(found, asked.command)


def given_environment() -> dict[str, str]:
    """Our kubectl and helm for somebody else's cluster, if they have been built."""
    ours = programs.folder() / "bin"
    return {**os.environ, "PATH": f"{ours}:{os.environ['PATH']}"} if ours.exists() else dict(os.environ)


def down(asked: argparse.Namespace) -> int:
    """End the cluster of a state folder, or the only one."""
    found = [state_of(asked.state)] if asked.state else known_states()
    if len(found) > 1:
        say(f"which? --state {' or '.join(str(state.folder) for state in found)}")
        return CANNOT
    for state in found:
        take_down(state)
        say(f"{state.name} ended")
    if not found:
        say("none is up")
    return 0


def _end(number: int, _frame: FrameType | None) -> None:
    sys.exit(128 + number)


DO = {"build": build, "up": up, "down": down, "shell": shell, "run": run}


if __name__ == "__main__":
    sys.exit(main())
