"""Log-probs, from Gemini's form to OpenAI's chat format."""

from typing import Any

import msgspec


def logprobs_of(told: Any) -> msgspec.Raw | None:
    """The log-probs that a candidate's `logprobsResult` tells; None where it tells none."""
    chosen = told.get("chosenCandidates") if isinstance(told, dict) else None
    if not isinstance(chosen, list):
        return None
    others = told.get("topCandidates")
    tops = others if isinstance(others, list) else []
    content = []
    for number, each in enumerate(chosen):
        token = _token(each)
        if token is None:
            continue
        top = tops[number].get("candidates") if number < len(tops) and isinstance(tops[number], dict) else None
        listed = map(_token, top if isinstance(top, list) else ())
        content.append({**token, "top_logprobs": [each for each in listed if each is not None]})
    return msgspec.Raw(msgspec.json.encode({"content": content}))


def _token(told: Any) -> dict[str, Any] | None:
    token = told.get("token") if isinstance(told, dict) else None
    if not isinstance(token, str):
        return None
    # Gemini leaves a probability of one out: its logarithm is nought.
    logprob = told.get("logProbability", 0.0)
    if not isinstance(logprob, int | float):
        return None
    return {"token": token, "logprob": logprob, "bytes": list(token.encode())}
