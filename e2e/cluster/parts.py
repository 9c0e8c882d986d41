"""The parts of a cluster as commands, and what each waits for before it starts."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from e2e.cluster.network import API_SERVER_PORT, API_SERVER_URL, ETCD_URL, NODE, NODE_IP, PODS, SERVICES
from e2e.cluster.state import State

Address = str | Path
"""A URL that answers well when its server is ready, or a Unix socket."""
API_SERVER = f"{API_SERVER_URL}/readyz"
ETCD = f"{ETCD_URL}/health"


@dataclass(frozen=True, slots=True)
class Part:
    """One program of the cluster. Its paths are relative to the state folder."""

    name: str
    command: tuple[str, ...]
    after: tuple[Address, ...] = ()
    """What must answer before it starts."""


def parts(state: State, *, control_plane_only: bool) -> list[Part]:
    """The programs of a whole cluster, or etcd and the API server alone."""
    if control_plane_only:
        # Nobody is there to make ServiceAccounts, nor a Service to write endpoints for.
        alone = {"disable-admission-plugins": "ServiceAccount", "endpoint-reconciler-type": "none"}
        return [etcd(), api_server(alone)]
    return [etcd(), api_server({}), controller_manager(), scheduler(), proxy(), dns(), containerd(), kubelet(state)]


def options(values: Mapping[str, str | int | bool]) -> tuple[str, ...]:
    """Values as `--name=value`."""
    return tuple(
        f"--{name}={str(value).lower() if isinstance(value, bool) else value}" for name, value in values.items()
    )


def etcd() -> Part:
    """The store. It need not survive a power cut, so it does not wait for the disk."""
    peer = "http://127.0.0.1:2380"
    urls = {"listen-client-urls": ETCD_URL, "advertise-client-urls": ETCD_URL, "listen-peer-urls": peer}
    return Part("etcd", ("etcd", *options({"data-dir": "etcd", **urls, "unsafe-no-fsync": True})))


def api_server(more: Mapping[str, str]) -> Part:
    """The API server. It reaches the kubelet by address, as the node's name is in nobody's DNS."""
    values: dict[str, str | int | bool] = {
        "etcd-servers": ETCD_URL,
        "bind-address": "0.0.0.0",
        "secure-port": API_SERVER_PORT,
        "advertise-address": NODE_IP,
        "tls-cert-file": "apiserver.crt",
        "tls-private-key-file": "apiserver.key",
        "client-ca-file": "ca.crt",
        "service-account-issuer": "https://kubernetes.default.svc",
        "service-account-key-file": "accounts.pub",
        "service-account-signing-key-file": "accounts.key",
        "authorization-mode": "Node,RBAC",
        "enable-admission-plugins": "NodeRestriction",
        "service-cluster-ip-range": SERVICES,
        "allow-privileged": True,
        "kubelet-client-certificate": "toward-kubelet.crt",
        "kubelet-client-key": "toward-kubelet.key",
        "kubelet-preferred-address-types": "InternalIP",
        "requestheader-client-ca-file": "ca.crt",
        "requestheader-allowed-names": "front-proxy-client",
        "requestheader-username-headers": "X-Remote-User",
        "requestheader-group-headers": "X-Remote-Group",
        "requestheader-extra-headers-prefix": "X-Remote-Extra-",
        "proxy-client-cert-file": "front-proxy.crt",
        "proxy-client-key-file": "front-proxy.key",
        "audit-policy-file": "audit.yaml",
        "audit-log-path": "logs/audit",
        "audit-log-maxsize": 4096,  # megabytes; whoever counts writes reads one file
        **more,
    }
    return Part("kube-apiserver", ("kube-apiserver", *options(values)), after=(ETCD,))


def controller_manager() -> Part:
    """The controllers: Deployments get pods, namespaces finish deleting, namespaces get ServiceAccounts."""
    values: dict[str, str | int | bool] = {
        **signed_in("controller-manager"),
        "service-account-private-key-file": "accounts.key",
        "root-ca-file": "ca.crt",
        "use-service-account-credentials": True,
        "cluster-signing-cert-file": "ca.crt",
        "cluster-signing-key-file": "ca.key",
        "flex-volume-plugin-dir": "volume-plugins",
    }
    return Part("kube-controller-manager", ("kube-controller-manager", *options(values)), after=(API_SERVER,))


def scheduler() -> Part:
    """The scheduler; with one node its work is easy."""
    return Part("kube-scheduler", ("kube-scheduler", *options(signed_in("scheduler"))), after=(API_SERVER,))


def signed_in(user: str) -> dict[str, str | int | bool]:
    """What the controller manager and the scheduler are both told."""
    kubeconfigs = dict.fromkeys(
        ("kubeconfig", "authentication-kubeconfig", "authorization-kubeconfig"), f"{user}.kubeconfig"
    )
    return {**kubeconfigs, "bind-address": "127.0.0.1", "leader-elect": False}


def proxy() -> Part:
    """kube-proxy. Connection tracking's size is the machine's and is left as it is."""
    values: dict[str, str | int | bool] = {
        "kubeconfig": "proxy.kubeconfig",
        "proxy-mode": "nftables",
        "cluster-cidr": PODS,
        "hostname-override": NODE,
        "bind-address": NODE_IP,
        "metrics-bind-address": "127.0.0.1",
        "conntrack-max-per-core": 0,
    }
    return Part("kube-proxy", ("kubeproxy", *options(values)), after=(API_SERVER,))


def dns() -> Part:
    """CoreDNS on the node's own address."""
    return Part("coredns", ("coredns", "-conf", "Corefile"), after=(API_SERVER,))


def containerd() -> Part:
    """containerd, which starts runc through its shim."""
    return Part("containerd", ("containerd", "--config", "containerd.toml"))


def kubelet(state: State) -> Part:
    """The kubelet. The node's address is a bridge's, for it refuses a loopback one."""
    values: dict[str, str | int | bool] = {
        "config": "kubelet.yaml",
        "kubeconfig": "node.kubeconfig",
        "hostname-override": NODE,
        "node-ip": NODE_IP,
        "root-dir": f"{state.folder}/kubelet",
        "cert-dir": f"{state.folder}/pki",
    }
    return Part("kubelet", ("kubelet", *options(values)), after=(API_SERVER, state.containerd))
