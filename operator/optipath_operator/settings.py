"""The operator's settings, from its environment. A wrong one is refused by name before anything starts."""

import json
import re
import socket
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Final

from pydantic import ValidationError

from optipath_operator.environment import SettingsError, log_level, number, port
from optipath_snapshot import Egress

_IS_NAME: Final = re.compile(r"[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?").fullmatch
_LEAST_OVERLAP_SECONDS: Final = 90


@dataclass(frozen=True, slots=True)
class Webhooks:
    """A configuration of webhooks at the API server."""

    kind: str
    """`mutating` or `validating`."""
    name: str


@dataclass(frozen=True, slots=True)
class Certificates:
    """Which certificates the operator makes, and where it has them trusted."""

    secret: str = "optipath-webhook-tls"  # noqa: S105  its name
    """The Secret in the operator's own namespace that they are kept in."""
    webhooks: tuple[Webhooks, ...] = (
        Webhooks("mutating", "optipath-injector"),
        Webhooks("validating", "optipath-warnings"),
    )
    """The configurations whose webhooks are to trust them."""
    services: tuple[str, ...] = ("optipath-injector", "optipath-operator-webhook")
    """The Services by which the API server calls who shows them."""
    overlap: timedelta = timedelta(minutes=10)
    """How long it may take until every replica shows what is in the Secret; until then the former is trusted, too."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What the chart tells the operator."""

    namespace: str = "optipath-system"
    """The operator's own namespace, where its Lease lives."""
    identity: str = field(default_factory=socket.gethostname)
    """Who holds the Lease: the pod's name."""
    egress: Egress = field(default_factory=Egress)
    """What the administrator allows to be called beside public hosts over https."""
    pokes_per_second: float = 50.0
    """How many router pods are annotated in a second after a change; 0 leaves them to kubelet's own pace."""
    port: int = 8080
    """Probes and metrics."""
    certificates: Certificates | None = field(default_factory=Certificates)
    """None where cert-manager or the administrator provides them."""
    warnings: Webhooks = Webhooks("validating", "optipath-warnings")
    """The configuration by which the API server calls the webhook that warns."""
    webhook_port: int = 9443
    """That webhook, by TLS."""
    tls: Path = Path("/etc/optipath/tls")
    """Where its certificate is mounted, if it is."""
    log_level: str = "INFO"


def settings(environment: Mapping[str, str]) -> Settings:
    """The settings in an environment; raises SettingsError."""
    default = Settings()
    return Settings(
        namespace=environment.get("OPTIPATH_NAMESPACE", default.namespace),
        identity=environment.get("OPTIPATH_IDENTITY", default.identity),
        egress=_egress(environment.get("OPTIPATH_EGRESS", "")),
        pokes_per_second=number(environment, "OPTIPATH_POKES_PER_SECOND", default.pokes_per_second),
        port=port(environment, "OPTIPATH_PORT", default.port),
        certificates=_certificates(environment),
        warnings=Webhooks(
            "validating", _name("OPTIPATH_WARNINGS", environment.get("OPTIPATH_WARNINGS", default.warnings.name))
        ),
        webhook_port=port(environment, "OPTIPATH_WEBHOOK_PORT", default.webhook_port),
        tls=Path(environment.get("OPTIPATH_TLS", str(default.tls))),
        log_level=log_level(environment, "OPTIPATH_LOG_LEVEL", default.log_level),
    )


def _egress(text: str) -> Egress:
    """The chart's `egress.allow`, a list in JSON."""
    if not text:
        return Egress()
    try:
        # A slip of the pen in `ports` would allow all of them.
        return Egress.model_validate({"allow": json.loads(text)}, extra="forbid")
    except (ValueError, ValidationError) as error:
        raise SettingsError(f"OPTIPATH_EGRESS: is no list of egress rules: {error}") from error


def _certificates(environment: Mapping[str, str]) -> Certificates | None:
    mode = environment.get("OPTIPATH_CERTS", "operator")
    if mode not in ("operator", "certManager", "provided"):
        raise SettingsError(f"OPTIPATH_CERTS: {mode!r} is none of operator, certManager, provided")
    if mode != "operator":
        return None
    default = Certificates()
    webhooks = environment.get("OPTIPATH_WEBHOOKS")
    return Certificates(
        secret=_name("OPTIPATH_WEBHOOK_SECRET", environment.get("OPTIPATH_WEBHOOK_SECRET", default.secret)),
        webhooks=default.webhooks if webhooks is None else tuple(map(_webhooks, _listed(webhooks))),
        services=_services(environment.get("OPTIPATH_WEBHOOK_SERVICES", ",".join(default.services))),
        overlap=_overlap(environment, default.overlap),
    )


def _webhooks(text: str) -> Webhooks:
    kind, _, name = text.partition("/")
    if kind not in ("mutating", "validating"):
        raise SettingsError(f"OPTIPATH_WEBHOOKS: {text!r} is neither 'mutating/NAME' nor 'validating/NAME'")
    return Webhooks(kind, _name("OPTIPATH_WEBHOOKS", name))


def _services(text: str) -> tuple[str, ...]:
    services = tuple(_name("OPTIPATH_WEBHOOK_SERVICES", each) for each in _listed(text))
    if not services:
        raise SettingsError("OPTIPATH_WEBHOOK_SERVICES: is empty, and a certificate is for some Service")
    return services


def _overlap(environment: Mapping[str, str], default: timedelta) -> timedelta:
    name = "OPTIPATH_CERTS_OVERLAP_SECONDS"
    seconds = number(environment, name, default.total_seconds())
    if seconds < _LEAST_OVERLAP_SECONDS:
        raise SettingsError(f"{name}: {seconds:g} is less than the {_LEAST_OVERLAP_SECONDS} s that kubelet takes")
    return timedelta(seconds=seconds)


def _listed(text: str) -> list[str]:
    return [each.strip() for each in text.split(",") if each.strip()]


def _name(setting: str, text: str) -> str:
    if not _IS_NAME(text):
        raise SettingsError(f"{setting}: {text!r} is not the name of an object in Kubernetes")
    return text
