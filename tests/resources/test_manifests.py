"""Manifests that must be refused, with the words in which they are, and manifests that must be accepted.

Beside each bad manifest stand its complaints, `# refused: FIELD: MESSAGE`, and
`# api-server: accepts (WHY)` if only the operator can see what is wrong.
"""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from optipath_operator.resources import Read, RoutingPolicySpec, read_policy, read_provider
from optipath_operator.resources.base import Spec
from optipath_operator.resources.provider import ModelProviderSpec
from optipath_operator.resources.schema import structural

HERE = Path(__file__).parent
BAD = sorted((HERE / "bad").glob("*.yaml"))
GOOD = sorted((HERE / "good").glob("*.yaml"))
CANARY = "canary"


def read(path: Path, *, strict: bool = True) -> Read[Any]:
    manifest = yaml.safe_load(path.read_text(encoding="utf-8"))
    if manifest["kind"] == "ModelProvider":
        return read_provider(manifest, strict=strict)
    return read_policy(manifest, strict=strict)


@pytest.mark.parametrize("path", BAD, ids=lambda path: path.stem)
def test_a_bad_manifest_is_refused_in_words_that_name_field_and_value(path: Path) -> None:
    told = read(path)
    assert told.resource is None
    expected = re.findall(r"^# refused: (.*)$", path.read_text(encoding="utf-8"), flags=re.MULTILINE)
    assert [f"{problem.field}: {problem.message}" for problem in told.problems] == expected


@pytest.mark.case("X01")
def test_there_are_at_least_25_bad_urls_among_them() -> None:
    assert len([path for path in BAD if path.stem.startswith("url-")]) >= 25


def test_no_complaint_quotes_a_secret() -> None:
    with_a_secret = [path for path in BAD if CANARY in path.read_text(encoding="utf-8")]
    assert len(with_a_secret) >= 10
    for path in with_a_secret:
        for problem in read(path).problems:
            assert CANARY not in str(problem)


@pytest.mark.parametrize("path", GOOD, ids=lambda path: path.stem)
def test_a_good_manifest_is_accepted_without_a_word(path: Path) -> None:
    told = read(path)
    assert told.problems == ()
    assert told.resource is not None


@pytest.mark.parametrize("path", GOOD, ids=lambda path: path.stem)
def test_what_is_valid_in_a_file_is_valid_when_it_is_stored(path: Path) -> None:
    assert read(path, strict=False) == read(path)


@pytest.mark.parametrize("model", [ModelProviderSpec, RoutingPolicySpec])
def test_every_field_stands_in_a_good_manifest(model: type[Spec]) -> None:
    kind = model.__name__.removesuffix("Spec")
    manifests = [yaml.safe_load(path.read_text(encoding="utf-8")) for path in GOOD]
    used: set[str] = set().union(*(fields_used(each["spec"]) for each in manifests if each["kind"] == kind))
    assert fields_known(structural(model)) <= used


def fields_known(schema: dict[str, Any], place: str = "") -> set[str]:
    inner = {f"{place}.{name}": field for name, field in schema.get("properties", {}).items()}
    found = set(inner).union(*(fields_known(field, name) for name, field in inner.items()))
    return found | (fields_known(schema["items"], place) if "items" in schema else set())


def fields_used(value: Any, place: str = "") -> set[str]:
    match value:
        case dict():
            inner = {f"{place}.{name}": field for name, field in value.items() if field is not None}
            return set(inner).union(*(fields_used(field, name) for name, field in inner.items()))
        case list():
            return set[str]().union(*(fields_used(entry, place) for entry in value))
        case _:
            return set()


def test_a_change_of_type_is_for_the_api_server_to_refuse() -> None:
    before, after = yaml.safe_load_all((HERE / "changes" / "provider-type.yaml").read_text(encoding="utf-8"))
    assert read_provider(before, strict=True).resource is not None
    assert read_provider(after, strict=True).resource is not None
    assert "self.type == oldSelf.type" in [rule["rule"] for rule in rules_of(structural(ModelProviderSpec))]


def rules_of(schema: dict[str, Any]) -> list[dict[str, str]]:
    rules: list[dict[str, str]] = schema["x-kubernetes-validations"]
    return rules
