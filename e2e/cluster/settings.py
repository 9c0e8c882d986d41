"""The settings files of the parts. What is YAML to them is written as JSON, which YAML reads."""

import json
from typing import Any

from e2e.cluster.network import API_SERVER_URL, DOMAIN, NODE_IP, PODS
from e2e.cluster.state import State

PAUSE_IMAGE = "localhost/pause:1"
KUBECONFIGS = ("admin", "controller-manager", "scheduler", "node", "proxy")


def settings(state: State) -> dict[str, str]:
    """The content of each file, by its path below the state folder."""
    return {
        **{f"{user}.kubeconfig": json.dumps(kubeconfig(state, user)) for user in KUBECONFIGS},
        "audit.yaml": json.dumps(AUDIT),
        "kubelet.yaml": json.dumps(kubelet(state)),
        "containerd.toml": containerd(state),
        "cni/10-bridge.conflist": json.dumps(POD_NETWORK),
        "Corefile": corefile(state),
    }


def kubeconfig(state: State, user: str) -> dict[str, Any]:
    """How a user with a certificate of ours reaches the API server from inside."""
    cluster = {"server": API_SERVER_URL, "certificate-authority": f"{state.folder}/ca.crt"}
    certificate = {
        "client-certificate": f"{state.folder}/{user}.crt",
        "client-key": f"{state.folder}/{user}.key",
    }
    return {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{"name": "e2e", "cluster": cluster}],
        "users": [{"name": user, "user": certificate}],
        "contexts": [{"name": "e2e", "context": {"cluster": "e2e", "user": user}}],
        "current-context": "e2e",
    }


AUDIT = {
    "apiVersion": "audit.k8s.io/v1",
    "kind": "Policy",
    "omitStages": ["RequestReceived"],
    "rules": [{"level": "None", "verbs": ["get", "list", "watch"]}, {"level": "Metadata"}],
}
"""Writes are noted, reads are not."""


def kubelet(state: State) -> dict[str, Any]:
    """A kubelet that shares its machine: it reserves and evicts nothing and takes swap and old cgroups as they are."""
    return {
        "apiVersion": "kubelet.config.k8s.io/v1beta1",
        "kind": "KubeletConfiguration",
        "failCgroupV1": False,
        "cgroupDriver": "cgroupfs",
        "cgroupRoot": f"/{state.name}",
        "containerRuntimeEndpoint": f"unix://{state.containerd}",
        "authentication": {
            "anonymous": {"enabled": False},
            "webhook": {"enabled": True},
            "x509": {"clientCAFile": f"{state.folder}/ca.crt"},
        },
        "authorization": {"mode": "Webhook"},
        "tlsCertFile": f"{state.folder}/node.crt",
        "tlsPrivateKeyFile": f"{state.folder}/node.key",
        "healthzBindAddress": "127.0.0.1",
        "failSwapOn": False,
        "enforceNodeAllocatable": [],
        "evictionHard": {},
        "localStorageCapacityIsolation": False,
        "makeIPTablesUtilChains": False,
        "resolvConf": "",
        "clusterDNS": [NODE_IP],
        "clusterDomain": DOMAIN,
        "maxPods": 500,
        "podLogsDir": f"{state.folder}/pods",
        "volumePluginDir": f"{state.folder}/volume-plugins",
    }


def containerd(state: State) -> str:
    """containerd with runc and a pause image of ours, as no registry can be asked for one."""
    return f"""\
version = 3
root = "{state.folder}/containerd"
state = "/run/containerd"
[grpc]
  address = "{state.containerd}"
[plugins."io.containerd.internal.v1.opt"]
  path = "{state.folder}/opt"
[plugins."io.containerd.cri.v1.images".pinned_images]
  sandbox = "{PAUSE_IMAGE}"
[plugins."io.containerd.cri.v1.runtime"]
  restrict_oom_score_adj = true
[plugins."io.containerd.cri.v1.runtime".containerd.runtimes.runc]
  runtime_type = "io.containerd.runc.v2"
[plugins."io.containerd.cri.v1.runtime".cni]
  bin_dirs = ["/usr/lib/cni"]
  conf_dir = "{state.folder}/cni"
"""


POD_NETWORK = {
    "cniVersion": "1.0.0",
    "name": "pods",
    "plugins": [
        {
            "type": "bridge",
            "bridge": "pods0",
            "isGateway": True,
            "hairpinMode": True,
            "ipam": {
                "type": "host-local",
                "dataDir": "/run/pod-addresses",
                "ranges": [[{"subnet": PODS}]],
                "routes": [{"dst": "0.0.0.0/0"}],
            },
        },
        {"type": "portmap", "capabilities": {"portMappings": True}},
    ],
}
"""Pods on a bridge; nothing leaves it, so nothing is masqueraded."""


def corefile(state: State) -> str:
    """Names of Services and pods; for any other name there is nobody to ask."""
    return f"""\
.:53 {{
  bind {NODE_IP}
  errors
  kubernetes {DOMAIN} in-addr.arpa {{
    kubeconfig {state.kubeconfig}
    pods insecure
  }}
}}
"""
