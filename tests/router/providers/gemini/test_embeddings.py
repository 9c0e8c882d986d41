"""Embeddings of Gemini's."""

import json

import pytest

from optipath_router.errors import UpstreamBroken
from optipath_router.providers.dialect import ErrorTold
from optipath_router.providers.gemini.embeddings import read_embeddings, write_embeddings
from support.wire import exchanges


def test_recorded_requests_are_written_as_gemini_took_them() -> None:
    for exchange in exchanges("gemini.embed"):
        body = exchange["request"]["body"]
        texts = [each["content"]["parts"][0]["text"] for each in body["requests"]]
        model = body["requests"][0]["model"]
        ours = write_embeddings(texts, model, body["requests"][0]["outputDimensionality"])
        assert json.loads(ours.body) == body
        assert exchange["request"]["url"].endswith(ours.path)


def test_recorded_answers_are_read() -> None:
    tokens = []
    for exchange in exchanges("gemini.embed"):
        inputs = len(exchange["request"]["body"]["requests"])
        told = read_embeddings(json.dumps(exchange["response"]["body"]).encode(), inputs=inputs)
        assert [list(each) for each in told.vectors] == [
            each["values"] for each in exchange["response"]["body"]["embeddings"]
        ]
        tokens.append(told.tokens)
    assert sorted(tokens, key=str) == [4, 4, None]


def test_what_is_no_vector_for_each_input_is_broken() -> None:
    for body in (
        b"{}",
        b"[]",
        b'{"embeddings": [{"values": []}]}',
        b'{"embeddings": [{"values": [1]}, {"values": [2]}]}',
    ):
        with pytest.raises(UpstreamBroken):
            read_embeddings(body, inputs=1)
    with pytest.raises(ErrorTold):
        read_embeddings(b'{"error": {"code": 500}}', inputs=1)
