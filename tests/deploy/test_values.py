"""The chart's values: described, and a typo in them is refused before anything is installed."""

import copy
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from deploy.json_schema import WORDS, complaints, parts
from optipath_operator.settings import settings
from optipath_snapshot import EgressRule

CHART = Path(__file__).parents[2] / "deploy" / "helm" / "optipath"
SCHEMA = json.loads((CHART / "values.schema.json").read_text())
VALUES = yaml.safe_load((CHART / "values.yaml").read_text())
RULE = SCHEMA["properties"]["egress"]["properties"]["allow"]["items"]

# Objects whose fields are Kubernetes' own.
FREE = {"global", "podSecurityContext", "affinity", "requests", "limits", "issuerRef", "nodeSelector"}
A_POLICY = {"type": "object", "required": ["scope"]}
PARTS = ("operator", "injector")


def with_values(changed: dict[str, Any]) -> dict[str, Any]:
    values: dict[str, Any] = copy.deepcopy(VALUES)
    for path, value in changed.items():
        *outer, name = path.split(".")
        place = values
        for each in outer:
            place = place[each]
        place[name] = value
    return values


def test_the_schema_uses_only_words_that_this_test_understands() -> None:
    assert set().union(*map(set, parts(SCHEMA))) <= WORDS | {"$schema"}


def test_the_defaults_are_what_the_schema_asks_for() -> None:
    assert complaints(SCHEMA, VALUES) == []


def test_every_value_has_a_default() -> None:
    def compare(schema: dict[str, Any], values: dict[str, Any], place: str) -> None:
        assert set(schema["properties"]) - {"global"} == set(values), place
        for name, part in schema["properties"].items():
            if part.get("additionalProperties") is False and name not in {"resources", *FREE}:
                compare(part, values[name], f"{place}.{name}")

    compare(SCHEMA, VALUES, "")


def test_no_object_admits_other_fields_but_those_that_are_not_ours() -> None:
    def look(schema: dict[str, Any]) -> None:
        for name, part in schema["properties"].items():
            if part.get("type") == "object" and name not in FREE:
                assert part["additionalProperties"] in (False, {"type": "string"}, A_POLICY), name
                look({"properties": part.get("properties", {})})

    look(SCHEMA)


def test_both_parts_are_placed_by_the_same_values() -> None:
    operator, injector = (SCHEMA["properties"][part] for part in PARTS)
    assert operator == injector
    assert set(VALUES["operator"]) == set(VALUES["injector"])


REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "a field that is not there": ({"replica": 3}, "has no field replica"),
    "a field that is not there, further inside": ({"image.digst": ""}, "has no field digst"),
    "a field of the operator's, outside of it": ({"resources": {}}, "has no field resources"),
    "a number as text": ({"operator.replicas": "2"}, "'2' is no integer"),
    "a router that runs as root": ({"injection.runAsUser": 0}, "0 is not from 1"),
    "a speaker that is not known": ({"injection.env": ["gemini"]}, "'gemini' is none of"),
    "a webhook that is waited for too long": ({"webhook.timeoutSeconds": 30}, "30 is not from 1 to 5"),
    "a third way to fail": ({"webhook.failurePolicy": "Warn"}, "'Warn' is none of"),
    "a way to make certificates that is not known": ({"webhook.certs.mode": "helm"}, "'helm' is none of"),
    "a CA in base64 that should be PEM": ({"webhook.certs.caBundle": "LS0tLS1CRUdJTg=="}, "is not of the form"),
    "a group that would end an expression": ({"admission.breakGlassGroups": ["a'] || true"]}, "is not of the form"),
    "a tier that binds nobody else": ({"tiers.policies": {"gold": {"rules": []}}}, "has no scope"),
    "an interval without a unit": ({"metrics.podMonitor.interval": "30"}, "is not of the form"),
    "a switch as text": ({"crds.keep": "yes"}, "'yes' is no boolean"),
    "a level in lower case": ({"logLevel": "info"}, "'info' is none of"),
    "a digest without its algorithm": ({"image.digest": "0" * 64}, "is not of the form"),
    "an egress rule that names nothing": ({"egress.allow": [{"ports": [80]}]}, "fits none of the alternatives"),
    "an egress rule with a typo": ({"egress.allow": [{"host": "vllm", "port": 80}]}, "has no field port"),
    "a URL for a host": ({"egress.allow": [{"host": "http://vllm"}]}, "is not of the form"),
    "a host in capitals": ({"egress.allow": [{"host": "Vllm"}]}, "is not of the form"),
    "an address for a network": ({"egress.allow": [{"network": "10.0.0.1"}]}, "is not of the form"),
    "a port out of range": ({"egress.allow": [{"host": "vllm", "ports": [70000]}]}, "70000 is not from 1 to 65535"),
}


@pytest.mark.parametrize(("changed", "complaint"), REFUSED.values(), ids=REFUSED)
def test_a_wrong_value_is_refused(changed: dict[str, Any], complaint: str) -> None:
    (found,) = complaints(SCHEMA, with_values(changed))
    assert complaint in found


RULES = [
    {"host": "vllm.models.svc.cluster.local", "ports": [8000], "plaintext": True},
    {"host": "*.models.svc"},
    {"host": "10.0.0.1", "network": "10.0.0.0/8"},
    {"host": "fd00::1", "network": "fd00::/8", "ports": [443, 8443]},
]


@pytest.mark.parametrize("rule", RULES, ids=str)
def test_an_egress_rule_means_to_the_operator_what_it_says_in_the_chart(rule: dict[str, Any]) -> None:
    assert complaints(SCHEMA, with_values({"egress.allow": [rule]})) == []
    read = settings({"OPTIPATH_EGRESS": json.dumps([rule])}).egress.allow
    assert [each.model_dump(mode="json", exclude_unset=True) for each in read] == [rule]


def test_the_schema_knows_every_field_of_an_egress_rule() -> None:
    assert set(RULE["properties"]) == set(EgressRule.model_fields)


def test_templates_read_every_value_and_no_other() -> None:
    text = "".join(path.read_text() for path in (CHART / "templates").rglob("*") if path.is_file())
    read = set(re.findall(r"\.Values\.([A-Za-z.]+[A-Za-z])", text))
    described = set(names(VALUES))
    # What is read in a block, `with .Values.webhook.certs`, is read whole.
    assert read <= described
    of_parts = {name for part in PARTS for name in described if name.startswith(f"{part}.")}
    left_out = {name for name in described if not any(name == each or name.startswith(f"{each}.") for each in read)}
    for name in left_out - of_parts:
        assert re.search(rf"\.{name.rpartition('.')[2]}\b", text), name


def names(values: dict[str, Any]) -> Iterator[str]:
    """Every value by its path, those that hold others included."""
    for name, value in values.items():
        yield name
        if isinstance(value, dict):
            yield from (f"{name}.{each}" for each in names(value))
