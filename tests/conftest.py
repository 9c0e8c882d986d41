"""What all tests share."""

import pytest
from hypothesis import HealthCheck, settings

# How long an example takes says more of the machine than of us; speed lives in e2e/bench.
settings.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("untimed")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-cases", action="store_true", help="Rewrite what case folders expect; review the diff.")
