"""What is in the image, asked of the image: what the lock names, and nothing that runs by itself."""

import json
import tomllib
from pathlib import Path
from typing import Any

import pytest
from deploy.sbom import bill

from e2e.stories.kubectl import apply, kubectl
from e2e.stories.tenant import Tenant

ROOT = Path(__file__).parents[2]
ASKS = """
import json, os, pathlib, site
from importlib.metadata import distributions
print(json.dumps({
  "pth": [str(path) for folder in site.getsitepackages() for path in pathlib.Path(folder).glob("*.pth")],
  "installed": {each.name.lower().replace("_", "-"): each.version for each in distributions()},
  "user": os.getuid(),
}))
"""
"""A .pth file can hold code that every start of Python runs."""


@pytest.mark.case("X09")
@pytest.mark.row("A37")
def test_the_image_holds_what_the_bill_of_materials_names_and_no_pth_file(tenant: Tenant) -> None:
    container = {"name": "asks", "image": "optipath:e2e", "imagePullPolicy": "IfNotPresent"}
    pod: dict[str, Any] = {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "asks"},
        "spec": {"restartPolicy": "Never", "containers": [container | {"command": ["python3", "-c", ASKS]}]},
    }
    apply(pod, namespace=tenant.name)
    where = ("-n", tenant.name)
    kubectl("wait", "pod/asks", *where, "--for=jsonpath={.status.phase}=Succeeded", "--timeout=60s")
    found = json.loads(kubectl("logs", "asks", *where))
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    parts = bill(project, (ROOT / "requirements.lock").read_text())["components"]
    named = {each["name"]: each["version"] for each in parts if "properties" not in each}
    somewhere = {each["name"]: each["version"] for each in parts}
    assert found["pth"] == []
    assert found["user"] == 65534
    installed = dict(found["installed"])
    assert installed.pop(project["name"]) == project["version"]
    assert named.items() <= installed.items() <= somewhere.items()
