"""A pod, as a review shows it: just what the injector looks at, wherever it stands.

The API server has checked the pod's form before it asks. Others can connect,
too, and what they send must not be taken for a fault of ours.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

Json = Mapping[str, Any]


class Malformed(Exception):
    """What was sent is no pod; the message says where."""


@dataclass(frozen=True, slots=True)
class Container:
    """One container, and where it stands in the pod."""

    path: str
    """`/spec/containers/0`"""
    raw: Json

    @property
    def name(self) -> str:
        """Its name, which no other container of the pod has."""
        return text(self.raw.get("name"), f"{self.path}/name")

    @property
    def kind(self) -> str:
        """What messages call it."""
        return "init container" if self.path.startswith("/spec/initContainers") else "container"

    def env(self) -> tuple[str, ...] | None:
        """The names of its variables; None where it has no list of them."""
        if self.raw.get("env") is None:
            return None
        where = f"{self.path}/env"
        return tuple(text(each.get("name"), where) for each in mappings(self.raw["env"], where))

    def takes_env_from_elsewhere(self) -> bool:
        """Whether a ConfigMap or Secret may set variables that are not to be seen here."""
        return bool(self.raw.get("envFrom"))

    def ports(self) -> Iterator[int]:
        """The TCP ports that it says it listens on."""
        for port in mappings(self.raw.get("ports"), f"{self.path}/ports"):
            if port.get("protocol", "TCP") == "TCP" and isinstance(number := port.get("containerPort"), int):
                yield number

    def resources(self, side: str) -> Json:
        """Its `requests` or its `limits`."""
        return _resources(self.raw.get("resources"), side, f"{self.path}/resources")

    def mounted(self) -> frozenset[str]:
        """The names of the volumes that it mounts."""
        where = f"{self.path}/volumeMounts"
        return frozenset(text(each.get("name"), where) for each in mappings(self.raw.get("volumeMounts"), where))


@dataclass(frozen=True, slots=True)
class Pod:
    """A pod that is to be created."""

    metadata: Json
    spec: Json
    init_containers: tuple[Container, ...]
    containers: tuple[Container, ...]
    volumes: tuple[str, ...]
    """The names of its volumes."""
    labels: Mapping[str, str]
    annotations: Mapping[str, str]

    @property
    def every_container(self) -> tuple[Container, ...]:
        """All that run at some time, in the order in which they start."""
        return self.init_containers + self.containers

    def resources(self, side: str) -> Json:
        """The `requests` or `limits` of the pod as a whole."""
        return _resources(self.spec.get("resources"), side, "/spec/resources")


def pod(raw: Any) -> Pod:
    """The pod in a review; raises Malformed."""
    whole = mapping(raw, "the pod")
    metadata, spec = mapping(whole.get("metadata"), "/metadata"), mapping(whole.get("spec"), "/spec")
    return Pod(
        metadata=metadata,
        spec=spec,
        init_containers=_containers(spec, "initContainers"),
        containers=_containers(spec, "containers"),
        volumes=tuple(
            text(each.get("name"), "/spec/volumes") for each in mappings(spec.get("volumes"), "/spec/volumes")
        ),
        labels=_words(metadata, "labels"),
        annotations=_words(metadata, "annotations"),
    )


def mapping(value: Any, where: str) -> Json:
    """An object that must be there; raises Malformed."""
    if not isinstance(value, dict):
        raise Malformed(f"{where} is not an object")
    return value


def mappings(value: Any, where: str) -> list[Json]:
    """A list of objects, empty where there is none; raises Malformed."""
    if value is None:
        return []
    if not isinstance(value, list):
        raise Malformed(f"{where} is not a list")
    return [mapping(each, f"{where}/{place}") for place, each in enumerate(value)]


def text(value: Any, where: str) -> str:
    """Text that must be there; raises Malformed."""
    if not isinstance(value, str):
        raise Malformed(f"{where} is not text")
    return value


_NOTHING: Final[Json] = {}


def _containers(spec: Json, kind: str) -> tuple[Container, ...]:
    path = f"/spec/{kind}"
    return tuple(Container(f"{path}/{place}", raw) for place, raw in enumerate(mappings(spec.get(kind), path)))


def _words(metadata: Json, name: str) -> Mapping[str, str]:
    if (words := metadata.get(name)) is None:
        return {}
    where = f"/metadata/{name}"
    return {key: text(value, f"{where}/{key}") for key, value in mapping(words, where).items()}


def _resources(resources: Any, side: str, where: str) -> Json:
    if resources is None or (amounts := mapping(resources, where).get(side)) is None:
        return _NOTHING
    return mapping(amounts, f"{where}/{side}")
