"""From a manifest, as YAML or the API server gives it, to a resource or the problems it has.

A stored object may carry fields of a newer release: it is read without them,
and that is said. A file is read strictly, for there a field that we do not
know is a slip of the pen.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from optipath_operator.resources.base import Spec
from optipath_operator.resources.messages import message, place
from optipath_operator.resources.policy import RoutingPolicySpec
from optipath_operator.resources.problem import Problem, ResourceRef, Severity
from optipath_operator.resources.provider import ModelProviderSpec

S = TypeVar("S", bound=Spec)
Manifest = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Resource(Generic[S]):
    """A valid resource."""

    ref: ResourceRef
    generation: int
    spec: S


@dataclass(frozen=True, slots=True)
class Read(Generic[S]):
    """What came of reading a manifest: a resource, or none, and what is to be said of it."""

    resource: Resource[S] | None
    problems: tuple[Problem, ...]


def read_provider(manifest: Manifest, *, strict: bool) -> Read[ModelProviderSpec]:
    """The ModelProvider in a manifest; `strict` refuses unknown fields, which are passed over otherwise."""
    return _read(ModelProviderSpec, manifest, strict=strict)


def read_policy(manifest: Manifest, *, strict: bool) -> Read[RoutingPolicySpec]:
    """The RoutingPolicy in a manifest; `strict` refuses unknown fields, which are passed over otherwise."""
    return _read(RoutingPolicySpec, manifest, strict=strict)


def reference(manifest: Manifest) -> ResourceRef:
    """Which resource a manifest is of."""
    metadata = manifest.get("metadata") or {}
    return ResourceRef(manifest["kind"], metadata.get("namespace", ""), metadata["name"])


def _read(model: type[S], manifest: Manifest, *, strict: bool) -> Read[S]:
    ref = reference(manifest)
    generation = manifest["metadata"].get("generation", 1)
    spec = manifest.get("spec")
    try:
        return Read(Resource(ref, generation, _validated(model, spec)), ())
    except ValidationError as error:
        details = error.errors(include_url=False)
    unknown = [detail for detail in details if detail["type"] == "extra_forbidden"]
    if strict or not unknown:
        return Read(None, _problems(ref, details, Severity.INVALID))
    noted = _problems(ref, unknown, Severity.WARNING)
    try:
        known = _validated(model, _without(spec, (detail["loc"] for detail in unknown)))
    except ValidationError as error:
        worse = _problems(ref, error.errors(include_url=False), Severity.INVALID)
        return Read(None, worse + noted)
    return Read(Resource(ref, generation, known), noted)


def _validated(model: type[S], spec: Any) -> S:
    # By its names in YAML alone: that code may say `upstream_name` is no reason for a file to.
    return model.model_validate(spec, by_alias=True, by_name=False)


def _without(spec: Any, places: Iterable[Sequence[int | str]]) -> Any:
    """A copy of a spec that lacks the fields at some places."""
    leaving: dict[Any, Any] = {}
    for steps in places:
        inner = leaving
        for step in steps:
            inner = inner.setdefault(step, {})
    return _pruned(spec, leaving)


def _pruned(value: Any, leaving: Mapping[Any, Any]) -> Any:
    if not leaving:
        return value
    if isinstance(value, Mapping):
        return {key: _pruned(inner, leaving.get(key, {})) for key, inner in value.items() if leaving.get(key) != {}}
    return [_pruned(inner, leaving.get(index, {})) for index, inner in enumerate(value)]


def _problems(ref: ResourceRef, details: Iterable[ErrorDetails], severity: Severity) -> tuple[Problem, ...]:
    return tuple(Problem(ref, place(detail["loc"]), severity, message(detail)) for detail in details)
