"""A whole answer of Gemini's."""

from optipath_router.chat.answer import Answer, Delta
from optipath_router.chat.folding import fold
from optipath_router.errors import Outcome, UpstreamBroken
from optipath_router.providers.dialect import ErrorTold
from optipath_router.providers.gemini.reading import Reading
from optipath_router.providers.gemini.wire import chunks


def read_answer(body: bytes) -> Answer:
    """A whole answer; raises UpstreamBroken where the body is none, ErrorTold where it tells an error instead."""
    reading = Reading()
    deltas: list[Delta] = []
    for chunk in chunks(body.removeprefix(b"\xef\xbb\xbf").strip()):
        if chunk.error is not None:
            raise ErrorTold
        deltas += reading.read(chunk)
    if not reading.finished:
        raise UpstreamBroken(Outcome.BROKEN, "the answer does not tell why it ended")
    return fold(deltas)
