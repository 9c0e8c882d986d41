"""The one value in force, replaced whole."""

from typing import Generic, TypeVar

T = TypeVar("T")


class Live(Generic[T]):
    """Holds the value in force. Who starts with it keeps it; who comes later gets the next one."""

    __slots__ = ("current",)

    def __init__(self, current: T) -> None:
        self.current = current
