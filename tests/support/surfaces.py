"""Requests on every surface without an SDK, and what came back: to the byte, and whether its end came."""

from dataclasses import dataclass
from typing import Any

import httpx

from support import said
from support.router import Router


@dataclass(frozen=True, slots=True)
class Surface:
    """Where something is asked, and how the answer is read."""

    path: str
    read: Any

    def body(self, text: str, model: str, *, streams: bool) -> dict[str, Any]:
        """A plain question."""
        body: dict[str, Any] = {"model": model, "stream": streams}
        if self.path == "/v1/responses":
            return body | {"input": text, "store": False}
        body["messages"] = [{"role": "user", "content": text}]
        if self.path == "/v1/messages":
            return body | {"max_tokens": 500}
        return body | ({"stream_options": {"include_usage": True}} if streams else {})


SURFACES = {
    "chat": Surface("/v1/chat/completions", said.chat),
    "messages": Surface("/v1/messages", said.messages),
    "responses": Surface("/v1/responses", said.responses),
}
END_MARKS = (b"[DONE]", b"message_stop", b"response.completed", b"response.incomplete")
OPENINGS = {"chat": b'"role":"assistant"', "messages": b"event: message_start", "responses": b"event: response.created"}
"""What is in the first event of an answer, and in no other."""


@dataclass(frozen=True, slots=True)
class Heard:
    """What came back."""

    answer: httpx.Response
    body: bytes
    whole: bool
    """Whether its end came; else the connection was cut."""
    seen: said.Seen

    @property
    def status(self) -> int:
        return self.answer.status_code

    @property
    def model(self) -> str:
        """The name of the model that answered."""
        return str(self.answer.headers.get("x-optipath-model"))


async def hear(
    router: Router,
    surface: str,
    text: str = "Hello nonce-1",
    model: str = "auto",
    *,
    streams: bool = False,
    **given: Any,
) -> Heard:
    """What is answered to a question."""
    asked = SURFACES[surface]
    body = asked.body(text, model, streams=streams) | given
    request = router.http.build_request("POST", router.url + asked.path, json=body)
    answer = await router.http.send(request, stream=True)
    received, whole = b"", True
    try:
        async for piece in answer.aiter_raw():
            received += piece
    except httpx.RemoteProtocolError:
        whole = False
    finally:
        await answer.aclose()
    good = answer.is_success
    return Heard(answer, received, whole, asked.read(received, streams=streams) if good else said.Seen())
