"""The chart as Helm renders it: `python -m e2e.chart` writes tests/deploy/renders anew, to be reviewed and committed.

Tests read the renders where there is no Helm. A digest of all that they were
made of stands beside them, so that a chart which has changed since is noticed
there, too.
"""

import hashlib
import shutil
import subprocess
from pathlib import Path
from textwrap import indent

from e2e.cluster.programs import build

ROOT = Path(__file__).parents[1]
CHART = ROOT / "deploy" / "helm" / "optipath"
RENDERS = ROOT / "tests" / "deploy" / "renders"
DIGEST = RENDERS / "made-of.sha256"
RELEASE, NAMESPACE = "optipath", "optipath-system"


def helm() -> Path:
    """Helm: that of the PATH, or the one that the stories' cluster is made with."""
    found = shutil.which("helm")
    return Path(found) if found else build() / "helm"


def sets() -> list[Path]:
    """The sets of values that are rendered."""
    return sorted(path.parent for path in RENDERS.glob("*/values.yaml"))


def render(values: Path, program: Path) -> str:
    """All that would be installed with a set of values."""
    command = [str(program), "template", RELEASE, str(CHART), "-n", NAMESPACE, "-f", str(values)]
    # As at the second installation: the first one brings the kinds.
    cluster = ["--kube-version", "1.31", "--api-versions", "optipath.io/v1alpha1/RoutingPolicy"]
    return subprocess.run([*command, *cluster], check=True, capture_output=True, text=True).stdout


def told(rendered: str) -> str:
    """What a render's file has of it: not the CRDs and the script of `helm test`, for both are files of the chart."""
    documents = rendered.removeprefix("---\n").split("\n---\n")
    kept = [each.rstrip() for each in documents if "\nkind: CustomResourceDefinition\n" not in each]
    script = indent((CHART / "files" / "helm_test.py").read_text(), " " * 10, lambda _: True)
    return ("\n---\n".join(kept) + "\n").replace(script, f"{' ' * 10}# files/helm_test.py\n")


def made_of() -> str:
    """The digest of everything that renders are made of."""
    paths = [path for path in CHART.rglob("*") if path.is_file() and path.suffix != ".md" and "crds" not in path.parts]
    digest = hashlib.sha256()
    for path in sorted([*paths, *RENDERS.glob("*/values.yaml")]):
        digest.update(f"{path.relative_to(ROOT)}\0{hashlib.sha256(path.read_bytes()).hexdigest()}\n".encode())
    return digest.hexdigest()


def main() -> None:
    """Write them."""
    program = helm()
    for each in sets():
        (each / "rendered.yaml").write_text(told(render(each / "values.yaml", program)))
        print(f"{each.name}/rendered.yaml")
    DIGEST.write_text(f"{made_of()}\n")


if __name__ == "__main__":
    main()
