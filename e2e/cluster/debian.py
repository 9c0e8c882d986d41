"""What comes from the distribution: tools that containers and networks are made with."""

import os
import shutil

from e2e.cluster import cache
from e2e.cluster.patience import patiently

TOOLS = {
    "runc": "runc",
    "/usr/lib/cni/bridge": "containernetworking-plugins",
    "nft": "nftables",
    "conntrack": "conntrack",
    "ip": "iproute2",
    "openssl": "openssl",
    "buildah": "buildah",
    "mmdebstrap": "mmdebstrap",
}
"""What must be there, and the Debian package that brings it."""


class CannotMakeCluster(Exception):
    """This machine has not what a cluster is made of; a `KUBECONFIG` must name another."""


def install_tools() -> None:
    """Install the packages whose tools are missing.

    Raises:
        CannotMakeCluster: if we are not root, or this is no Debian.
        CommandFailed: if apt-get fails.
    """
    if os.geteuid() != 0:
        raise CannotMakeCluster("making namespaces, mounts and networks needs root")
    packages = [package for tool, package in TOOLS.items() if shutil.which(tool) is None]
    if not packages:
        return
    if shutil.which("apt-get") is None:
        raise CannotMakeCluster(f"there is no apt-get to install {', '.join(packages)} with")
    env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    install = ["apt-get", "install", "--yes", "--no-install-recommends", *packages]
    home = cache.home()
    home.mkdir(parents=True, exist_ok=True)
    for what, usually, command in (
        ("reading Debian's package lists", 10, ["apt-get", "update"]),
        (f"installing {' '.join(packages)}", 30, install),
    ):
        patiently(command, what=what, usually_seconds=usually, log=home / "apt.log", env=env)
