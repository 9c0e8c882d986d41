"""Errors in place of answers: the words, whose shape they have, and where they ask for patience.

The shapes are those that providers are reported to send; a dialect writes its own, all others are written here.
"""

from email.utils import formatdate
from http import HTTPStatus
from typing import Any, Literal, assert_never

import msgspec

from optipath_cli.simulator.actions import Headers, Script, whole
from optipath_cli.simulator.behaviour import Patience, Refusal
from optipath_cli.simulator.chat import Asked, Stamp
from optipath_cli.simulator.dialects import Dialect

REASONS = {status.value: status.phrase for status in HTTPStatus}
GOOGLE = {400: "INVALID_ARGUMENT", 429: "RESOURCE_EXHAUSTED", 500: "INTERNAL", 503: "UNAVAILABLE"}
"""Google's name for a status; any other one is UNKNOWN."""
RETRY_INFO = "type.googleapis.com/google.rpc.RetryInfo"
PAGE = "<html>\r\n<head><title>{0}</title></head>\r\n<body>\r\n<center><h1>{0}</h1></center>\r\n</body>\r\n</html>\r\n"


def refuse(refusal: Refusal, dialect: Dialect, asked: Asked, stamp: Stamp, key: str | None) -> Script:
    """An error as a whole reply; a wrong key is quoted in part, as providers do."""
    kind, body = _body(refusal, dialect, _message(refusal, asked, key))
    headers = (*((("content-type", kind),) if kind else ()), request_id(stamp), *_patience(refusal.patience, stamp))
    yield from whole(refusal.status, headers, body)


def request_id(stamp: Stamp) -> tuple[str, str]:
    """The header by which a provider's support would find the request."""
    return ("x-request-id", f"req_simulated_{stamp.number}")


def json_headers(stamp: Stamp) -> Headers:
    """Headers of a reply in JSON."""
    return (("content-type", "application/json"), request_id(stamp))


def _message(refusal: Refusal, asked: Asked, key: str | None) -> str:
    """What is told to a person."""
    match refusal.reason:
        case "wrong-key":
            shown = f"{key[:5]}****{key[-4:]}" if key else "none"
            said = f"Incorrect API key provided: {shown}. This provider is a simulator."
        case "quota":
            said = "The account has spent its quota. This provider is a simulator and has none to sell."
        case "context":
            said = f"The prompt of {asked.tokens} tokens exceeds this model's maximum context length."
        case "policy":
            said = "The request was rejected by the simulator's safety system."
        case "overloaded":
            said = "The simulator is overloaded, as its model name asks."
        case "status":
            said = f"The model name asks the simulator for status {refusal.status}."
        case _:
            assert_never(refusal.reason)
    if refusal.patience and refusal.patience.place == "message":
        return f"{said} Please try again in {refusal.patience.wait}."
    return said


def _body(refusal: Refusal, dialect: Dialect, message: str) -> tuple[str | None, bytes]:
    """The content type, and the body in its shape."""
    if refusal.patience and refusal.patience.place == "retry-info":
        details = [{"@type": RETRY_INFO, "retryDelay": refusal.patience.wait}]
        return "application/json", _google(refusal.status, message, details)
    match refusal.shape:
        case "own":
            return "application/json", dialect.error(refusal.status, message, refusal.reason)
        case "html":
            title = f"{refusal.status} {REASONS.get(refusal.status, 'Error')}"
            return "text/html", PAGE.format(title).encode()
        case "text":
            return "text/plain", message.encode()
        case "empty":
            return None, b""
        case "anthropic" | "azure" | "gemini":
            return "application/json", _overloaded(refusal.status, refusal.shape)
        case _:
            assert_never(refusal.shape)


def _overloaded(status: int, provider: Literal["anthropic", "azure", "gemini"]) -> bytes:
    """That the provider is too busy, as it says so itself."""
    match provider:
        case "anthropic":
            error = {"type": "overloaded_error", "message": "Overloaded"}
            return msgspec.json.encode({"type": "error", "error": error, "request_id": "req_simulated"})
        case "azure":
            busy = "The system is currently experiencing high demand. Please retry after 20 seconds."
            return msgspec.json.encode({"error": {"code": str(status), "message": busy}})
        case "gemini":
            return _google(status, "The model is overloaded. Please try again later.", [])
        case _:
            assert_never(provider)


def _google(status: int, message: str, details: list[Any]) -> bytes:
    """An error in the shape of all of Google's services."""
    error = {"code": status, "message": message, "status": GOOGLE.get(status, "UNKNOWN")}
    return msgspec.json.encode({"error": error | ({"details": details} if details else {})})


def _patience(patience: Patience | None, stamp: Stamp) -> Headers:
    """The headers that ask for it, where it is headers that do."""
    if patience is None:
        return ()
    match patience.place:
        case "retry-after" | "retry-after-ms":
            return ((patience.place, patience.wait),)
        case "retry-after-date":
            return (("retry-after", formatdate(stamp.created + int(patience.wait), usegmt=True)),)
        case "reset-requests" | "reset-tokens":
            counted = patience.place.removeprefix("reset-")
            limit = (f"x-ratelimit-limit-{counted}", "100")
            spent = (f"x-ratelimit-remaining-{counted}", "0")
            return (limit, spent, (f"x-ratelimit-reset-{counted}", patience.wait))
        case "message" | "retry-info":
            return ()
        case _:
            assert_never(patience.place)
