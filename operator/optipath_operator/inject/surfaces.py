"""The SDKs that read where to call from the environment, and what they read."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from optipath_operator.inject.names import API_PORT, BASE_URL


@dataclass(frozen=True, slots=True)
class Surface:
    """What one vendor's SDKs read: where to call, and a key, which they insist on and the router replaces."""

    base_url: tuple[str, str]
    """The variable, and what it is set to."""
    key: str


SURFACES: Final[Mapping[str, Surface]] = {
    "openai": Surface(("OPENAI_BASE_URL", BASE_URL), "OPENAI_API_KEY"),
    # Anthropic's SDKs put `/v1` there by themselves.
    "anthropic": Surface(("ANTHROPIC_BASE_URL", f"http://127.0.0.1:{API_PORT}"), "ANTHROPIC_API_KEY"),
}
NO_KEY: Final = "none"


def surfaces(names: str) -> tuple[str, ...]:
    """The names in a list such as `openai,anthropic`; raises ValueError."""
    wanted = tuple(dict.fromkeys(name.strip() for name in names.split(",") if name.strip()))
    if strange := [name for name in wanted if name not in SURFACES]:
        raise ValueError(f"{strange[0]!r} is none of {', '.join(SURFACES)}")
    return wanted
