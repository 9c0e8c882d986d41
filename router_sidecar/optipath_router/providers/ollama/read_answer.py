"""A whole answer of Ollama's."""

from optipath_router.chat.answer import Answer
from optipath_router.chat.folding import fold
from optipath_router.errors import Outcome, UpstreamBroken
from optipath_router.providers.dialect import ErrorTold
from optipath_router.providers.ollama.reading import Reading
from optipath_router.providers.ollama.wire import line


def read_answer(body: bytes) -> Answer:
    """A whole answer; raises UpstreamBroken where the body is none, ErrorTold where it tells an error instead."""
    told = line(body.removeprefix(b"\xef\xbb\xbf").strip())
    if told.error is not None:
        raise ErrorTold
    reading = Reading()
    answer = fold(reading.read(told))
    if not reading.finished:
        raise UpstreamBroken(Outcome.BROKEN, "the answer is not marked as done")
    return answer
