"""Whether the arguments of a call are complete is known at each piece, and what they say is decoded once."""

import json
from unittest.mock import Mock

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from optipath_router.providers.anthropic.call_arguments import MAX_ARGUMENTS, CallArguments

values = st.recursive(
    st.none() | st.booleans() | st.integers(-99, 99) | st.text('{}[]"\\ aé', max_size=6),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text('{}"\\a', max_size=3), inner, max_size=3),
    max_leaves=8,
)
written = st.one_of(
    values.map(json.dumps),
    st.tuples(values, st.sampled_from(["", " ", "\n", "x", "}", "{}"])).map(lambda made: json.dumps(made[0]) + made[1]),
    st.text('{}[]":,\\ a1\n', max_size=12),
)


def is_object(text: str) -> bool:
    try:
        return isinstance(msgspec.json.decode(text), dict)
    except msgspec.DecodeError:
        return False


@given(written, st.data())
def test_arguments_are_complete_when_they_are_an_object(text: str, data: st.DataObject) -> None:
    arguments, at = CallArguments(), 0
    while at < len(text):
        step = data.draw(st.integers(1, 4))
        arguments.add(text[at : at + step])
        at += step
        assert arguments.complete == is_object(text[:at])


def test_arguments_that_are_too_long_to_keep_are_never_complete() -> None:
    arguments = CallArguments()
    for piece in ('{"a":"', "x" * MAX_ARGUMENTS, '"}'):
        arguments.add(piece)
    assert not arguments.complete


def test_arguments_of_many_braces_are_decoded_once(monkeypatch: pytest.MonkeyPatch) -> None:
    decoded = Mock(wraps=msgspec.json.decode)
    monkeypatch.setattr(msgspec.json, "decode", decoded)
    arguments, pieces = CallArguments(), ['{"a":[', *['{"b":"}"}', ",{}", ","] * 300, "{}]}", " ", "{}", "}"]
    verdicts = []
    for piece in pieces:
        arguments.add(piece)
        verdicts.append(arguments.complete)
    assert verdicts == [False] * 901 + [True, True, False, False]
    assert decoded.call_count == 1
