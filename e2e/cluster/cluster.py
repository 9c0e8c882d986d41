"""A cluster from outside: brought up, entered, taken down."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from e2e.cluster import images
from e2e.cluster.network import DOMAIN, NODE
from e2e.cluster.patience import EVERY_SECONDS, say, span, tail
from e2e.cluster.state import KEEPER, State

Flavour = Literal["whole", "control-plane"]
ROOT = Path(__file__).parents[2]
READY_SECONDS = 180


class NotReady(Exception):
    """The cluster did not come up, or does not do what it must."""


@dataclass(frozen=True, slots=True)
class Cluster:
    """A cluster that has its namespaces."""

    state: State
    programs: Path
    house: int
    """The first process of its namespaces."""

    def environment(self) -> Mapping[str, str]:
        """What a command inside finds in its environment, over what it finds there anyway."""
        folder = self.state.folder
        return {
            "PATH": f"{self.programs}:{os.environ['PATH']}",
            "KUBECONFIG": str(self.state.kubeconfig),
            "KUBECACHEDIR": f"{folder}/cache/kube",
            "HELM_CACHE_HOME": f"{folder}/cache/helm",
            "HELM_CONFIG_HOME": f"{folder}/cache/helm-config",
            "HELM_DATA_HOME": f"{folder}/cache/helm-data",
            "CONTAINERD_ADDRESS": str(self.state.containerd),
            "CONTAINERD_NAMESPACE": "k8s.io",
            "OPTIPATH_AUDIT_LOG": str(self.state.audit_log),
            "OPTIPATH_CLUSTER": str(folder),
        }

    def inside(self, command: Sequence[str], folder: Path) -> list[str]:
        """The command that runs a command inside, in this folder."""
        # Ctrl-C is for the command alone; an nsenter that it ended would not tell how the command did.
        deaf, hearing = ["env", "--ignore-signal=INT"], ["env", "--default-signal=INT"]
        enter = [*deaf, "nsenter", "--target", str(self.house), "--mount", "--net", "--pid", "--ipc", "--uts", "--"]
        variables = [f"{name}={value}" for name, value in self.environment().items()]
        return [*enter, *hearing, f"--chdir={folder}", *variables, *command]

    def try_run(self, *command: str) -> subprocess.CompletedProcess[str]:
        """A command of ours that was run inside."""
        return subprocess.run(self.inside(command, ROOT), capture_output=True, text=True, check=False)

    def image(self, dockerfile: Path, context: Path, tag: str) -> None:
        """Build an image and load it; pods then find it by its tag.

        Raises:
            CommandFailed: if it does not build.
            NotReady: if containerd does not take it.
        """
        self.load(images.built(dockerfile, context, tag, self.state.images))

    def load(self, archive: Path) -> None:
        """Hand an image to containerd, which keeps it from then on."""
        done = self.try_run("ctr", "images", "import", str(archive))
        archive.unlink()
        if done.returncode != 0:
            raise NotReady(f"containerd does not take {archive}: {done.stdout}{done.stderr}")


@contextmanager
def cluster(programs: Path, *, flavour: Flavour = "whole", keep: bool = False) -> Iterator[Cluster]:
    """A cluster for the length of a block; it goes as well if this process is killed.

    Raises:
        NotReady: if it is not up after three minutes, with the ends of its logs.
    """
    started = time.monotonic()
    keeper = subprocess.Popen(
        [sys.executable, "-m", KEEPER, str(programs), flavour, "kept" if keep else "removed"],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    folder = ""
    try:
        folder, house = (_line(keeper) for _ in range(2))
        say(f"starting in {folder}, its first process is {house}")
        made = Cluster(State(Path(folder)), programs, int(house))
        bring_up(made, flavour, alive=lambda: keeper.poll() is None)
        say(f"ready after {time.monotonic() - started:.1f} s")
        yield made
    finally:
        keeper.communicate()
        if keeper.returncode != 0:
            say(f"its keeper ended with {keeper.returncode}; `down` clears up what is left of {folder}")
        else:
            say(f"ended; its logs stay in {folder}/logs" if keep else "ended")


def _line(keeper: subprocess.Popen[str]) -> str:
    line = keeper.stdout.readline().strip() if keeper.stdout else ""
    if not line:
        raise NotReady("the keeper ended before the cluster began")
    return line


def bring_up(made: Cluster, flavour: Flavour, *, alive: Callable[[], bool]) -> None:
    """Wait until a cluster can be used."""
    started = time.monotonic()

    def until(what: str, *command: str) -> None:
        told = started
        while made.try_run(*command).returncode != 0:
            now = time.monotonic()
            if not alive():
                raise NotReady(f"the cluster ended while waiting for {what}")
            if now - started > READY_SECONDS:
                raise NotReady(f"{what}: not after {span(READY_SECONDS)}\n{ends_of_logs(made.state)}")
            if now - told > EVERY_SECONDS:
                told = now
                say(f"waiting for {what}, {span(now - started)} so far, usually 15 s for all")
            time.sleep(0.2)

    if flavour == "whole":
        until("containerd", "ctr", "version")
        made.load(images.pause(made.programs, made.state.images))
    until("the API server", "kubectl", "get", "--raw", "/readyz")
    if flavour == "whole":
        until("the node", "kubectl", "wait", "--for=condition=Ready", f"node/{NODE}", "--timeout=5s")
        until("DNS", sys.executable, "-m", "e2e.cluster.lookup", f"kubernetes.default.svc.{DOMAIN}")
        until("the default ServiceAccount", "kubectl", "get", "serviceaccount", "default")


def ends_of_logs(state: State) -> str:
    """The last lines that each part wrote."""
    logs = sorted(log for log in state.logs.iterdir() if log != state.audit_log)
    return "\n".join(f"--- {log.name}\n{tail(log)}" for log in logs)


def run_inside(made: Cluster, command: Sequence[str]) -> int:
    """Run somebody's command inside, in the folder that we are in; its exit code."""
    process = subprocess.Popen(made.inside(command, Path.cwd()))
    while True:
        try:
            code = process.wait()
            return code if code >= 0 else 128 - code
        except KeyboardInterrupt:
            # Ctrl-C reached the command as well, and it is the command's to answer.
            continue
