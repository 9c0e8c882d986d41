"""`python -m optipath_cli.evaluation FIXTURES --folds FOLDER`: the numbers to reach, as the router reaches them."""

import argparse
import sys
from pathlib import Path

from optipath_cli.evaluation.evaluate import Setting
from optipath_cli.evaluation.held_out import read_held_out, remembered
from optipath_cli.evaluation.numbers import beside_published, evaluations, numbers, savings, table
from optipath_cli.evaluation.plot import plot


def main() -> None:
    """Replay every set, and print three tables."""
    parser = argparse.ArgumentParser(prog="python -m optipath_cli.evaluation", description=__doc__)
    parser.add_argument("fixtures", type=Path, help="folder with routing/")
    parser.add_argument("--folds", type=Path, required=True, help="models of folds, as `make folds` writes them")
    parser.add_argument("--plots", type=Path, metavar="FOLDER", help="also write a plot of each set")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--draws", type=int, default=200)
    asked = parser.parse_args()
    held_out = read_held_out(asked.folds)
    setting = Setting(remembered(held_out.predict), held_out, asked.seed, asked.draws)
    found = []
    for each in evaluations(asked.fixtures, setting):
        found.append(each)
        sys.stderr.write(f"{each.recordings.name}: {len(each.recordings.rows):,} prompts replayed\n")
        if asked.plots:
            asked.plots.mkdir(parents=True, exist_ok=True)
            (asked.plots / f"{each.recordings.name}.svg").write_text(plot(each), encoding="utf-8")
    reached = [number for each in found for number in numbers(each)]
    seen = sum(each.seen for each in found)
    sample = "out of sample" if not seen else f"{seen:,} prompts NOT out of sample"
    sys.stdout.write(
        f"Through the router's own understanding and deciding, {sample}; in brackets 95 % of "
        f"{asked.draws} bootstrap draws, seed {asked.seed}.\n\n"
        f"{table(reached)}\n\n{beside_published(found)}\n\n{savings(found)}\n"
    )


if __name__ == "__main__":
    main()
