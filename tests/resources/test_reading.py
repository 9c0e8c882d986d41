"""Stored objects may know more than this release, and a problem says little of what is secret."""

from copy import deepcopy
from typing import Any

import pytest

from optipath_operator.resources import Severity, read_policy, read_provider

POLICY: dict[str, Any] = {
    "kind": "RoutingPolicy",
    "metadata": {"name": "chat", "namespace": "team-a", "generation": 7},
    "spec": {
        "rules": [
            {"name": "first", "strategy": {"ordered": {}}, "targets": [{"provider": "openai", "model": "small"}]},
            {"name": "second", "strategy": {"weighted": {}}, "targets": [{"provider": "openai", "model": "large"}]},
        ]
    },
}

PLACES: dict[str, tuple[tuple[str | int, ...], str]] = {
    "in the spec": ((), "spec.later"),
    "in a rule": (("rules", 1), "spec.rules[1].later"),
    "in a strategy": (("rules", 0, "strategy", "ordered"), "spec.rules[0].strategy.ordered.later"),
    "in a target": (("rules", 1, "targets", 0), "spec.rules[1].targets[0].later"),
}


def with_later(steps: tuple[str | int, ...], value: Any) -> dict[str, Any]:
    manifest = deepcopy(POLICY)
    part = manifest["spec"]
    for step in steps:
        part = part[step]
    part["later"] = value
    return manifest


@pytest.mark.parametrize(("steps", "field"), PLACES.values(), ids=PLACES)
@pytest.mark.parametrize("value", [None, "x", {"a": [1]}, [{"name": "x"}]])
def test_a_stored_object_is_read_without_what_this_release_does_not_know(
    steps: tuple[str | int, ...], field: str, value: Any
) -> None:
    told = read_policy(with_later(steps, value), strict=False)
    assert told.resource == read_policy(POLICY, strict=True).resource
    # A field with nothing behind it is none, also for the API server.
    expected = [] if value is None else [(field, Severity.WARNING)]
    assert [(problem.field, problem.severity) for problem in told.problems] == expected


@pytest.mark.parametrize(("steps", "field"), PLACES.values(), ids=PLACES)
def test_a_file_is_refused_for_what_this_release_does_not_know(steps: tuple[str | int, ...], field: str) -> None:
    told = read_policy(with_later(steps, "x"), strict=True)
    assert told.resource is None
    assert [(problem.field, problem.severity) for problem in told.problems] == [(field, Severity.INVALID)]


def test_what_is_wrong_beside_an_unknown_field_is_still_found() -> None:
    manifest = with_later(("rules", 0), "x")
    manifest["spec"]["rules"][1]["targets"][0]["weight"] = 0
    told = read_policy(manifest, strict=False)
    assert told.resource is None
    assert [(problem.field, problem.severity) for problem in told.problems] == [
        ("spec.rules[1]", Severity.INVALID),
        ("spec.rules[0].later", Severity.WARNING),
    ]


def test_a_strategy_of_a_later_release_leaves_a_rule_without_one() -> None:
    manifest = deepcopy(POLICY)
    manifest["spec"]["rules"][0]["strategy"] = {"clairvoyant": {"cost": "0.5"}}
    told = read_policy(manifest, strict=False)
    assert told.resource is None
    assert [(problem.field, problem.message) for problem in told.problems] == [
        ("spec.rules[0].strategy", "must have exactly one strategy, such as `ordered: {}`, and has none"),
        ("spec.rules[0].strategy.clairvoyant", "is not a field that this release knows"),
    ]


def test_reading_leaves_the_manifest_as_it_was() -> None:
    manifest = with_later(("rules", 0), "x")
    before = deepcopy(manifest)
    read_policy(manifest, strict=False)
    assert manifest == before


def test_the_generation_is_the_stored_one_and_1_in_a_file() -> None:
    stored = read_policy(POLICY, strict=False).resource
    file = read_policy({**POLICY, "metadata": {"name": "chat"}}, strict=True).resource
    assert stored is not None
    assert file is not None
    assert (stored.generation, file.generation) == (7, 1)


def test_a_name_that_is_none_is_quoted_and_stays_in_its_line() -> None:
    manifest = deepcopy(POLICY)
    manifest["spec"]["a\nb"] = 1
    assert [problem.field for problem in read_policy(manifest, strict=True).problems] == [r"spec['a\nb']"]


@pytest.mark.parametrize("kind", ["unknown", "too long", "wrong type"])
def test_a_complaint_stays_short_whatever_it_is_about(kind: str) -> None:
    spec: dict[str, Any] = {"type": "OpenAI", "models": [{"name": "small"}]}
    match kind:
        case "unknown":
            spec["x" * 10_000] = 1
        case "too long":
            spec["models"] = [{"name": "x" * 10_000}]
        case _:
            spec["models"] = [{"name": 10**4000}]
    told = read_provider({"kind": "ModelProvider", "metadata": {"name": "openai"}, "spec": spec}, strict=True)
    assert [len(str(problem)) < 400 for problem in told.problems] == [True]


@pytest.mark.parametrize(
    "url",
    [
        "https://user:canary@host",
        "https://canary@",
        "https:canary@host",
        "user:canary@host/v1",
        "https://user:can@canary@host",
        "https://user:pass/canary?x#y@host",
        "https://user\n:canary@host",
        "https://host/?key=canary",
        "https://host/#canary",
    ],
)
def test_a_url_is_never_quoted_with_its_secrets(url: str) -> None:
    spec = {"type": "OpenAI", "endpoint": {"url": url}, "models": [{"name": "small"}]}
    told = read_provider({"kind": "ModelProvider", "metadata": {"name": "openai"}, "spec": spec}, strict=True)
    assert told.resource is None
    assert not [problem for problem in told.problems if "canary" in problem.message]


@pytest.mark.parametrize("wrong", ["canary", ["canary"], {"canary-1": "x"}, {"canary-1": ["canary"]}])
@pytest.mark.parametrize(
    "steps",
    [
        ("credentials",),
        ("credentials", "keys"),
        ("credentials", "apiKey"),
        ("endpoint",),
        ("endpoint", "headers"),
        ("endpoint", "token"),
        ("endpoint", "caBundleRef"),
    ],
    ids=".".join,
)
def test_what_is_of_the_wrong_shape_is_not_quoted_where_secrets_may_stand(steps: tuple[str, ...], wrong: Any) -> None:
    for step in reversed(steps[1:]):
        wrong = {step: wrong}
    spec = {"type": "OpenAI", "models": [{"name": "small"}], steps[0]: wrong}
    told = read_provider({"kind": "ModelProvider", "metadata": {"name": "openai"}, "spec": spec}, strict=True)
    assert [problem for problem in told.problems if "canary" in str(problem)] == []
