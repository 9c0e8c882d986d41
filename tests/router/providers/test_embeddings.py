"""Embeddings as OpenAI's callers ask for them and want them told."""

import json
from base64 import b64decode
from struct import unpack
from typing import Any

import pytest

from optipath_router.errors import RequestRejected, UpstreamBroken
from optipath_router.providers.embeddings import (
    Embedded,
    EmbeddingsAsked,
    checked,
    read_embeddings_request,
    texts_of,
    write_embeddings_answer,
)
from support.wire import exchanges


def asked(**members: Any) -> EmbeddingsAsked:
    return read_embeddings_request(json.dumps({"model": "m", "input": "a", **members}).encode())


def test_one_text_or_many_are_asked_for() -> None:
    assert asked() == EmbeddingsAsked("m", ("a",))
    assert asked(input=["a", "b"], dimensions=8, encoding_format="base64") == EmbeddingsAsked(
        "m", ("a", "b"), dimensions=8, base64=True
    )


def test_what_nobody_has_understood_is_kept() -> None:
    extra = asked(user="u").extra
    assert extra is not None
    assert dict(extra.members).keys() == {"user"}


@pytest.mark.parametrize("tokens", [[1, 2], [[1, 2], [3]]])
def test_tokens_are_read_and_are_no_texts(tokens: list[Any]) -> None:
    request = asked(input=tokens)
    assert request.tokens is not None
    assert json.loads(bytes(request.tokens)) == tokens
    with pytest.raises(RequestRejected, match="tokenizer"):
        texts_of(request)


REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "no input": ({"input": None}, "input is missing"),
    "an object": ({"input": {"a": 1}}, "input is wrong"),
    "empty": ({"input": []}, "input has 0 elements"),
    "too many": ({"input": ["a"] * 2049}, "input has 2049 elements"),
    "mixed": ({"input": ["a", 1]}, "texts and tokens together"),
    "format": ({"encoding_format": "int8"}, "encoding_format is 'int8'"),
    "dimensions": ({"dimensions": 0}, "dimensions is 0"),
}


@pytest.mark.parametrize(("members", "message"), REFUSED.values(), ids=REFUSED)
def test_what_is_wrong_is_named(members: dict[str, Any], message: str) -> None:
    with pytest.raises(RequestRejected, match=message):
        asked(**members)


def test_recorded_requests_are_read() -> None:
    took = [each for each in exchanges("openai.embeddings") if each["request"] and each["response"]["status"] == 200]
    recorded = [each["request"]["body"] for each in took]
    for body in recorded:
        request = read_embeddings_request(json.dumps(body).encode())
        assert request.model == body["model"]
        assert request.tokens or request.inputs == tuple(
            [body["input"]] if isinstance(body["input"], str) else body["input"]
        )
        assert request.base64 == (body.get("encoding_format") == "base64")
    assert recorded


def test_the_answer_has_openai_s_shape() -> None:
    embedded = Embedded(((0.5, -1.0), (0.25, 2.0)), tokens=3)
    told = json.loads(write_embeddings_answer(embedded, asked(), "m-1", estimated_tokens=9))
    assert told == {
        "object": "list",
        "data": [
            {"object": "embedding", "index": 0, "embedding": [0.5, -1.0]},
            {"object": "embedding", "index": 1, "embedding": [0.25, 2.0]},
        ],
        "model": "m-1",
        "usage": {"prompt_tokens": 3, "total_tokens": 3},
    }


def test_base64_holds_floats_of_four_bytes() -> None:
    request = asked(encoding_format="base64")
    told = json.loads(write_embeddings_answer(Embedded(((0.5, -1.0),)), request, "m", estimated_tokens=9))
    assert unpack("<2f", b64decode(told["data"][0]["embedding"])) == (0.5, -1.0)
    assert told["usage"]["prompt_tokens"] == 9


def test_as_many_vectors_must_come_as_inputs_went() -> None:
    assert checked(((1.0,),), 1) == ((1.0,),)
    for vectors in ((), ((),), ((1.0,), (2.0,))):
        with pytest.raises(UpstreamBroken):
            checked(vectors, 1)
