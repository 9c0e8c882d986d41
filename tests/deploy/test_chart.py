"""The chart as far as it can be read without Helm; what Helm makes of it is seen on a cluster, in e2e."""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from optipath_operator.cluster import configmaps, lease
from optipath_operator.resources import GROUP
from optipath_operator.resources.crds import KINDS

ROOT = Path(__file__).parents[2]
CHART = ROOT / "deploy" / "helm" / "optipath"
TEMPLATES = CHART / "templates"
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]

Rule = dict[str, list[str]]

WRITING = {"create", "update", "patch", "delete", "deletecollection"}


def rules(template: str) -> list[Rule]:
    """The rules in a template. They are plain YAML, without a word that Helm fills in, and so can be read here."""
    document = (TEMPLATES / template).read_text().split("\n---\n")[0]
    text = document[document.index("\nrules:\n") :]
    assert "{{" not in text
    found: list[Rule] = yaml.safe_load(text)["rules"]
    return found


EVERYWHERE, AT_HOME = rules("clusterrole.yaml"), rules("role.yaml")


def rights(granted: list[Rule]) -> Iterator[tuple[str, str, str, str]]:
    """Each right as group, resource, verb and name; no name is any."""
    for rule in granted:
        for group in rule["apiGroups"]:
            for resource in rule["resources"]:
                for verb in rule["verbs"]:
                    for name in rule.get("resourceNames", [""]):
                        yield group, resource, verb, name


@pytest.mark.case("X09")
@pytest.mark.parametrize("granted", [EVERYWHERE, AT_HOME], ids=["cluster role", "role"])
def test_a_role_holds_no_wildcard_no_secret_and_no_right_to_become_more(granted: list[Rule]) -> None:
    for rule in granted:
        assert set(rule) <= {"apiGroups", "resources", "resourceNames", "verbs"}
    for group, resource, verb, name in rights(granted):
        assert "*" not in f"{group}{resource}{verb}{name}"
        assert resource.partition("/")[0] not in {"secrets", "nodes", "serviceaccounts"}
        assert verb not in {"escalate", "bind", "impersonate", "deletecollection"}
        assert group != "rbac.authorization.k8s.io"


@pytest.mark.case("X09")
def test_what_the_operator_may_write_in_other_namespaces_is_this_and_no_more() -> None:
    written = {right for right in rights(EVERYWHERE) if right[2] in WRITING}
    ours = {(GROUP, f"{kind.plural}/status", "patch", "") for kind in KINDS}
    config = {("", "configmaps", verb, configmaps.NAME) for verb in ("create", "patch", "delete")}
    assert written == ours | config | {("", "pods", "patch", ""), ("", "events", "create", "")}


def test_in_its_own_namespace_it_may_hold_its_lease_and_no_other() -> None:
    group = "coordination.k8s.io"
    named = {(group, "leases", verb, lease.NAME) for verb in ("get", "update")}
    assert set(rights(AT_HOME)) == named | {(group, "leases", "create", "")}


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_the_chart_has_the_crd_byte_for_byte(kind: Any) -> None:
    ours = (ROOT / "deploy" / "crds" / kind.file_name).read_bytes()
    assert (CHART / "files" / "crds" / kind.file_name).read_bytes() == ours, "run `make crds`"
    # There, and only there, the template puts in what Helm needs.
    assert ours.count(b"\nmetadata:\n") == 1


def test_the_chart_has_no_other_crd() -> None:
    assert {path.name for path in (CHART / "files" / "crds").iterdir()} == {kind.file_name for kind in KINDS}


def test_the_chart_is_of_the_version_of_the_project() -> None:
    chart = yaml.safe_load((CHART / "Chart.yaml").read_text())
    assert chart["apiVersion"] == "v2"
    assert chart["version"] == chart["appVersion"] == PROJECT["version"]
    assert chart["kubeVersion"] == ">=1.31.0-0"


@pytest.mark.case("X09")
@pytest.mark.row("B19")
def test_the_container_may_do_nothing() -> None:
    text = (TEMPLATES / "deployment.yaml").read_text()
    found = re.search(r"\n {10}securityContext:\n((?: {12}.*\n)+)", text)
    assert found
    assert yaml.safe_load(found[1]) == {
        "allowPrivilegeEscalation": False,
        "capabilities": {"drop": ["ALL"]},
        "privileged": False,
        "readOnlyRootFilesystem": True,
        "runAsNonRoot": True,
        "seccompProfile": {"type": "RuntimeDefault"},
    }
    pod = yaml.safe_load((CHART / "values.yaml").read_text())["podSecurityContext"]
    assert (pod["runAsNonRoot"], pod["runAsUser"]) == (True, 65534)


def test_the_deployment_sets_what_the_operator_reads_and_starts_its_program() -> None:
    text = (TEMPLATES / "deployment.yaml").read_text()
    read = set(re.findall(r'"(OPTIPATH_[A-Z_]+)"', (ROOT / "operator/optipath_operator/settings.py").read_text()))
    told = set(re.findall(r"- name: (OPTIPATH_[A-Z_]+)", text))
    assert told == read - {"OPTIPATH_PORT"}
    assert "command: [optipath-operator]" in text
    assert "optipath-operator" in PROJECT["scripts"]
