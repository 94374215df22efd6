"""Which frames of a ring need not be computed, since nothing has moved (see shared.stillness)."""

from holistic.shared import layout
from holistic.shared.stillness import Rest

TYPE_CHECKING = False  # MicroPython has no typing
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any


class StillFrames:
    """What the frames of a ring look like, slot by slot, and which of them repeat an earlier one.

    ``has_moved(now, before)`` compares the looks of two frames. A frame whose parts to compute are
    others than those of the frame before is never a repetition.
    """

    def __init__(self, has_moved: "Callable[[Any, Any], bool]") -> None:
        self._has_moved = has_moved
        self._rest = Rest()
        self._looks: list[tuple[Any, int] | None] = [None] * layout.SLOTS
        self._shown: tuple[Any, int] | None = None  # of the last computed frame that was handed on

    def repeats(self, slot: int, look: "Any", parts: int, newest: "int | None") -> bool:
        """Whether the frame that was written into ``slot`` repeats the newest that is computed.

        ``parts`` are the bits of those that are asked of it; ``newest`` is the slot of the newest
        frame that a worker has admitted and that is not released yet, if there is one.
        """
        self._looks[slot] = (look, parts)
        before = self._shown if newest is None else self._looks[newest]
        moved = before is None or before[1] != parts or self._has_moved(look, before[0])
        return self._rest.repeats(moved)

    def note_computed(self, slot: int, found_everything: bool) -> None:
        """The frame in ``slot`` was computed and is handed on."""
        self._shown = self._looks[slot]
        self._rest.note_computed(found_everything)
