"""The real operator, as a process of its own."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from e2e.bench_control_plane.plane import OPERATOR, Plane, cpu_seconds

_PROGRAM = Path(sys.executable).with_name("optipath-operator")


@dataclass(frozen=True, slots=True)
class Operator:
    """A running operator."""

    pid: int
    port: int
    started: float
    """In seconds of the clock."""

    def is_ready(self) -> bool:
        """Whether it says so."""
        try:
            return self._get("/readyz") == "ok\n"
        except (urllib.error.URLError, ConnectionError):
            return False

    def counted(self, metric: str) -> float:
        """One of its metrics, all labels added up."""
        lines = self._get("/metrics").splitlines()
        return sum(float(line.split()[-1]) for line in lines if re.match(rf"{metric}[ {{]", line))

    def peak_mib(self) -> float:
        """The most memory that it has held."""
        status = Path(f"/proc/{self.pid}/status").read_text()
        return int(next(line.split()[1] for line in status.splitlines() if line.startswith("VmHWM:"))) / 1024

    def cpu_seconds(self) -> float:
        """Processor time that it has used."""
        return cpu_seconds(self.pid)

    def _get(self, path: str) -> str:
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=30) as answer:
            text: str = answer.read().decode()
            return text


@contextmanager
def operator(plane: Plane, *, pokes_per_second: float) -> Iterator[Operator]:
    """The operator for as long as the block lasts; it writes its log into the control plane's folder."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    settings = {
        "KUBECONFIG": str(plane.kubeconfig(OPERATOR)),
        "OPTIPATH_PORT": str(port),
        "OPTIPATH_POKES_PER_SECOND": str(pokes_per_second),
        "OPTIPATH_LOG_LEVEL": "WARNING",
    }
    with (plane.folder / "operator.log").open("ab") as log:
        started = time.time()
        process = subprocess.Popen([_PROGRAM], env=os.environ | settings, stderr=log)
        try:
            yield Operator(process.pid, port, started)
        finally:
            process.send_signal(signal.SIGTERM)
            code = process.wait(30)
    if code:
        raise RuntimeError(f"the operator ended with {code}: {(plane.folder / 'operator.log').read_text()[-3000:]}")
