"""A release is upgraded, rolled back, and applied by other means than Helm's: what the operator wrote stays."""

import json
from typing import Any

import pytest

from e2e.chart import CHART, helm
from e2e.stories.kubectl import get, kubectl, sh, until
from e2e.stories.release import VALUES, Release

HOOKS = {
    "mutatingwebhookconfiguration": "optipath-injector",
    "validatingwebhookconfiguration": "optipath-warnings",
}
SECRETS = {"optipath-webhook-tls": {"tls.crt", "tls.key", "ca.crt", "ca.key"}, "optipath-status-key": {"key"}}


@pytest.mark.case("W01")
@pytest.mark.row("B19", "A37")
def test_no_upgrade_and_no_rollback_takes_a_key_or_a_ca_away(installed: Release) -> None:
    before = until(
        lambda: _written(installed), within=60, what="the operator has made its keys, and told of its CA and its path"
    )
    where = ("optipath", "-n", installed.namespace)
    chosen = ("-f", "-", "--set=rbac.aggregate=false", "--set=webhook.timeoutSeconds=4")
    sh(str(helm()), "upgrade", where[0], str(CHART), *where[1:], *chosen, given=VALUES)
    assert _hook("mutatingwebhookconfiguration")["timeoutSeconds"] == 4
    assert _written(installed) == before
    sh(str(helm()), "rollback", *where)
    assert _hook("mutatingwebhookconfiguration")["timeoutSeconds"] == 5
    assert _written(installed) == before
    rendered = sh(str(helm()), "template", where[0], str(CHART), *where[1:], "--no-hooks", "-f", "-", given=VALUES)
    # As Argo CD, Flux without Helm, and people do.
    kubectl("apply", "--server-side", "--force-conflicts", "--field-manager=helm", "-f", "-", given=rendered)
    assert _written(installed) == before


@pytest.mark.parametrize("path", [None, "/warn"], ids=["taken away", "as it was once"])
def test_the_path_of_the_webhook_that_warns_is_put_back(path: str | None, installed: Release) -> None:
    kind = "validatingwebhookconfiguration"
    before = until(lambda: _written(installed), within=60, what="the operator has told of its path")["paths"][kind]
    at = {"op": "replace" if path else "remove", "path": "/webhooks/0/clientConfig/service/path", "value": path}
    kubectl("patch", kind, HOOKS[kind], "--type=json", "-p", json.dumps([at]))
    until(lambda: _hook(kind)["clientConfig"]["service"].get("path") == before, within=60, what="it is there again")


def test_two_releases_in_a_cluster_share_no_name_of_what_is_in_no_namespace(installed: Release) -> None:
    rendered = sh(str(helm()), "template", "second", str(CHART), "-n", "optipath-second", "--set=crds.enabled=false")
    words = ("create", "--dry-run=server", "-f", "-", "-o", "name")
    everywhere = [each for each in rendered.split("\n---\n") if "\n  namespace: " not in each]
    assert any("ValidatingAdmissionPolicy" in each for each in everywhere)
    assert installed.operator.startswith("optipath")
    # What already exists is refused.
    assert "second-optipath-injector" in kubectl(*words, given="\n---\n".join(everywhere))


def _written(release: Release) -> dict[str, Any] | None:
    """What the operator has written into what the chart installed; None while something is missing."""
    data = {name: get("secret", name, "-n", release.namespace).get("data", {}) for name in SECRETS}
    called = {kind: _hook(kind)["clientConfig"] for kind in HOOKS}
    trusted = {kind: client.get("caBundle") for kind, client in called.items()}
    paths = {kind: client["service"].get("path") for kind, client in called.items()}
    whole = all(SECRETS[name] <= set(keys) for name, keys in data.items()) and all((*trusted.values(), *paths.values()))
    return {"data": data, "trusted": trusted, "paths": paths} if whole else None


def _hook(kind: str) -> dict[str, Any]:
    found = json.loads(kubectl("get", kind, HOOKS[kind], "-o", "json"))
    hook: dict[str, Any] = found["webhooks"][0]
    return hook
