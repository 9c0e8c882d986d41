"""The injector's settings, from its environment. A wrong one is refused by name before anything starts."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from optipath_operator.environment import SettingsError, log_level, number, port
from optipath_operator.inject.injection import Injection, InjectionRefused, injection


@dataclass(frozen=True, slots=True)
class Settings:
    """What the chart tells the injector."""

    injection: Injection
    port: int = 9443
    """Reviews, over TLS."""
    probes_port: int = 8080
    """Probes and metrics."""
    tls: Path = Path("/etc/optipath/tls")
    """Where kubelet projects the Secret with the certificate."""
    linger_seconds: float = 10.0
    """How long reviews are still answered after SIGTERM: who sends them hears late that this pod is going."""
    log_level: str = "INFO"


def settings(environment: Mapping[str, str]) -> Settings:
    """The settings in an environment; raises SettingsError."""
    default = Settings(_injection(environment.get("OPTIPATH_INJECTION", "")))
    return Settings(
        injection=default.injection,
        port=port(environment, "OPTIPATH_PORT", default.port),
        probes_port=port(environment, "OPTIPATH_PROBES_PORT", default.probes_port),
        tls=Path(environment.get("OPTIPATH_TLS", default.tls)),
        linger_seconds=number(environment, "OPTIPATH_LINGER_SECONDS", default.linger_seconds),
        log_level=log_level(environment, "OPTIPATH_LOG_LEVEL", default.log_level),
    )


def _injection(text: str) -> Injection:
    try:
        return injection(text)
    except InjectionRefused as error:
        raise SettingsError(f"OPTIPATH_INJECTION: {error}") from error
