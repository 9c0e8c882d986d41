"""A clock that the test moves."""


class Clock:
    """Seconds, as time.monotonic() tells them."""

    def __init__(self, now: float = 1000.0) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now

    def advance(self, seconds: float) -> None:
        """Let time pass."""
        self.now += seconds

    async def sleep(self, seconds: float) -> None:
        """What asyncio.sleep does, at once."""
        self.now += seconds
