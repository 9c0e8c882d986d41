"""What it takes to understand a request: the routing model, on texts of some sizes and kinds.

Processor time, since nothing here waits, and other programs on the machine should not count.
"""

import os
import timeit
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from time import process_time

from e2e.bench.figure import Figure
from e2e.bench.prompts import KIB
from optipath_router.classify.model import SHIPPED, load

_ENGLISH = (
    "A company buys a machine for $48,000 and expects to use it for six years. Explain how straight-line depreciation "
    "differs from the declining balance, calculate both for the third year, and say which of them suits a firm whose "
    "repairs grow with age. Then write a short note to the auditor, in plain words, that defends the choice. "
)
_CHINESE = (
    "请解释直线折旧法与余额递减法的区别，分别计算第三年的折旧额，并说明哪一种"
    "更适合维修费用逐年上升的企业，然后用通俗的语言给审计师写一封短信。"
)
"""Three bytes a character."""

_STEPS, _ROUNDS = 20, 15

_ODD = {"one letter": "a", "brackets": "([{", "digits": "1 ", "emoji": "😀x "}


def understanding() -> Iterator[Figure]:
    """A prediction by text, the time to read the file, and the memory that it takes."""
    data = SHIPPED.read_bytes()
    before = _resident_mib()
    began = process_time()
    model = load(data)
    took = process_time() - began
    yield Figure("routing model: memory", _resident_mib() - before, "MiB")
    yield Figure("routing model: load", took * 1e3, "ms", reach=80, must=True)
    texts = {
        "1 KiB English": (_text(_ENGLISH, KIB), 1000),
        "1 KiB Chinese": (_text(_CHINESE, KIB // 3), 1000),
        "100 KiB English": (_text(_ENGLISH, 100 * KIB), 3000),
        "100 KiB Chinese": (_text(_CHINESE, 100 * KIB // 3), 3000),
        **{f"1 MiB of {kind}": (_text(repeated, KIB * KIB), 3000) for kind, repeated in _ODD.items()},
    }
    for kind, (text, reach) in texts.items():
        took = _microseconds(partial(model.predict, text))
        yield Figure(f"predict, {kind}", took, "µs", reach=reach, must=True)


def _microseconds(step: Callable[[], object]) -> float:
    """Processor time of a step, in the best of several rounds."""
    return min(timeit.repeat(step, timer=process_time, number=_STEPS, repeat=_ROUNDS)) / _STEPS * 1e6


def _text(repeated: str, size: int) -> str:
    return (repeated * (size // len(repeated) + 1))[:size]


def _resident_mib() -> float:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20
