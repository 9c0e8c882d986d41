"""The hand-written pod: a router before everything else, where the router looks for its files."""

import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

from optipath_operator.cluster import configmaps, pods
from optipath_router.settings import settings

ROOT = Path(__file__).parents[2]
POD = yaml.safe_load((ROOT / "deploy" / "examples" / "pod-with-router.yaml").read_text())
SPEC = POD["spec"]
ROUTER: dict[str, Any] = SPEC["initContainers"][0]
MOUNTS = {mount["name"]: mount for mount in ROUTER["volumeMounts"]}
VOLUMES = {volume["name"]: volume for volume in SPEC["volumes"]}


def test_the_router_is_the_first_native_sidecar_and_starts_its_program() -> None:
    assert (ROUTER["name"], ROUTER["restartPolicy"], ROUTER["command"]) == (
        "optipath-router",
        "Always",
        ["optipath-router"],
    )
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert ROUTER["image"] == f"optipath:{project['version']}"


def test_the_operator_finds_the_pod_by_its_label() -> None:
    name, _, value = pods.SELECTOR.partition("=")
    assert POD["metadata"]["labels"][name] == value


def test_every_file_is_mounted_where_the_router_looks_for_it() -> None:
    environment = {each["name"]: each["value"] for each in ROUTER["env"] if "value" in each}
    chosen = settings(environment)
    found = {name: mount["mountPath"] for name, mount in MOUNTS.items()}
    assert found == {
        "optipath-snapshot": str(chosen.snapshot),
        "optipath-credentials": str(chosen.credentials),
        "optipath-podinfo": str(chosen.podinfo),
        "optipath-state": "/var/lib/optipath",
    }
    assert [name for name, mount in MOUNTS.items() if not mount.get("readOnly")] == ["optipath-state"]
    assert chosen.grace_seconds == SPEC["terminationGracePeriodSeconds"]


def test_the_pod_starts_without_configuration_and_without_keys() -> None:
    assert VOLUMES["optipath-snapshot"]["configMap"] == {"name": configmaps.NAME, "optional": True}
    assert VOLUMES["optipath-credentials"]["secret"] == {"secretName": "optipath-credentials", "optional": True}


@pytest.mark.case("X09")
def test_the_router_has_no_token_and_may_do_nothing() -> None:
    assert SPEC["automountServiceAccountToken"] is False
    assert ROUTER["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "capabilities": {"drop": ["ALL"]},
        "readOnlyRootFilesystem": True,
        "runAsNonRoot": True,
        "runAsUser": 65534,
        "runAsGroup": 65534,
        "seccompProfile": {"type": "RuntimeDefault"},
    }


def test_the_app_is_told_where_the_router_is() -> None:
    port = settings({}).listen[0].port
    environment = {each["name"]: each["value"] for each in SPEC["containers"][0]["env"]}
    assert environment["OPTIPATH_BASE_URL"] == environment["OPENAI_BASE_URL"] == f"http://127.0.0.1:{port}/v1"


def test_kubelet_asks_on_the_port_that_the_router_has_for_it() -> None:
    (port,) = ROUTER["ports"]
    assert port["containerPort"] == settings({}).admin[0].port
    paths = {name: ROUTER[f"{name}Probe"]["httpGet"] for name in ("startup", "readiness", "liveness")}
    assert {each["port"] for each in paths.values()} == {port["name"]}
    assert [each["path"] for each in paths.values()] == ["/startupz", "/readyz", "/livez"]
