"""Every type that a ModelProvider may have is one that the router of the same release speaks."""

from typing import get_args

from optipath_operator.resources.provider import ProviderType
from optipath_router.providers import DIALECTS


def test_operator_and_router_know_the_same_types() -> None:
    assert set(get_args(ProviderType)) == set(DIALECTS)
