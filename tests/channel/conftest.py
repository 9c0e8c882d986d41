"""What tests of the status channel have in common."""

import pytest

from support.timers import Timers


@pytest.fixture
def timers() -> Timers:
    return Timers()
