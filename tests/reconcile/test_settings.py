"""Settings from the environment: a wrong one is refused by name."""

from datetime import timedelta
from pathlib import Path

import pytest

from optipath_operator.environment import SettingsError
from optipath_operator.settings import Certificates, Webhooks, settings
from optipath_snapshot import EgressRule


def test_nothing_needs_to_be_said() -> None:
    chosen = settings({})
    assert chosen.namespace == "optipath-system"
    assert chosen.identity
    assert chosen.port == 8080
    assert chosen.egress.allow == ()
    assert chosen.certificates == Certificates()
    assert (chosen.webhook_port, chosen.tls) == (9443, Path("/etc/optipath/tls"))


def test_everything_can_be_said() -> None:
    chosen = settings(
        {
            "OPTIPATH_NAMESPACE": "platform",
            "OPTIPATH_IDENTITY": "operator-0",
            "OPTIPATH_EGRESS": '[{"host": "llm.internal", "plaintext": true}]',
            "OPTIPATH_POKES_PER_SECOND": "0",
            "OPTIPATH_PORT": "9090",
            "OPTIPATH_LOG_LEVEL": "debug",
            "OPTIPATH_WEBHOOK_PORT": "8443",
            "OPTIPATH_TLS": "/tls",
            "OPTIPATH_WARNINGS": "w",
            "OPTIPATH_CERTS": "operator",
            "OPTIPATH_WEBHOOK_SECRET": "pair",
            "OPTIPATH_WEBHOOKS": "mutating/a, validating/b.c",
            "OPTIPATH_WEBHOOK_SERVICES": "d,e",
            "OPTIPATH_CERTS_OVERLAP_SECONDS": "120",
        }
    )
    assert (chosen.namespace, chosen.identity, chosen.port) == ("platform", "operator-0", 9090)
    assert chosen.egress.allow == (EgressRule(host="llm.internal", plaintext=True),)
    assert chosen.pokes_per_second == 0
    assert chosen.log_level == "DEBUG"
    assert (chosen.webhook_port, chosen.tls) == (8443, Path("/tls"))
    assert chosen.warnings == Webhooks("validating", "w")
    assert chosen.certificates == Certificates(
        secret="pair",
        webhooks=(Webhooks("mutating", "a"), Webhooks("validating", "b.c")),
        services=("d", "e"),
        overlap=timedelta(minutes=2),
    )


@pytest.mark.parametrize("mode", ["certManager", "provided"])
def test_who_has_certificates_from_elsewhere_gets_none_of_ours(mode: str) -> None:
    assert settings({"OPTIPATH_CERTS": mode}).certificates is None


def test_without_webhooks_nobody_needs_to_trust_anybody() -> None:
    chosen = settings({"OPTIPATH_WEBHOOKS": ""}).certificates
    assert chosen is not None
    assert chosen.webhooks == ()


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
        ("OPTIPATH_CERTS", "letsencrypt"),
        ("OPTIPATH_WEBHOOKS", "optipath-injector"),
        ("OPTIPATH_WEBHOOKS", "mutating/"),
        ("OPTIPATH_WEBHOOKS", "mutating/../secrets"),
        ("OPTIPATH_WEBHOOK_SECRET", ""),
        ("OPTIPATH_WEBHOOK_SERVICES", " ,"),
        ("OPTIPATH_WEBHOOK_SERVICES", "a b"),
        ("OPTIPATH_CERTS_OVERLAP_SECONDS", "30"),
        ("OPTIPATH_WEBHOOK_PORT", "65536"),
        ("OPTIPATH_WARNINGS", ""),
    ],
)
def test_a_wrong_one_is_refused_by_name(name: str, value: str) -> None:
    with pytest.raises(SettingsError, match=name):
        settings({name: value})
