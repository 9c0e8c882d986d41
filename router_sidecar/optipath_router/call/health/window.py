"""How many of the latest samples were good, as a value: counted by the second, so that it stays small."""

import msgspec


class Window(msgspec.Struct, frozen=True):
    """Samples of the last seconds."""

    seconds: int
    """How far it looks back."""
    counts: tuple[tuple[int, int, int], ...] = ()
    """The second, the samples in it, and the good ones among them; the oldest first."""

    def adding(self, now: float, *, good: bool) -> "Window":
        """The window with one more sample."""
        second = int(now)
        counts = self.counts
        if counts and counts[-1][0] == second:
            _, samples, well = counts[-1]
            return Window(self.seconds, (*counts[:-1], (second, samples + 1, well + good)))
        kept = tuple(count for count in counts if second - count[0] < self.seconds)
        return Window(self.seconds, (*kept, (second, 1, int(good))))

    def rate(self, now: float, at_least: int) -> float | None:
        """The share of good samples, 0 to 1; None while there are fewer samples than it takes to judge."""
        oldest = int(now) - self.seconds
        samples = well = 0
        for second, of_it, good in self.counts:
            if second > oldest:
                samples += of_it
                well += good
        return well / samples if samples >= max(1, at_least) else None
