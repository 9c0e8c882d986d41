"""What is wrong with a resource, as a value: which resource, which field, and what to do about it."""

from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """What a problem does to the resource that it is in."""

    INVALID = "Invalid"
    """The resource is not accepted; its last good source stays in force."""
    UNRESOLVED = "Unresolved"
    """The resource is accepted, but something that it names leads nowhere and is left out."""
    DENIED = "Denied"
    """The resource is accepted, but a policy above it allows nothing of what a part of it needs."""
    WARNING = "Warning"
    """The resource works, though perhaps not as meant."""


@dataclass(frozen=True, slots=True, order=True)
class ResourceRef:
    """Which resource."""

    kind: str
    namespace: str
    name: str

    def __str__(self) -> str:
        return f"{self.kind} {self.namespace}/{self.name}"


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One thing that is wrong with one resource."""

    resource: ResourceRef
    field: str
    """Where in the resource, such as `spec.rules[1].targets[0].model`."""
    severity: Severity
    message: str
    """What is wrong there, with the value."""

    def __str__(self) -> str:
        return f"{self.resource}: {self.field}: {self.message}"
