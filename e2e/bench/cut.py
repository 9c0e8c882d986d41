"""A provider that breaks off in mid-stream: whether the caller is told."""

from collections.abc import AsyncIterator

from e2e.bench.figure import Figure
from e2e.bench.prompts import KIB, body
from e2e.bench.rig.client import Answer, Client
from e2e.bench.rig.wire import Wire, on_the_wire

_TIMES = 20
_MODEL = "cut-3"


@on_the_wire
async def cut(wire: Wire) -> AsyncIterator[Figure]:
    """Twenty streams that are reset after three chunks."""
    async with wire.both(_MODEL) as (_, ours, _router):
        client = Client(ours.scripted)
        answers = [await client.ask(body(KIB, model=_MODEL)) for _ in range(_TIMES)]
    silent = sum(not _told(answer) for answer in answers)
    yield Figure(f"provider cuts a stream: callers of {_TIMES} not told", silent, "", reach=0, must=True)


def _told(answer: Answer) -> bool:
    """Whether a caller has what came, an error event after it, no end mark, and a closed connection."""
    said = answer.body
    return (
        said.count(b'"content":"at ') == 3 and b'data: {"error"' in said and b"[DONE]" not in said and not answer.whole
    )
