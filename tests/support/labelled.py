"""Labelled prompts in ten languages, and how well something tells them apart.

Which prompts are held out is decided by a hash of their text. Rules are made on the others; the held-out
ones are for counting.
"""

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

CASES = Path(__file__).parents[1] / "router" / "classify" / "cases"
_DEV_SHARE = 0.6


@dataclass(frozen=True, slots=True)
class Prompt:
    language: str
    text: str
    kinds: frozenset[str]
    what: frozenset[str] = frozenset()
    """Where the kinds are finer: what is to be found."""

    @property
    def held_out(self) -> bool:
        return sha256(self.text.encode()).digest()[0] >= 256 * _DEV_SHARE


def prompts(topic: str) -> Iterator[Prompt]:
    for file in sorted((CASES / topic).glob("*.jsonl")):
        for line in file.read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            yield Prompt(file.stem, row["text"], frozenset(row["kinds"]), frozenset(row.get("what", ())))


@dataclass(slots=True)
class Tally:
    """What was found and what was there, counted prompt by prompt."""

    right: int = 0
    wrong: int = 0
    missed: int = 0

    @property
    def precision(self) -> float:
        return self.right / (self.right + self.wrong) if self.right + self.wrong else 1.0

    @property
    def recall(self) -> float:
        return self.right / (self.right + self.missed) if self.right + self.missed else 1.0

    def __str__(self) -> str:
        counts = f"{self.right} right, {self.wrong} wrong, {self.missed} missed"
        return f"precision {self.precision:.3f} recall {self.recall:.3f} ({counts})"


@dataclass(slots=True)
class Score:
    kinds: dict[str, Tally] = field(default_factory=lambda: defaultdict(Tally))
    languages: dict[str, Tally] = field(default_factory=lambda: defaultdict(Tally))
    whole: Tally = field(default_factory=Tally)

    def lines(self) -> Iterator[str]:
        for name, tally in (*sorted(self.kinds.items()), *sorted(self.languages.items()), ("all", self.whole)):
            yield f"{name:<22}{tally}"


def score(
    asked: Iterable[Prompt], found: Callable[[Prompt], frozenset[str]], there: Callable[[Prompt], frozenset[str]]
) -> Score:
    """How what is found compares with what is there."""
    result = Score()
    for prompt in asked:
        seen, labelled = found(prompt), there(prompt)
        for name in seen | labelled:
            for tally in (result.kinds[name], result.languages[prompt.language], result.whole):
                tally.right += name in seen & labelled
                tally.wrong += name in seen - labelled
                tally.missed += name in labelled - seen
    return result
