"""Which providers of other namespaces a policy names, whatever shape it is in."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from optipath_operator.compile.references import named_elsewhere
from optipath_operator.resources import ResourceRef


def policy(*targets: Any, **spec: Any) -> dict[str, Any]:
    return {
        "kind": "RoutingPolicy",
        "metadata": {"name": "chat", "namespace": "team-a"},
        "spec": {"rules": [{"name": "all", "targets": list(targets)}], **spec},
    }


def provider(namespace: str, name: str) -> ResourceRef:
    return ResourceRef("ModelProvider", namespace, name)


def test_a_target_of_another_namespace_is_elsewhere() -> None:
    asked = policy({"provider": "own", "model": "m"}, {"provider": "llama", "namespace": "platform", "model": "m"})
    assert named_elsewhere(asked) == {provider("platform", "llama")}


def test_a_target_that_names_its_own_namespace_is_not() -> None:
    assert named_elsewhere(policy({"provider": "own", "namespace": "team-a", "model": "m"})) == frozenset()


def test_to_those_for_whom_a_scope_is_its_own_providers_are_elsewhere_too() -> None:
    asked = policy(
        {"provider": "own", "model": "m"},
        {"provider": "llama", "namespace": "platform", "model": "m"},
        scope={"mode": "Overrides"},
    )
    assert named_elsewhere(asked) == {provider("team-a", "own"), provider("platform", "llama")}


def test_a_scope_of_null_is_none() -> None:
    assert named_elsewhere(policy({"provider": "own", "model": "m"}, scope=None)) == frozenset()


def test_only_policies_name_providers() -> None:
    asked = policy({"provider": "llama", "namespace": "platform", "model": "m"}) | {"kind": "ModelProvider"}
    assert named_elsewhere(asked) == frozenset()


@pytest.mark.parametrize("name", ["", "Llama", "../secrets", "a/b", "x" * 254, 7, None, ["llama"], {}])
def test_what_is_no_name_names_nobody(name: Any) -> None:
    assert named_elsewhere(policy({"provider": name, "namespace": "platform", "model": "m"})) == frozenset()
    assert named_elsewhere(policy({"provider": "llama", "namespace": name or "A", "model": "m"})) == frozenset()


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["rules", "targets", "provider", "namespace", "scope", "metadata", "spec"]), inner
        )
    ),
    max_leaves=20,
)


@given(metadata=JSON, spec=JSON)
def test_no_shape_of_a_policy_breaks_it(metadata: Any, spec: Any) -> None:
    named_elsewhere({"kind": "RoutingPolicy", "metadata": metadata, "spec": spec})
    named_elsewhere(policy() | {"spec": {"rules": spec}})
    named_elsewhere(policy() | {"spec": {"rules": [spec, {"targets": spec}]}})
