"""`python -m e2e.bench [WORD]`: measure, print a table, and fail where a must is missed.

With a word, only the benchmarks whose name has it.
"""

import sys
from collections.abc import Callable, Iterator

from e2e.bench.deciding import classifying, deciding
from e2e.bench.figure import MARGIN, Figure
from e2e.bench.reading import reading, rewriting
from e2e.bench.starting import starting
from e2e.bench.streaming import streaming

BENCHMARKS: tuple[Callable[[], Iterator[Figure]], ...] = (
    deciding,
    classifying,
    reading,
    rewriting,
    streaming,
    starting,
)


def main(word: str = "") -> int:
    """Run them, and say how many musts were missed."""
    missed = 0
    print(f"{'what':<52}{'best':>10}  {'':<4}{'to reach':>10}")
    for benchmark in BENCHMARKS:
        if word not in benchmark.__name__:
            continue
        for figure in benchmark():
            reach = "" if figure.reach is None else f"{'must ' if figure.must else ''}{figure.reach:.3g}"
            remark = f"  missed by more than {MARGIN - 1:.0%}" if figure.missed else ""
            print(f"{figure.what:<52}{figure.value:>10.3g}  {figure.unit:<4}{reach:>10}{remark}", flush=True)
            missed += figure.missed
    return missed


if __name__ == "__main__":
    sys.exit(1 if main(*sys.argv[1:2]) else 0)
