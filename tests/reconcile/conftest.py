"""The operator's reconcile half over a double of the API server."""

import pytest

from support.apiserver import ApiServer
from support.operator import Tenant
from support.timers import Timers


@pytest.fixture
def api() -> ApiServer:
    return ApiServer()


@pytest.fixture
def timers() -> Timers:
    return Timers()


@pytest.fixture
def tenant(api: ApiServer) -> Tenant:
    return Tenant(api)
