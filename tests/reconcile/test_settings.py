"""Settings from the environment: a wrong one is refused by name."""

import pytest

from optipath_operator.settings import SettingsError, settings
from optipath_snapshot import EgressRule


def test_nothing_needs_to_be_said() -> None:
    chosen = settings({})
    assert chosen.namespace == "optipath-system"
    assert chosen.identity
    assert chosen.port == 8080
    assert chosen.egress.allow == ()


def test_everything_can_be_said() -> None:
    chosen = settings(
        {
            "OPTIPATH_NAMESPACE": "platform",
            "OPTIPATH_IDENTITY": "operator-0",
            "OPTIPATH_EGRESS": '[{"host": "llm.internal", "plaintext": true}]',
            "OPTIPATH_POKES_PER_SECOND": "0",
            "OPTIPATH_PORT": "9090",
            "OPTIPATH_LOG_LEVEL": "debug",
        }
    )
    assert (chosen.namespace, chosen.identity, chosen.port) == ("platform", "operator-0", 9090)
    assert chosen.egress.allow == (EgressRule(host="llm.internal", plaintext=True),)
    assert chosen.pokes_per_second == 0
    assert chosen.log_level == "DEBUG"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("OPTIPATH_EGRESS", "{"),
        ("OPTIPATH_EGRESS", '{"host": "a"}'),
        ("OPTIPATH_EGRESS", '[{"hots": "a"}]'),
        ("OPTIPATH_PORT", "eighty"),
        ("OPTIPATH_PORT", "80.5"),
        ("OPTIPATH_PORT", "70000"),
        ("OPTIPATH_PORT", ""),
        ("OPTIPATH_POKES_PER_SECOND", "-1"),
        ("OPTIPATH_POKES_PER_SECOND", "nan"),
        ("OPTIPATH_POKES_PER_SECOND", "inf"),
        ("OPTIPATH_LOG_LEVEL", "loud"),
    ],
)
def test_a_wrong_one_is_refused_by_name(name: str, value: str) -> None:
    with pytest.raises(SettingsError, match=name):
        settings({name: value})
