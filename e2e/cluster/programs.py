"""The programs of the cluster, compiled from their published Go modules into the cache."""

import os
import re
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from e2e.cluster import cache
from e2e.cluster.debian import CannotMakeCluster
from e2e.cluster.patience import patiently, say, span

MODULE = Path(__file__).parent
HELM = "v4.3.1"
CONTAINERD = "v2.4.2"
COREDNS = "v1.15.0"
STRIPPED = "-s -w"
KUBE_LINKS = ("etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler", "kubectl")
"""The names that the program `kube` is called by, each one of its parts."""


@dataclass(frozen=True, slots=True)
class Recipe:
    """How one program is made."""

    name: str
    package: str
    """A folder of our module (`./kube`), or a published package with its version."""
    usually_seconds: float
    """On two cores, with no build cache of Go's, after the recipes above it."""


RECIPES = (
    Recipe("kube", "./kube", 520),
    Recipe("kubelet", "./kubelet", 40),
    Recipe("kubeproxy", "./kubeproxy", 15),
    Recipe("pause", "./pause", 2),
    Recipe("helm", f"helm.sh/helm/v4/cmd/helm@{HELM}", 220),
    Recipe("containerd", f"github.com/containerd/containerd/v2/cmd/containerd@{CONTAINERD}", 110),
    Recipe("ctr", f"github.com/containerd/containerd/v2/cmd/ctr@{CONTAINERD}", 15),
    Recipe(
        "containerd-shim-runc-v2", f"github.com/containerd/containerd/v2/cmd/containerd-shim-runc-v2@{CONTAINERD}", 10
    ),
    Recipe("coredns", f"github.com/coredns/coredns@{COREDNS}", 300),
)


def kubernetes_version() -> str:
    """The version that `go.mod` asks for, as `v1.36.3`."""
    found = re.search(r"^\tk8s\.io/kubernetes (v\S+)$", (MODULE / "go.mod").read_text(), re.MULTILINE)
    if found is None:
        raise ValueError(f"{MODULE / 'go.mod'} requires no k8s.io/kubernetes")
    return found[1]


def kubernetes_flags(version: str) -> str:
    """Linker flags that tell the programs their version; without them version checks misbehave."""
    major, minor, _ = version.removeprefix("v").split(".", 2)
    told = {"gitVersion": version, "gitMajor": major, "gitMinor": minor}
    packages = ("k8s.io/component-base/version", "k8s.io/client-go/pkg/version")
    return " ".join(
        [STRIPPED, *(f"-X {package}.{name}={value}" for package in packages for name, value in told.items())]
    )


def folder() -> Path:
    """Where the programs of these versions and sources are kept."""
    sources = [MODULE / "go.mod", MODULE / "go.sum", *MODULE.glob("*/main.go")]
    ours = kubernetes_flags(kubernetes_version())
    return cache.home() / cache.key([ours, *(recipe.package for recipe in RECIPES)], sources)


def build() -> Path:
    """The folder of programs, whole; those that are missing are compiled.

    Raises:
        CannotMakeCluster: if something is missing and there is no Go.
        CommandFailed: if a program does not compile.
    """
    programs = folder() / "bin"
    if all((programs / name).exists() for name in (*(recipe.name for recipe in RECIPES), *KUBE_LINKS)):
        return programs
    go = shutil.which("go")
    if go is None:
        raise CannotMakeCluster("compiling Kubernetes needs Go 1.26 or newer")
    with cache.workshop(folder()) as workshop:
        programs.mkdir(exist_ok=True)
        missing = [recipe for recipe in RECIPES if not (programs / recipe.name).exists()]
        usually = span(sum(recipe.usually_seconds for recipe in missing))
        say(f"compiling {len(missing)} programs: {usually} in all on two cores, much less where Go still has its cache")
        for recipe in missing:
            compile_one(go, recipe, workshop)
            (workshop / recipe.name).replace(programs / recipe.name)
        for link in KUBE_LINKS:
            if not (programs / link).exists():
                (workshop / link).symlink_to("kube")
                (workshop / link).replace(programs / link)
    return programs


def compile_one(go: str, recipe: Recipe, workshop: Path) -> None:
    """Leave one program in the workshop."""
    ours = recipe.package.startswith("./")
    flags = ["-trimpath", "-buildvcs=false", "-ldflags", kubernetes_flags(kubernetes_version()) if ours else STRIPPED]
    env: Mapping[str, str] = {**os.environ, "CGO_ENABLED": "0", "GOBIN": str(workshop)}
    command = [go, "build", "-o", workshop / recipe.name] if ours else [go, "install"]
    patiently(
        [*command, *flags, recipe.package],
        what=f"compiling {recipe.name}",
        usually_seconds=recipe.usually_seconds,
        log=workshop / f"{recipe.name}.log",
        env=env,
        cwd=MODULE,
    )
