"""A runtime sees what its policies ask for, and one that asks for nothing pays for nothing."""

from typing import Any

import msgspec
import pytest

from optipath_router.classify import Senses, features, own_senses
from optipath_router.decide import Plan, make_plan
from optipath_router.runtime import classifier
from optipath_snapshot import Languages, Match, Route
from support.builders import route, snapshot
from support.requests import chat_request


def plan(*matches: Match) -> Plan:
    routes = [
        Route(**dict(route("acme/a", rule=f"rule-{number}")) | {"match": match}) for number, match in enumerate(matches)
    ]
    return make_plan(snapshot(*routes), "sha256:0", {})


GERMAN = Match(models=("assistant",), conditions=(Languages(words=("de",)),))


def never(*_: Any) -> Any:
    pytest.fail("nobody needs it")


def test_policies_on_models_and_headers_load_nothing_and_see_what_was_always_seen() -> None:
    request = chat_request(model="assistant")
    assert classifier(plan(Match(models=("assistant",))), never, never)(request) == features(request)


def test_a_request_that_no_such_rule_is_for_is_not_looked_at() -> None:
    classify = classifier(plan(GERMAN), lambda _: Senses(language=never, model=never, sensitivity=never), never)
    other = chat_request(model="small")
    assert classify(other) == features(other)


def test_a_request_that_such_a_rule_may_be_for_is_looked_at_for_that_alone() -> None:
    senses = Senses(language=lambda _: "de", model=never, timeliness=never, sensitivity=never)
    seen = classifier(plan(GERMAN), lambda _: senses, never)(chat_request(model="assistant"))
    assert (seen.language, seen.tasks, seen.at) == ("de", None, None)


@pytest.mark.parametrize(
    ("feature", "needed"),
    [
        ("tasks", {"model"}),
        ("difficulty", {"model"}),
        ("known_quality", {"model"}),
        ("language", {"language"}),
        ("timeliness", {"language", "timeliness"}),
        ("sensitivity", {"sensitivity"}),
        ("at", set()),
    ],
)
def test_only_the_senses_that_a_feature_needs_are_loaded(feature: str, needed: set[str]) -> None:
    loaded = msgspec.structs.asdict(own_senses(frozenset({feature})))
    assert {name for name, sense in loaded.items() if sense is not None} == needed


def test_an_alias_loads_what_it_ranks_by_and_nothing_else() -> None:
    asked: list[frozenset[str]] = []

    def load(wanted: frozenset[str]) -> Senses:
        asked.append(wanted)
        return Senses()

    classify = classifier(plan(Match(models=("assistant",))), load, lambda: 0.0)
    classify(chat_request(model="assistant"))
    assert asked == []
    classify(chat_request(model="auto"))
    assert len(asked) == 1
    assert not asked[0] & {"sensitivity", "timeliness"}
