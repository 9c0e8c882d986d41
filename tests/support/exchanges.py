"""Every recorded exchange with a provider, whatever it speaks, and what any reader must come to."""

import json
from functools import cache
from typing import Any

import msgspec

from support.wire import recordings


class Recorded(msgspec.Struct, frozen=True):
    """One exchange. Its `expect` is in the provider's own words, of the first choice."""

    id: str
    provider: str
    dialect: str
    request: dict[str, Any] | None
    response: dict[str, Any]
    tags: list[str] = []
    expect: dict[str, Any] | None = None

    @property
    def status(self) -> int:
        return int(self.response["status"])

    @property
    def streams(self) -> bool:
        return "body_text" in self.response and "stream" in self.tags

    @property
    def body(self) -> bytes:
        """The answer's bytes. What was kept parsed is written again."""
        if (text := self.response.get("body_text")) is not None:
            return str(text).encode()
        return json.dumps(self.response.get("body"), ensure_ascii=False).encode()

    @property
    def asked(self) -> dict[str, Any] | None:
        """The request's body, where it was kept."""
        body = self.request and self.request.get("body")
        return body if isinstance(body, dict) else None


@cache
def recorded(*dialects: str) -> tuple[Recorded, ...]:
    """Those that speak one of these dialects; skips the test where there is no recording."""
    decode = msgspec.json.Decoder(Recorded).decode
    lines = (line for file in recordings() for line in file.read_text().splitlines())
    return tuple(each for each in map(decode, lines) if each.dialect in dialects)
