"""A chat request for a provider that speaks OpenAI's dialect: the caller's bytes with the model changed."""

import msgspec

_decode = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode
_encode = msgspec.json.Encoder().encode


def with_model(body: bytes, asked: str, upstream: str) -> bytes:
    """The body with another model in it, every other value to the letter as it came."""
    if asked == upstream:
        return body
    fields = _decode(body)
    fields["model"] = msgspec.Raw(_encode(upstream))
    return _encode(fields)
