"""What the injector calls things, and what a pod may ask of it."""

from typing import Final

CONTAINER: Final = "optipath-router"
API_PORT: Final = 7080
ADMIN_PORT: Final = 7081
ADMIN_PORT_NAME: Final = "optipath-admin"
BASE_URL: Final = f"http://127.0.0.1:{API_PORT}/v1"

SNAPSHOT: Final = "optipath-snapshot"
CREDENTIALS: Final = "optipath-credentials"
PODINFO: Final = "optipath-podinfo"
STATE: Final = "optipath-state"
NO_TOKEN: Final = "optipath-no-token"  # noqa: S105  a volume, and nothing in it
VOLUMES: Final = frozenset({SNAPSHOT, CREDENTIALS, PODINFO, STATE, NO_TOKEN})
"""All volumes that are ever ours."""

PREFIX: Final = "optipath.io/"
INJECT_LABEL: Final = PREFIX + "inject"
ROUTER_LABEL: Final = PREFIX + "router"
STATUS: Final = PREFIX + "status"
ENV: Final = PREFIX + "env"
SECRET: Final = PREFIX + "credentials"
LOG_LEVEL: Final = PREFIX + "log-level"
CPU, MEMORY = PREFIX + "cpu", PREFIX + "memory"
CPU_LIMIT, MEMORY_LIMIT = PREFIX + "cpu-limit", PREFIX + "memory-limit"
WISHES: Final = (CPU, MEMORY, CPU_LIMIT, MEMORY_LIMIT, LOG_LEVEL, ENV, SECRET)
"""The annotations by which a pod says how it wants its router."""
OTHERS: Final = frozenset({STATUS, PREFIX + "config-hash"})
"""Annotations that the injector and the operator write."""
