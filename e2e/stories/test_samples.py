"""Every example is taken by the API server, and what it says of itself is said in its status."""

from pathlib import Path

import pytest

from e2e.stories.kubectl import get, kubectl
from e2e.stories.tenant import Tenant

EXAMPLES = Path(__file__).parents[2] / "deploy/examples"
# What names its namespaces speaks to the whole cluster, and would to all other stories.
SEVERAL = ("tiers", "sharing", "dev-and-prod")
SAMPLES = sorted(
    path for path in (*EXAMPLES.glob("*.yaml"), *EXAMPLES.glob("*/*.yaml")) if path.parent.name not in SEVERAL
)


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.stem)
def test_a_sample_is_applied(sample: Path, tenant: Tenant) -> None:
    kubectl("apply", "--server-side", "-n", tenant.name, "-f", str(sample))
    if get("mp,rp", "-n", tenant.name)["items"]:
        kubectl("wait", "mp,rp", "--all", "-n", tenant.name, "--for=condition=Accepted", "--timeout=30s")


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
