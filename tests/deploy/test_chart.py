"""The chart's own files; `test_renders.py` reads what Helm makes of them."""

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml
from deploy.helm.readme import described, readme

from deploy.rendered import one
from optipath_operator.catalogue.read import built_in
from optipath_operator.compile import Gathered, compile_namespace
from optipath_operator.resources import GROUP
from optipath_operator.resources.crds import KINDS

ROOT = Path(__file__).parents[2]
CHART = ROOT / "deploy" / "helm" / "optipath"
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]


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


SETTINGS = {"operator": "settings.py", "injector": "inject/settings.py"}
FROM_THE_POD = {"OPTIPATH_NAMESPACE", "OPTIPATH_IDENTITY"}


@pytest.mark.parametrize(("part", "file"), SETTINGS.items(), ids=SETTINGS)
def test_a_part_is_told_every_setting_that_it_reads_and_no_other(part: str, file: str) -> None:
    (container,) = one("default", "Deployment", f"-{part}")["spec"]["template"]["spec"]["containers"]
    told = {each["name"] for each in container["env"]}
    read = set(re.findall(r'"(OPTIPATH_[A-Z_]+)"', (ROOT / "operator/optipath_operator" / file).read_text()))
    # Its probes are at 8080, whoever installs it.
    assert told == read - ({"OPTIPATH_PORT"} if part == "operator" else set())
    assert {each["name"] for each in container["env"] if "valueFrom" in each} == told & FROM_THE_POD


def test_artifact_hub_is_told_of_both_kinds_and_of_the_image() -> None:
    chart = yaml.safe_load((CHART / "Chart.yaml").read_text())
    told = {name: text for name, text in chart["annotations"].items() if name.startswith("artifacthub.io/")}
    assert told["artifacthub.io/license"] == PROJECT["license"]
    crds = yaml.safe_load(told["artifacthub.io/crds"])
    assert {(each["kind"], each["name"], each["version"]) for each in crds} == {
        (kind.name, f"{kind.plural}.{GROUP}", "v1alpha1") for kind in KINDS
    }
    (image,) = yaml.safe_load(told["artifacthub.io/images"])
    assert image["image"] == f"optipath:{PROJECT['version']}"
    assert yaml.safe_load(told["artifacthub.io/changes"])


def test_artifact_hub_s_examples_are_what_one_could_apply() -> None:
    chart = yaml.safe_load((CHART / "Chart.yaml").read_text())
    examples = tuple(yaml.safe_load(chart["annotations"]["artifacthub.io/crdsExamples"]))
    assert {each["kind"] for each in examples} == {kind.name for kind in KINDS}
    assert compile_namespace(Gathered("team-a", examples, built_in(), strict=True)).problems == ()


def test_the_readme_has_every_value_with_what_values_yaml_says_of_it() -> None:
    chart, values = yaml.safe_load((CHART / "Chart.yaml").read_text()), (CHART / "values.yaml").read_text()
    assert (CHART / "README.md").read_text() == readme(chart, values), "run `make chart`"
    rows = {value.path: value.row for value in described(values)}
    assert rows["injector.replicas"].startswith("| `injector.replicas` | `2` | Each of them answers")
    assert rows["webhook.certs"] == "| **`webhook.certs`** | | |"
    # An example in a comment is for those who read values.yaml.
    assert "vllm" not in rows["egress.allow"]
