"""Log-probabilities: of each text in a response; of a whole choice in a chat completion, as we keep them."""

from typing import Any, Final

import msgspec

_encode: Final = msgspec.json.Encoder().encode
_decode: Final = msgspec.json.Decoder(dict[str, Any]).decode


def read_logprobs(told: Any) -> msgspec.Raw | None:
    """Those of a text, in OpenAI's chat format; None where there are none."""
    if not isinstance(told, list) or not told:
        return None
    content = [_token(each, None) for each in told if isinstance(each, dict)]
    return msgspec.Raw(_encode({"content": content, "refusal": None}))


def write_logprobs(kept: msgspec.Raw | None) -> list[dict[str, Any]]:
    """Those of a text, from OpenAI's chat format."""
    if kept is None:
        return []
    try:
        content = _decode(kept).get("content")
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        return []
    return [_token(each, []) for each in content if isinstance(each, dict)] if isinstance(content, list) else []


def joined(several: list[msgspec.Raw]) -> msgspec.Raw | None:
    """Those of several texts as those of one choice."""
    tokens = [token for each in several for token in _decode(each)["content"]]
    return msgspec.Raw(_encode({"content": tokens, "refusal": None})) if tokens else None


def _token(told: dict[str, Any], no_bytes: list[int] | None) -> dict[str, Any]:
    """A token, with the alternatives to it; bytes may be left out in a stream, and null in a chat completion."""
    alternatives = told.get("top_logprobs")
    tops = [each for each in alternatives if isinstance(each, dict)] if isinstance(alternatives, list) else []
    return {
        "token": told.get("token"),
        "bytes": no_bytes if told.get("bytes") is None else told["bytes"],
        "logprob": told.get("logprob"),
        "top_logprobs": [
            {
                "token": top.get("token"),
                "bytes": no_bytes if top.get("bytes") is None else top["bytes"],
                "logprob": top.get("logprob"),
            }
            for top in tops
        ],
    }
