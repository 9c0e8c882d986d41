"""Every example is taken by the API server, and what it says of itself is said in its status."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from e2e.stories.examples import EXAMPLES, crosses_namespaces, manifests
from e2e.stories.kubectl import apply, get, kubectl, wait_for
from e2e.stories.release import Release
from e2e.stories.tenant import Tenant, namespace

FILES = sorted([*EXAMPLES.glob("*.yaml"), *EXAMPLES.glob("*/*.yaml")])
SAMPLES = [file for file in FILES if not crosses_namespaces(file)]
FOLDERS = sorted({file.parent for file in FILES if crosses_namespaces(file)})


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.stem)
def test_a_sample_is_applied(sample: Path, tenant: Tenant) -> None:
    kubectl("apply", "--server-side", "-n", tenant.name, "-f", str(sample))
    if get("mp,rp", "-n", tenant.name)["items"]:
        kubectl("wait", "mp,rp", "--all", "-n", tenant.name, "--for=condition=Accepted", "--timeout=30s")


@pytest.fixture
def folder(request: pytest.FixtureRequest, installed: Release) -> Iterator[Path]:
    """An example for several namespaces, which are there as long as it is looked at."""
    found: Path = request.param
    objects = [each for file in sorted(found.glob("**/*.yaml")) for each in manifests(file)]
    labels = {each["metadata"]["name"]: each["metadata"]["labels"] for each in objects if "labels" in each["metadata"]}
    names = {each["metadata"].get("namespace", each["metadata"]["name"]) for each in objects} - {installed.namespace}
    with ExitStack() as stack:
        for name in sorted(names):
            stack.enter_context(namespace(name, labels.get(name, {})))
        yield found
        kubectl("delete", "mp,rp", "--all", "-n", installed.namespace)


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name, indirect=True)
def test_an_example_for_several_namespaces_is_applied(folder: Path) -> None:
    objects = [each for file in sorted(folder.glob("**/*.yaml")) for each in manifests(file)]
    apply(*objects, how=["--server-side"])
    for each in objects:
        if each["kind"] != "Namespace":
            wait_for(each["kind"], each["metadata"]["name"], each["metadata"]["namespace"], "Accepted")


@pytest.mark.case("O04")
def test_what_others_write_on_our_config_map_stays(tenant: Tenant) -> None:
    tenant.provider("ok-cheap", "ok-strong")
    tenant.policy("ok-cheap")
    tenant.programmed()
    kubectl("label", "configmap", "optipath-router", "-n", tenant.name, "example.com/theirs=yes")
    tenant.policy("ok-strong")
    tenant.until_written("ok-strong")
    labels = get("configmap", "optipath-router", "-n", tenant.name)["metadata"]["labels"]
    assert labels["example.com/theirs"] == "yes"
