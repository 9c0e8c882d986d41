"""A control plane alone: etcd and the API server, on free ports, in a folder that goes when they do.

etcd does not wait for the disk: what is measured is the operator and the API
server, on processors, and a slow disk would hide them.
"""

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from ssl import CERT_NONE, SSLContext, create_default_context

import yaml

_READY_SECONDS = 90
_ENDING_SECONDS = 20
SEEDER, OPERATOR = "seeder", "operator"

_AUDIT_POLICY = """\
apiVersion: audit.k8s.io/v1
kind: Policy
omitStages: [RequestReceived]
rules:
- {level: None, verbs: [get, list, watch]}
- {level: None, users: [seeder]}
- {level: Metadata}
"""


@dataclass(frozen=True, slots=True)
class Plane:
    """A running control plane."""

    url: str
    folder: Path
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)

    @property
    def audit_log(self) -> Path:
        """One line of JSON for each write of the operator's."""
        return self.folder / "audit.log"

    def cpu_seconds(self) -> float:
        """Processor time that it has used."""
        return sum(cpu_seconds(process.pid) for process in self.processes)

    def kubeconfig(self, user: str) -> Path:
        """A kubeconfig for one of the two users, whose token is their name."""
        path = self.folder / f"kubeconfig-{user}"
        config = {
            "apiVersion": "v1",
            "kind": "Config",
            "clusters": [{"name": "c", "cluster": {"server": self.url, "insecure-skip-tls-verify": True}}],
            "users": [{"name": "u", "user": {"token": user}}],
            "contexts": [{"name": "c", "context": {"cluster": "c", "user": "u"}}],
            "current-context": "c",
        }
        path.write_text(yaml.safe_dump(config))
        return path


def cpu_seconds(pid: int) -> float:
    """Processor time that a process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def trusting() -> SSLContext:
    """TLS with the API server's certificate of its own making."""
    context = create_default_context()
    context.check_hostname = False
    context.verify_mode = CERT_NONE
    return context


@contextmanager
def plane(programs: Path) -> Iterator[Plane]:
    """etcd and the API server, from a folder of programs, for as long as the block lasts.

    Their folder, with all logs, stays where OPTIPATH_KEEP is set.
    """
    client_port, peer_port, secure_port = _free_ports(3)
    folder = Path(tempfile.mkdtemp(prefix="optipath-control-plane-"))
    found = Plane(f"https://127.0.0.1:{secure_port}", folder)
    (folder / "audit.yaml").write_text(_AUDIT_POLICY)
    (folder / "tokens.csv").write_text("".join(f"{user},{user},{user},system:masters\n" for user in (SEEDER, OPERATOR)))
    key = folder / "sa.key"
    subprocess.run(["openssl", "genrsa", "-out", key, "2048"], check=True, capture_output=True)
    subprocess.run(["openssl", "rsa", "-in", key, "-pubout", "-out", f"{key}.pub"], check=True, capture_output=True)
    etcd = f"http://127.0.0.1:{client_port}"
    started = found.processes
    try:
        started.append(
            _start(folder / "etcd.log", programs / "etcd", *_etcd(folder, etcd, f"http://127.0.0.1:{peer_port}"))
        )
        started.append(_start(folder / "api.log", programs / "kube-apiserver", *_api_server(found, etcd, secure_port)))
        _wait(found)
        yield found
    finally:
        for process in reversed(started):
            process.send_signal(signal.SIGTERM)
        for process in started:
            try:
                process.wait(_ENDING_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        if "OPTIPATH_KEEP" not in os.environ:
            shutil.rmtree(folder)


def _etcd(folder: Path, clients: str, peers: str) -> list[str]:
    return [
        f"--data-dir={folder / 'etcd'}",
        "--unsafe-no-fsync",
        f"--listen-client-urls={clients}",
        f"--advertise-client-urls={clients}",
        f"--listen-peer-urls={peers}",
        f"--initial-advertise-peer-urls={peers}",
        f"--initial-cluster=default={peers}",
    ]


def _api_server(found: Plane, etcd: str, port: int) -> list[str]:
    return [
        f"--etcd-servers={etcd}",
        "--bind-address=127.0.0.1",
        f"--secure-port={port}",
        f"--cert-dir={found.folder / 'certs'}",
        "--service-account-issuer=https://kubernetes",
        f"--service-account-key-file={found.folder / 'sa.key.pub'}",
        f"--service-account-signing-key-file={found.folder / 'sa.key'}",
        "--service-cluster-ip-range=10.96.0.0/16",
        f"--token-auth-file={found.folder / 'tokens.csv'}",
        "--authorization-mode=RBAC",
        "--disable-admission-plugins=ServiceAccount",
        "--endpoint-reconciler-type=none",
        f"--audit-policy-file={found.folder / 'audit.yaml'}",
        f"--audit-log-path={found.audit_log}",
    ]


def _start(log: Path, *command: str | Path) -> subprocess.Popen[bytes]:
    with log.open("wb") as file:
        return subprocess.Popen(command, stdout=file, stderr=file)


def _wait(found: Plane) -> None:
    until = time.monotonic() + _READY_SECONDS
    request = urllib.request.Request(f"{found.url}/readyz", headers={"Authorization": f"Bearer {SEEDER}"})
    while time.monotonic() < until:
        if any(process.poll() is not None for process in found.processes):
            break
        try:
            with urllib.request.urlopen(request, timeout=5, context=trusting()) as answer:
                answer.read()
                return
        except OSError:
            time.sleep(0.5)
    tail = (found.folder / "api.log").read_text(errors="replace")[-2000:]
    raise RuntimeError(f"the API server is not ready after {_READY_SECONDS} seconds:\n{tail}")


def _free_ports(count: int) -> list[int]:
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [each.getsockname()[1] for each in sockets]
    for each in sockets:
        each.close()
    return ports
