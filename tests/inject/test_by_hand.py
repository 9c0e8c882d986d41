"""The pod that is written by hand is the one that the injector makes of its app alone."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from optipath_operator.inject import names
from optipath_operator.inject.injection import injection
from optipath_operator.inject.pod import pod
from optipath_operator.inject.sidecar import Injected, inject
from optipath_router.settings import settings
from support.jsonpatch import applied

EXAMPLES = Path(__file__).parents[2] / "deploy" / "examples"


@pytest.mark.row("A01")
def test_the_injector_makes_the_pod_that_is_written_by_hand() -> None:
    by_hand = yaml.safe_load((EXAMPLES / "pod-with-router.yaml").read_text())
    router = by_hand["spec"]["initContainers"][0]
    del by_hand["metadata"]["labels"][names.INJECT_LABEL]

    verdict = inject(pod(app_alone(by_hand)), injection(json.dumps({"image": router["image"]})), "0.1.0")

    assert isinstance(verdict, Injected)
    made = applied(app_alone(by_hand), verdict.operations)
    made["metadata"].pop("annotations")
    assert made == by_hand


def app_alone(by_hand: Any) -> Any:
    """What the app's author would write."""
    app = json.loads(json.dumps(by_hand))
    del app["metadata"]["labels"][names.ROUTER_LABEL], app["spec"]["initContainers"], app["spec"]["volumes"]
    app["metadata"]["annotations"] = {names.ENV: "openai"}
    del app["spec"]["containers"][0]["env"]
    return app


def test_the_router_reads_every_variable_that_it_is_given() -> None:
    by_hand = yaml.safe_load((EXAMPLES / "pod-with-router.yaml").read_text())
    given = {each["name"]: each.get("value", "given") for each in by_hand["spec"]["initContainers"][0]["env"]}
    for name in given:
        without = {other: value for other, value in given.items() if other != name}
        changed = {**given, name: {"OPTIPATH_GRACE_SECONDS": "7", "OPTIPATH_LOG_LEVEL": "ERROR"}.get(name, "other")}
        assert settings(without) != settings(changed), name


def test_the_ports_and_places_are_the_router_s() -> None:
    chosen = settings({})
    assert {address.port for address in chosen.listen} == {names.API_PORT}
    assert {address.port for address in chosen.admin} == {names.ADMIN_PORT}
    assert f"http://{chosen.listen[0]}/v1" == names.BASE_URL
