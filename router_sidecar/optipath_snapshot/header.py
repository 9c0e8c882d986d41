"""Headers that a provider is sent beside the request, and those that only the router sets."""

from typing import Annotated

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from optipath_snapshot.part import Part

SECRET_HEADERS = ("authorization", "proxy-authorization", "cookie", "api-key", "x-api-key", "x-goog-api-key")
"""Headers that carry a secret, in lower case; a secret stands in the tenant's Secret and nowhere else."""

RESERVED_HEADERS = (
    *SECRET_HEADERS,
    "host",
    "connection",
    "keep-alive",
    "proxy-connection",
    "te",
    "trailer",
    "upgrade",
    "expect",
    "transfer-encoding",
    "content-length",
    "content-type",
    "content-encoding",
    "accept-encoding",
)
"""Secrets, and what is the router's own to say, in lower case.

A second `Host` beside ours would let whoever writes it choose who behind a shared front gets the key.
"""


def _is_free(name: str) -> str:
    if name.lower() in RESERVED_HEADERS:
        raise PydanticCustomError("header", "is a header that only the router sets")
    return name


class Header(Part):
    """A header sent with every request to a provider."""

    name: Annotated[str, Field(pattern=r"^[A-Za-z0-9!#$%&'*+.^_`|~-]+$"), AfterValidator(_is_free)]
    """A token of RFC 9110, and none of the reserved headers in any spelling."""
    value: str
