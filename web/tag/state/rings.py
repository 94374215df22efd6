"""When the memory of a ring that is offered no more can be used again."""

TYPE_CHECKING = False  # MicroPython has no typing
if TYPE_CHECKING:
    from typing import Any


class RetiredRings:
    """Rings that some workers may still look into, each with what they were last told of it."""

    def __init__(self) -> None:
        self._rings: list[tuple[Any, int, int]] = []  # ring, generation, workers

    def add(self, ring: "Any", generation: int, workers: int) -> None:
        """A ring that so many workers were told of, last in this generation."""
        self._rings.append((ring, generation, workers))

    def reclaim(self, generation: int, workers: int) -> "list[Any]":
        """The rings that nobody looks into, now that so many workers work on this generation.

        A worker that is not asked any more may not have heard of it: what it was told of stays
        with the browser's garbage collector.
        """
        free = [ring for ring, told, by in self._rings if told < generation and by <= workers]
        self._rings = [each for each in self._rings if each[1] == generation]
        return free
