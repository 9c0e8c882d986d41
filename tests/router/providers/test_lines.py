"""JSON lines, whole and in pieces."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from optipath_router.errors import UpstreamBroken
from optipath_router.providers.lines import LineParser
from optipath_router.providers.sse import MAX_EVENT_BYTES
from support.pieces import cut, steps, until_broken

STREAM = b'{"a":1}\n\n{"b":"\xc3\xa9"}\r\n  \n{"c":3}'


def lines(*pieces: bytes) -> list[tuple[bytes, bytes | None]]:
    parser = LineParser()
    told = [message for piece in pieces for message in parser.feed(piece)]
    return [(raw, data) for raw, data in (*told, *parser.close())]


def test_each_line_is_a_message_and_blank_ones_have_no_data() -> None:
    assert [data for _, data in lines(STREAM)] == [b'{"a":1}', None, b'{"b":"\xc3\xa9"}', None, b'{"c":3}']
    assert b"".join(raw for raw, _ in lines(STREAM)) == STREAM


@given(cuts=st.lists(st.integers(0, len(STREAM)), max_size=8))
def test_any_pieces_make_the_same_lines(cuts: list[int]) -> None:
    assert lines(*cut(STREAM, cuts)) == lines(STREAM)


def test_what_is_kept_is_what_has_no_end_yet() -> None:
    parser = LineParser()
    list(parser.feed(b"abc\nde"))
    assert parser.kept == 2
    list(parser.feed(b"\n"))
    assert parser.kept == 0


def test_a_line_that_is_too_long_breaks_and_takes_nothing_from_those_before_it() -> None:
    endless = b"ok\n" + b"x" * (MAX_EVENT_BYTES + 1)
    for pieces in ([endless], [endless + b"\n"], steps(endless, 64 * 1024)):
        parser = LineParser()
        seen, broken = until_broken(message for piece in pieces for message in parser.feed(piece))
        assert [message.data for message in seen] == [b"ok"]
        assert isinstance(broken, UpstreamBroken)


def test_a_line_of_the_limit_is_read() -> None:
    with pytest.raises(UpstreamBroken):
        lines(b"x" * MAX_EVENT_BYTES + b"\n")
    assert lines(b"x" * (MAX_EVENT_BYTES - 1) + b"\n")
