"""The chart's renders, read: what Helm makes of the chart with each set of values in `renders/`."""

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import yaml

RENDERS = Path(__file__).parent / "renders"
SETS = sorted(path.parent.name for path in RENDERS.glob("*/values.yaml"))

Object = dict[str, Any]
Right = tuple[str, str, str, str]
"""Group, resource, verb and name; no name is any."""


def values(name: str) -> Object:
    """What a set chooses."""
    found: Object = yaml.safe_load((RENDERS / name / "values.yaml").read_text())
    return found


def objects(name: str, *kinds: str) -> list[Object]:
    """All objects of a render, or those of some kinds."""
    return [each for each in _parsed(name) if not kinds or each["kind"] in kinds]


def one(name: str, kind: str, named: str) -> Object:
    """The object of a kind whose name ends with this."""
    (found,) = (each for each in objects(name, kind) if each["metadata"]["name"].endswith(named))
    return found


def pods(name: str) -> Iterator[Object]:
    """The spec of every pod that a render makes."""
    for each in objects(name, "Deployment", "Pod"):
        yield each["spec"] if each["kind"] == "Pod" else each["spec"]["template"]["spec"]


def rights(role: Object) -> set[Right]:
    """What a role gives."""
    return {
        (group, resource, verb, name)
        for rule in role["rules"]
        for group in rule["apiGroups"]
        for resource in rule["resources"]
        for verb in rule["verbs"]
        for name in rule.get("resourceNames", [""])
    }


def environment(container: Object) -> dict[str, str]:
    """A container's variables that have a value of their own."""
    return {each["name"]: each["value"] for each in container["env"] if "value" in each}


@cache
def _parsed(name: str) -> tuple[Object, ...]:
    return tuple(yaml.safe_load_all((RENDERS / name / "rendered.yaml").read_text()))
