"""What every provider's codec must do, whatever it speaks."""

import json

import pytest

from optipath_router.chat.answer import Answer, ChoiceEnded, Delta, Failing
from optipath_router.errors import UpstreamBroken
from optipath_router.providers.codec import AnswerReader, Read
from support.folded import folded
from support.kit.answers import ANSWERS, said
from support.kit.chats import plain
from support.kit.entries import PROVIDERS, Provider
from support.pieces import steps, until_broken

pytestmark = [pytest.mark.row("D38", "E24")]

every_provider = pytest.mark.parametrize("provider", PROVIDERS.values(), ids=PROVIDERS)
every_answer = pytest.mark.parametrize("answer", ANSWERS.values(), ids=ANSWERS)


def read(provider: Provider, *pieces: bytes) -> tuple[AnswerReader, list[Read], UpstreamBroken | None]:
    """What is read of a stream that ends after these pieces."""
    reader = provider.codec.reader()
    reads: list[Read] = []
    for piece in (*pieces, None):
        more, broken = until_broken(reader.close() if piece is None else reader.feed(piece))
        reads += more
        if broken is not None:
            return reader, reads, broken
    return reader, reads, None


def told(reads: list[Read]) -> list[Delta]:
    return [delta for each in reads for delta in each.deltas]


@every_provider
@every_answer
def test_a_whole_answer_says_what_was_said(provider: Provider, answer: Answer) -> None:
    assert said(provider.codec.read_answer(provider.whole(answer))) == said(answer)


@every_provider
@every_answer
def test_a_stream_says_the_same_as_a_whole_answer(provider: Provider, answer: Answer) -> None:
    reader, reads, broken = read(provider, *provider.events(answer))
    assert broken is None
    assert reader.finished
    assert said(folded(told(reads))) == said(answer)


@every_provider
@every_answer
def test_a_stream_in_pieces_of_any_size_says_the_same(provider: Provider, answer: Answer) -> None:
    stream = b"".join(provider.events(answer))
    whole = told(read(provider, stream)[1])
    for size in (1, 2, 3, 7, 64):
        assert told(read(provider, *steps(stream, size))[1]) == whole
    for place in range(len(stream)):
        assert told(read(provider, stream[:place], stream[place:])[1]) == whole


@every_provider
@every_answer
def test_what_was_read_are_the_bytes_that_came(provider: Provider, answer: Answer) -> None:
    stream = b"".join(provider.events(answer))
    assert b"".join(each.raw for each in read(provider, stream)[1]) == stream


@every_provider
@every_answer
def test_a_stream_that_breaks_off_anywhere_is_finished_only_if_all_was_said(provider: Provider, answer: Answer) -> None:
    stream = b"".join(provider.events(answer))
    for place in range(len(stream)):
        reader, reads, broken = read(provider, stream[:place])
        ended = any(isinstance(delta, ChoiceEnded) for delta in told(reads))
        assert ended or not reader.finished, stream[:place]
        if reader.finished and broken is None:
            unpriced = {name: value for name, value in said(folded(told(reads))).items() if name != "usage"}
            assert unpriced.items() <= said(answer).items(), stream[:place]


@every_provider
@every_answer
def test_an_error_inside_a_stream_is_told_and_never_an_end(provider: Provider, answer: Answer) -> None:
    events = provider.events(answer)
    for number in range(len(events)):
        before = read(provider, *events[:number])
        if before[0].finished:
            return
        reader, reads, broken = read(provider, *events[:number], provider.failing)
        assert not reader.finished
        assert broken is not None or any(isinstance(delta, Failing) for delta in told(reads))
        assert [delta for delta in told(reads) if not isinstance(delta, Failing)] == told(before[1])


NO_ANSWERS = {
    "nothing": b"",
    "null": b"null",
    "a list": b"[]",
    "an empty object": b"{}",
    "a page": b"<html>Bad gateway</html>",
    "no UTF-8": b'{"choices": "\xff"}',
    "half of it": None,
    "an error": None,
}


@every_provider
@pytest.mark.parametrize("what", NO_ANSWERS)
def test_what_is_no_answer_is_broken(provider: Provider, what: str) -> None:
    whole = provider.whole(ANSWERS["text"])
    body = {"half of it": whole[: len(whole) // 2], "an error": provider.error}.get(what) or NO_ANSWERS[what] or b""
    with pytest.raises(UpstreamBroken):
        provider.codec.read_answer(body)


@every_provider
@pytest.mark.parametrize("junk", [b"data: {]\n\n", b"data: 5\n\n", b"\xff\xfe\n\n", b"<html>\n\n", b"{}{}\n"])
def test_junk_in_a_stream_takes_nothing_from_what_came_before(provider: Provider, junk: bytes) -> None:
    first, *_ = provider.events(ANSWERS["text"])
    before = told(read(provider, first)[1])
    reader, reads, _ = read(provider, first + junk)
    assert told(reads)[: len(before)] == before
    assert not reader.finished


@every_provider
def test_a_plain_chat_is_asked_in_json_and_a_stream_is_asked_otherwise(provider: Provider) -> None:
    whole = provider.codec.write_chat(plain(), "m", streams=False)
    stream = provider.codec.write_chat(plain(), "m", streams=True)
    assert "Hello" in json.dumps(json.loads(whole.body))
    assert whole.path.startswith("/")
    assert (whole.path, whole.body) != (stream.path, stream.body)


@every_provider
def test_what_is_written_hangs_on_nothing_but_what_is_said(provider: Provider) -> None:
    assert provider.codec.write_chat(plain(), "m", streams=True) == provider.codec.write_chat(
        plain(), "m", streams=True
    )
