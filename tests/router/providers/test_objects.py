"""Arguments of tool calls where a format wants an object."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from optipath_router.providers.objects import as_object, is_object

OBJECTS = {
    "to the letter": ('{"a": 1.00, "b": "\\u00e9"}', '{"a": 1.00, "b": "\\u00e9"}'),
    "white space around": (' {"a": 1}\n', '{"a": 1}'),
    "nothing": ("", "{}"),
    "null": ("null", "{}"),
    "cut off": ('{"a": ', '{"INVALID_JSON":"{\\"a\\": "}'),
    "a list": ("[1]", '{"INVALID_JSON":"[1]"}'),
    "deep inside": ('{"a": {"b": tru}}', '{"INVALID_JSON":"{\\"a\\": {\\"b\\": tru}}"}'),
}


@pytest.mark.parametrize(("arguments", "told"), OBJECTS.values(), ids=OBJECTS)
def test_an_object_stays_and_what_is_none_is_told_in_one(arguments: str, told: str) -> None:
    assert bytes(as_object(arguments)).decode() == told


@given(text=st.text() | st.recursive(st.none() | st.integers() | st.text(), st.lists).map(json.dumps))
def test_every_text_becomes_an_object(text: str) -> None:
    assert isinstance(json.loads(bytes(as_object(text))), dict)


def test_an_object_nested_without_end_is_none() -> None:
    assert not is_object('{"a":' * 100_000 + "1" + "}" * 100_000)
