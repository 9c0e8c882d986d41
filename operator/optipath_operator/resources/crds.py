"""The two CustomResourceDefinitions, made from the resource models.

    python -m optipath_operator.resources.crds DIRECTORY

writes them as YAML; `make crds` does it for `deploy/crds`.
"""

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from optipath_operator.resources.base import GROUP, VERSION, Spec
from optipath_operator.resources.conditions import CONDITIONS
from optipath_operator.resources.policy import RoutingPolicySpec
from optipath_operator.resources.provider import ModelProviderSpec
from optipath_operator.resources.schema import Schema, structural
from optipath_operator.resources.status import PolicyStatus, ResourceStatus


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of resource, as kubectl knows it."""

    name: str
    plural: str
    short_name: str
    spec: type[Spec]
    status: type[ResourceStatus] = ResourceStatus
    columns: tuple[Schema, ...] = ()
    """What `kubectl get` shows before the conditions."""

    @property
    def file_name(self) -> str:
        """The file that holds its definition."""
        return f"{GROUP}_{self.plural}.yaml"


KINDS = (
    Kind(
        "ModelProvider",
        "modelproviders",
        "mp",
        ModelProviderSpec,
        columns=(
            {"name": "Type", "type": "string", "jsonPath": ".spec.type"},
            {"name": "URL", "type": "string", "jsonPath": ".spec.endpoint.url", "priority": 1},
        ),
    ),
    Kind(
        "RoutingPolicy",
        "routingpolicies",
        "rp",
        RoutingPolicySpec,
        PolicyStatus,
        (
            {"name": "Priority", "type": "integer", "jsonPath": ".spec.priority"},
            {"name": "Tier", "type": "string", "jsonPath": ".status.tier"},
        ),
    ),
)


def definition(kind: Kind) -> Schema:
    """The CustomResourceDefinition of a kind."""
    spec, status = structural(kind.spec), structural(kind.status)
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": f"{kind.plural}.{GROUP}"},
        "spec": {
            "group": GROUP,
            "scope": "Namespaced",
            "names": {
                "kind": kind.name,
                "listKind": f"{kind.name}List",
                "plural": kind.plural,
                "singular": kind.name.lower(),
                "shortNames": [kind.short_name],
                "categories": ["optipath"],
            },
            "versions": [
                {
                    "name": VERSION,
                    "served": True,
                    "storage": True,
                    "subresources": {"status": {}},
                    "additionalPrinterColumns": _columns(kind),
                    "schema": {
                        "openAPIV3Schema": {
                            "description": spec["description"],
                            "type": "object",
                            "required": ["spec"],
                            "properties": {"spec": spec, "status": status},
                        }
                    },
                }
            ],
        },
    }


def _columns(kind: Kind) -> list[Schema]:
    # By type, for the order of conditions says nothing.
    told = [
        {"name": each.value, "type": "string", "jsonPath": f'.status.conditions[?(@.type=="{each.value}")].status'}
        for each in CONDITIONS[kind.name]
    ]
    return [*kind.columns, *told, {"name": "Age", "type": "date", "jsonPath": ".metadata.creationTimestamp"}]


def text(kind: Kind) -> str:
    """The file of a kind's definition."""
    import yaml  # noqa: PLC0415 - only who makes the files needs it

    body: str = yaml.safe_dump(definition(kind), sort_keys=False, width=120, allow_unicode=True)
    return f"# Made by `make crds` from the models in optipath_operator/resources; change those.\n{body}"


def main(arguments: Sequence[str]) -> int:
    """Write every definition into the directory named; the exit code."""
    match arguments:
        case [name]:
            directory = Path(name)
        case _:
            print("usage: python -m optipath_operator.resources.crds DIRECTORY", file=sys.stderr)  # noqa: T201 - a program's own words
            return 2
    directory.mkdir(parents=True, exist_ok=True)
    for kind in KINDS:
        (directory / kind.file_name).write_text(text(kind), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
