"""`python -m e2e.bench [WORD]`: measure, print a table, and fail where a must is missed.

With a word, only the benchmarks whose name has it.
"""

import os
import signal
import sys
from collections.abc import Callable, Iterator

from e2e.bench.aliased import aliased
from e2e.bench.chunks import chunks
from e2e.bench.classifying import understanding
from e2e.bench.cut import cut
from e2e.bench.deciding import classifying, deciding
from e2e.bench.failover import failover
from e2e.bench.figure import MARGIN, Figure
from e2e.bench.first_content import first_content
from e2e.bench.flood import flood
from e2e.bench.hang import hang
from e2e.bench.latency import latency
from e2e.bench.leaving import leaving
from e2e.bench.matching import matching
from e2e.bench.memory import memory
from e2e.bench.overload import overload
from e2e.bench.plain import plain
from e2e.bench.reading import reading, rewriting
from e2e.bench.reload import reload
from e2e.bench.rig.tools import CannotMeasure
from e2e.bench.sensing import sensing
from e2e.bench.slow_reader import slow_reader
from e2e.bench.starting import starting
from e2e.bench.streaming import streaming
from e2e.bench.translating import translating

BENCHMARKS: tuple[Callable[[], Iterator[Figure]], ...] = (
    deciding,
    classifying,
    matching,
    sensing,
    understanding,
    reading,
    rewriting,
    streaming,
    translating,
    plain,
    aliased,
    latency,
    first_content,
    chunks,
    flood,
    failover,
    hang,
    overload,
    slow_reader,
    reload,
    cut,
    leaving,
    memory,
    starting,
)


def main(word: str = "") -> int:
    """Run them, and say how many musts were missed."""
    chosen = [benchmark for benchmark in BENCHMARKS if word in benchmark.__name__]
    if not chosen:
        sys.exit(f"no benchmark's name has {word!r}; they are {', '.join(each.__name__ for each in BENCHMARKS)}")
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}\n")
    print(f"{'what':<58}{'ours':>9} {'':<5}{'nginx':>9}{'ratio':>9}  to reach")
    missed = 0
    for benchmark in chosen:
        for figure in benchmark():
            _show(figure)
            missed += figure.missed
    return missed


def _show(figure: Figure) -> None:
    nginx = "" if figure.nginx is None else f"{figure.nginx:.4g}"
    ratio = "" if figure.ratio is None else f"{figure.ratio:.3g}"
    remark = f"   MISSED by more than {MARGIN - 1:.0%}" if figure.missed else ""
    print(
        f"{figure.what:<58}{figure.value:>9.4g} {figure.unit:<5}{nginx:>9}{ratio:>9}  {figure.to_reach}{remark}",
        flush=True,
    )


if __name__ == "__main__":
    # What was started is ended, too, when we are.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    try:
        sys.exit(1 if main(*sys.argv[1:2]) else 0)
    except CannotMeasure as reason:
        sys.exit(f"cannot measure: {reason}")
