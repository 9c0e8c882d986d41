"""Inside the namespaces: `python -m e2e.cluster.house STATE PROGRAMS`, the first process of a cluster.

It furnishes the namespaces it wakes up in and then sees to it that the parts run. Its end is the end of everything in
them, so it never ends by itself.
"""

import os
import socket
import ssl
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Sequence
from pathlib import Path

from e2e.cluster.cgroups import make_cgroups
from e2e.cluster.network import NODE, NODE_IP, NODE_NETWORK
from e2e.cluster.parts import Address, Part, parts
from e2e.cluster.state import State

TICK_SECONDS = 0.1
REST_SECONDS = 1.0

KERNEL_SETTINGS = {
    "vm/overcommit_memory": "1",
    "vm/panic_on_oom": "0",
    "kernel/panic": "10",
    "kernel/panic_on_oops": "1",
    "kernel/keys/root_maxkeys": "1000000",
    "kernel/keys/root_maxbytes": "25000000",
}
"""What the kubelet would set, and no namespace keeps to itself."""


def furnish(state: State) -> None:
    """Network, mounts and cgroups, so that nothing a part does is seen outside."""
    socket.sethostname(NODE)
    # The kubelet and runc hand mounts on to one another.
    run("mount", "--make-rshared", "/")
    run("mount", "-t", "tmpfs", "run", "/run")
    for folder in ("/var/lib", "/var/log"):
        write_elsewhere(folder)
    for setting, value in KERNEL_SETTINGS.items():
        stand_in = state.folder / "kernel" / setting.replace("/", ".")
        stand_in.parent.mkdir(exist_ok=True)
        stand_in.write_text(f"{value}\n")
        run("mount", "--bind", str(stand_in), f"/proc/sys/{setting}")
    run("ip", "link", "set", "lo", "up")
    run("ip", "link", "add", "node0", "type", "bridge")
    run("ip", "address", "add", NODE_NETWORK, "dev", "node0")
    run("ip", "link", "set", "node0", "up")
    run("ip", "route", "add", "default", "via", NODE_IP, "dev", "node0")
    Path("/proc/sys/net/ipv4/ip_forward").write_text("1")
    make_cgroups(state.name)


def write_elsewhere(folder: str) -> None:
    """Let what is written below a folder go to memory: some parts have paths that no flag changes."""
    written, work = (Path(f"/run/elsewhere{folder}", name) for name in ("written", "work"))
    for place in (written, work):
        place.mkdir(parents=True)
    run("mount", "-t", "overlay", "-o", f"lowerdir={folder},upperdir={written},workdir={work}", "overlay", folder)


def run(*command: str) -> None:
    """Run a command that must succeed."""
    subprocess.run(command, check=True)


class Supervisor:
    """Starts each part when what it waits for answers, and again after it ended; ends those that are held."""

    def __init__(
        self, parts: Sequence[Part], start: Callable[[Part], int], answers: Callable[[Address], bool], holds: Path
    ) -> None:
        self.parts = parts
        self.start = start
        self.answers = answers
        self.holds = holds
        self.running: dict[str, int] = {}
        self.resting: dict[str, float] = {}

    def ended(self, process: int, now: float) -> None:
        """Note the end of a process, which need not be a part's."""
        for name in [name for name, number in self.running.items() if number == process]:
            del self.running[name]
            self.resting[name] = now + REST_SECONDS
            print(f"{name} ended", flush=True)

    def look(self, now: float) -> Sequence[int]:
        """Start what can start; the processes that are to be killed as their parts are held."""
        held = {file.name for file in self.holds.iterdir()}
        for part in self.parts:
            waits = part.name in self.running or part.name in held or now < self.resting.get(part.name, 0.0)
            if not waits and all(map(self.answers, part.after)):
                self.running[part.name] = self.start(part)
                print(f"{part.name} started", flush=True)
        return [number for name, number in self.running.items() if name in held]


def start(part: Part, logs: Path, programs: Path) -> int:
    """Start a part with a log of its own; its process."""
    log = str(logs / part.name)
    flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND
    files = [(os.POSIX_SPAWN_OPEN, 1, log, flags, 0o644), (os.POSIX_SPAWN_DUP2, 1, 2)]
    return os.posix_spawn(programs / part.command[0], part.command, os.environ, file_actions=files)


def answers(address: Address) -> bool:
    """Whether somebody is there and ready."""
    try:
        if isinstance(address, Path):
            with socket.socket(socket.AF_UNIX) as unix:
                unix.connect(str(address))
        else:
            trust = ssl.create_default_context(cafile="ca.crt")
            urllib.request.urlopen(address, timeout=1, context=trust).close()
    except OSError:
        return False
    return True


def reap() -> int:
    """A child that has ended, 0 if none has. Orphans of other processes come to the first process too."""
    try:
        return os.waitpid(-1, os.WNOHANG)[0]
    except ChildProcessError:
        return 0


def main() -> None:
    """Furnish the house and keep it running."""
    state, programs, flavour = State(Path(sys.argv[1])), Path(sys.argv[2]), sys.argv[3]
    furnish(state)
    os.chdir(state.folder)
    os.environ["PATH"] = f"{programs}:{os.environ['PATH']}"
    all_parts = parts(state, control_plane_only=flavour == "control-plane")
    supervisor = Supervisor(all_parts, lambda part: start(part, state.logs, programs), answers, state.holds)
    while True:
        while child := reap():
            supervisor.ended(child, time.monotonic())
        for process in supervisor.look(time.monotonic()):
            os.kill(process, 9)
        time.sleep(TICK_SECONDS)


if __name__ == "__main__":
    main()
