"""Server-sent events: what they say does not hang on how they arrive."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from optipath_router.errors import Outcome
from optipath_router.providers.sse import MAX_EVENT_BYTES, Message, SseParser
from support import wire
from support.pieces import cut, steps, until_broken


def parse(*pieces: bytes) -> list[Message]:
    parser = SseParser()
    return [message for piece in pieces for message in parser.feed(piece)] + list(parser.close())


def said(messages: list[Message]) -> list[bytes]:
    """What messages say. To which of two the line ends between them belong says nothing."""
    return [message.data for message in messages if message.data is not None]


def data(*pieces: bytes) -> list[bytes | None]:
    return [message.data for message in parse(*pieces)]


places = st.lists(st.integers(0, 2**16), max_size=20)
# Streams of nothing but what matters: line ends, fields, spaces, marks.
lines = st.sampled_from((b"data: one", b"data:two", b"data:", b"data", b": ping", b"id: 7", b"event: x", b"", b" "))
ends = st.sampled_from((b"\n", b"\r\n", b"\r"))
streams = st.lists(st.tuples(lines, ends), max_size=20).map(lambda pairs: b"".join(line + end for line, end in pairs))


@given(stream=streams | st.binary(max_size=100), places=places)
def test_any_cut_makes_the_same_messages(stream: bytes, places: list[int]) -> None:
    assert said(parse(*cut(stream, places))) == said(parse(stream))


@given(stream=streams | st.binary(max_size=100), places=places)
def test_no_byte_is_lost(stream: bytes, places: list[int]) -> None:
    assert b"".join(message.raw for message in parse(*cut(stream, places))) == stream


@given(stream=streams)
def test_byte_by_byte_is_as_good_as_whole(stream: bytes) -> None:
    assert said(parse(*steps(stream, 1))) == said(parse(stream))


@pytest.mark.case("S11")
@given(places=places, number=st.integers(0, 10**6))
def test_any_cut_of_a_recorded_stream_makes_the_same_messages(places: list[int], number: int) -> None:
    recorded = wire.streams()
    stream = recorded[number % len(recorded)][1]
    messages = parse(*cut(stream, places))
    assert said(messages) == said(parse(stream))
    assert b"".join(message.raw for message in messages) == stream


FORMS = {
    "LF": b"data: one\n\ndata: two\n\n",
    "CRLF": b"data: one\r\n\r\ndata: two\r\n\r\n",
    "CR": b"data: one\r\rdata: two\r\r",
    "mixed": b"data: one\r\n\ndata: two\n\r\n",
    "mixed again": b"data: one\n\rdata: two\r\r\n",
    "no space": b"data:one\n\ndata:two\n\n",
    "a byte order mark": b"\xef\xbb\xbfdata: one\n\ndata: two\n\n",
    "ids and names": b"id: 1\nevent: message\ndata: one\n\nid: 2\ndata: two\nretry: 10\n\n",
    "comments inside": b": hello\ndata: one\n\n: again\ndata: two\n\n",
    "no end of the last one": b"data: one\n\ndata: two",
    "more blank lines than needed": b"data: one\n\n\n\ndata: two\n\n",
    "more of them, of CR": b"data: one\r\r\r\r\rdata: two\r\r\r\r",
    "a byte order mark after them": b"data: one\r\r\r\xef\xbb\xbfdata: two\r\r",
}


@pytest.mark.case("S11")
@pytest.mark.parametrize("stream", FORMS.values(), ids=FORMS)
def test_every_legal_form_says_the_same(stream: bytes) -> None:
    whole = [each for each in data(stream) if each is not None]
    assert whole == [b"one", b"two"]
    assert [each for each in data(*steps(stream, 1)) if each is not None] == whole


def test_many_data_lines_are_one_message() -> None:
    assert data(b'data: {"a":\ndata:  1}\ndata:\n\n') == [b'{"a":\n 1}\n']


def test_only_one_space_is_taken_off() -> None:
    assert data(b"data:  two spaces\n\n") == [b" two spaces"]


def test_a_comment_has_no_data() -> None:
    assert parse(b": keep-alive\n\n") == [Message(b": keep-alive\n\n", None)]


def test_a_field_that_only_begins_like_data_is_none() -> None:
    assert data(b"database: one\n\n") == [None]


def test_a_cr_at_the_end_of_a_piece_waits_for_its_lf() -> None:
    parser = SseParser()
    assert list(parser.feed(b"data: one\r\n\r")) == []
    assert [message.data for message in parser.feed(b"\ndata: two\r\n\r\n")] == [b"one", b"two"]


def test_a_message_is_told_as_soon_as_it_is_whole() -> None:
    parser = SseParser()
    assert list(parser.feed(b"data: one\n")) == []
    assert [message.data for message in parser.feed(b"\n")] == [b"one"]


@pytest.mark.parametrize("end", [b"\n", b"\r", b"\r\n"], ids=["LF", "CR", "CRLF"])
def test_blank_lines_without_end_are_passed_on_and_not_kept(end: bytes) -> None:
    parser = SseParser()
    passed = b""
    for piece in steps(b"data: one\n" + 5000 * end, 1000):
        passed += b"".join(message.raw for message in parser.feed(piece))
        assert parser.kept <= 2
    assert len(passed) + parser.kept == len(b"data: one\n" + 5000 * end)


@pytest.mark.parametrize("ended", [True, False], ids=["ended", "without end"])
@pytest.mark.parametrize("step", [1000, 65536, 10**7])
def test_an_event_that_is_too_long_is_refused_however_it_comes(step: int, *, ended: bool) -> None:
    stream = b"data: before\n\ndata: " + b"x" * MAX_EVENT_BYTES + b"\n\n" * ended
    parser = SseParser()
    seen, broken = until_broken(message for piece in steps(stream, step) for message in parser.feed(piece))
    assert [message.data for message in seen] == [b"before"]
    assert broken is not None
    assert broken.outcome is Outcome.BROKEN
    assert str(MAX_EVENT_BYTES) in str(broken)


def test_the_longest_event_is_read() -> None:
    event = b"data: " + b"x" * (MAX_EVENT_BYTES - 8) + b"\n\n"
    assert [len(message.raw) for message in parse(event[:500_000], event[500_000:])] == [MAX_EVENT_BYTES]


class _Counting:
    """The pattern of a blank line, which counts the bytes that it is made to look at."""

    def __init__(self, pattern: object) -> None:
        self.pattern, self.looked_at = pattern, 0

    def search(self, buffer: bytearray, begin: int) -> object:
        self.looked_at += len(buffer) - begin
        return self.pattern.search(buffer, begin)  # type: ignore[attr-defined]  # a compiled pattern


def test_a_long_event_in_small_pieces_is_not_looked_at_again_and_again(monkeypatch: pytest.MonkeyPatch) -> None:
    from optipath_router.providers import sse  # noqa: PLC0415  its pattern is replaced

    counting = _Counting(sse._BLANK_LINE)
    monkeypatch.setattr(sse, "_BLANK_LINE", counting)
    stream = b"data: " + json.dumps("x" * 1_000_000).encode() + b"\n\n"
    parse(*steps(stream, 100))
    assert counting.looked_at < 1.1 * len(stream)
