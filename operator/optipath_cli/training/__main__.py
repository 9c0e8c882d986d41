"""`python -m optipath_cli.training FIXTURES`: measure over five folds, train on all, write the file and its card."""

import argparse
import os
import sys
import time
from pathlib import Path

# One thread, so that sums are always made in the same order; numpy reads this when it is loaded.
os.environ["OPENBLAS_NUM_THREADS"] = "1"


def main() -> None:
    """Measure, and write unless told not to."""
    from optipath_cli.training.train import train  # noqa: PLC0415  after the line above

    parser = argparse.ArgumentParser(prog="python -m optipath_cli.training", description=__doc__)
    parser.add_argument("fixtures", type=Path, help="folder with routing/ and tasks/")
    parser.add_argument("--measure", action="store_true", help="only print the table")
    parser.add_argument(
        "--held-out", type=Path, metavar="FOLDER", help="also write the folds' models, for optipath eval"
    )
    asked = parser.parse_args()
    began = time.monotonic()

    def say(what: str) -> None:
        sys.stderr.write(f"{time.monotonic() - began:6.1f} s  {what}\n")

    sys.stdout.write(train(asked.fixtures, say, write=not asked.measure, held_out=asked.held_out))


if __name__ == "__main__":
    main()
