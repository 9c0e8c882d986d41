"""The router's settings, from its environment. A wrong one is refused by name before anything starts."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

LOG_LEVELS: Final = ("DEBUG", "INFO", "WARNING", "ERROR")


class SettingsError(Exception):
    """A setting that cannot be used; its message names it and its value."""


@dataclass(frozen=True, slots=True)
class Address:
    """A host and port to listen on; port 0 is any free one."""

    host: str
    port: int
    optional: bool = False
    """Whether a machine without it (no IPv6, say) may go on without it."""

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


@dataclass(frozen=True, slots=True)
class Settings:
    """Where the router finds its files, and where it is found."""

    snapshot: Path = Path("/etc/optipath/snapshot")
    credentials: Path = Path("/etc/optipath/credentials")
    podinfo: Path = Path("/etc/optipath/podinfo")
    listen: tuple[Address, ...] = (Address("127.0.0.1", 7080), Address("::1", 7080, optional=True))
    """The API, for the pod alone."""
    admin: tuple[Address, ...] = (Address("0.0.0.0", 7081), Address("::", 7081, optional=True))  # noqa: S104  kubelet and Prometheus call from outside
    """Probes and metrics, for the node and the cluster."""
    namespace: str = ""
    """Whose router this is; empty takes any snapshot."""
    workload: str = ""
    """Whose pod it is, such as `Deployment/chat`; empty where nobody says so. It stands in the decision log."""
    service_account: str = ""
    """As whom the pod runs; it stands there, too."""
    grace_seconds: float = 30.0
    """How long after SIGTERM the pod is killed."""
    max_in_flight: int = 1000
    """How many requests are served at once; the next is told to come back."""
    log_level: str = "INFO"
    decision_log: Path | None = None
    """A file to which each request's record is written, as a line of JSON; None writes none."""
    decision_log_bytes: int = 10 * 1024 * 1024
    """How long that file may become; the one before it is kept beside it."""
    decision_log_prompts: bool = False
    """Whether messages are written there, too. Nothing else ever writes them anywhere."""


def settings(environment: Mapping[str, str]) -> Settings:
    """The settings in an environment; raises SettingsError."""
    default = Settings()
    return Settings(
        snapshot=Path(environment.get("OPTIPATH_SNAPSHOT", default.snapshot)),
        credentials=Path(environment.get("OPTIPATH_CREDENTIALS", default.credentials)),
        podinfo=Path(environment.get("OPTIPATH_PODINFO", default.podinfo)),
        listen=_addresses(environment, "OPTIPATH_LISTEN", default.listen),
        admin=_addresses(environment, "OPTIPATH_ADMIN", default.admin),
        namespace=environment.get("OPTIPATH_NAMESPACE", ""),
        workload=environment.get("OPTIPATH_WORKLOAD", ""),
        service_account=environment.get("OPTIPATH_SERVICE_ACCOUNT", ""),
        grace_seconds=_seconds(environment, "OPTIPATH_GRACE_SECONDS", default.grace_seconds),
        max_in_flight=_count(environment, "OPTIPATH_MAX_IN_FLIGHT", default.max_in_flight),
        log_level=_log_level(environment.get("OPTIPATH_LOG_LEVEL", default.log_level)),
        decision_log=Path(path) if (path := environment.get("OPTIPATH_DECISION_LOG")) else None,
        decision_log_bytes=_count(environment, "OPTIPATH_DECISION_LOG_BYTES", default.decision_log_bytes),
        decision_log_prompts=_truth(environment, "OPTIPATH_DECISION_LOG_PROMPTS"),
    )


def addresses(text: str) -> tuple[Address, ...]:
    """Addresses such as `127.0.0.1:7080,[::1]:7080`; raises ValueError."""
    return tuple(_address(part.strip()) for part in text.split(","))


def _address(text: str) -> Address:
    host, colon, port = text.rpartition(":")
    host = host.removeprefix("[").removesuffix("]")
    if not colon or not host or not port.isdecimal() or int(port) > 65535:
        raise ValueError(f"{text!r} is not HOST:PORT")
    return Address(host, int(port))


def _addresses(environment: Mapping[str, str], name: str, default: tuple[Address, ...]) -> tuple[Address, ...]:
    if (text := environment.get(name)) is None:
        return default
    try:
        return addresses(text)
    except ValueError as error:
        raise SettingsError(f"{name}: {error}") from error


def _seconds(environment: Mapping[str, str], name: str, default: float) -> float:
    text = environment.get(name, str(default))
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0 <= value < float("inf"):
        raise SettingsError(f"{name}: {text!r} is not a number of seconds")
    return value


def _count(environment: Mapping[str, str], name: str, default: int) -> int:
    text = environment.get(name, str(default))
    if not text.isdecimal() or not int(text):
        raise SettingsError(f"{name}: {text!r} is not a number from 1 upwards")
    return int(text)


def _truth(environment: Mapping[str, str], name: str) -> bool:
    text = environment.get(name, "false")
    if text not in ("true", "false"):
        raise SettingsError(f"{name}: {text!r} is neither true nor false")
    return text == "true"


def _log_level(text: str) -> str:
    if text.upper() not in LOG_LEVELS:
        raise SettingsError(f"OPTIPATH_LOG_LEVEL: {text!r} is none of {', '.join(LOG_LEVELS)}")
    return text.upper()
