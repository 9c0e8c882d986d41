"""The operator's settings, from its environment. A wrong one is refused by name before anything starts."""

import json
import socket
from collections.abc import Mapping
from dataclasses import dataclass, field

from pydantic import ValidationError

from optipath_snapshot import Egress


class SettingsError(Exception):
    """A setting that cannot be used; its message names it and its value."""


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
    log_level: str = "INFO"


def settings(environment: Mapping[str, str]) -> Settings:
    """The settings in an environment; raises SettingsError."""
    default = Settings()
    return Settings(
        namespace=environment.get("OPTIPATH_NAMESPACE", default.namespace),
        identity=environment.get("OPTIPATH_IDENTITY", default.identity),
        egress=_egress(environment.get("OPTIPATH_EGRESS", "")),
        pokes_per_second=_number(environment, "OPTIPATH_POKES_PER_SECOND", default.pokes_per_second),
        port=_port(environment.get("OPTIPATH_PORT", str(default.port))),
        log_level=_level(environment.get("OPTIPATH_LOG_LEVEL", default.log_level)),
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


def _number(environment: Mapping[str, str], name: str, default: float) -> float:
    text = environment.get(name, str(default))
    try:
        number = float(text)
    except ValueError:
        number = -1.0
    if not 0 <= number < 1e6:
        raise SettingsError(f"{name}: {text!r} is not a number from 0 upwards")
    return number


def _port(text: str) -> int:
    if not text.isdecimal() or not 0 < int(text) < 65536:
        raise SettingsError(f"OPTIPATH_PORT: {text!r} is not a port")
    return int(text)


def _level(text: str) -> str:
    if text.upper() not in ("DEBUG", "INFO", "WARNING", "ERROR"):
        raise SettingsError(f"OPTIPATH_LOG_LEVEL: {text!r} is none of DEBUG, INFO, WARNING, ERROR")
    return text.upper()
