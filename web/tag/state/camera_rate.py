"""How many frames a second the camera is asked for: no more than tracking has a use for.

That is the usual until a frame has been tracked, since whoever loads has no use for any.

Each one costs the page milliseconds, taken by a worker or not, and on a slow machine it is the
workers that lack them.
"""

TYPE_CHECKING = False  # MicroPython has no typing
if TYPE_CHECKING:
    from collections.abc import Callable

MOST, USUAL = 60, 30
"""Frames a second: what is asked for when tracking begins, and what browsers take unless asked."""

SLOW, KEEPING_UP = 24, 27
"""Complete frames a second below which the usual is asked for, and from which the most is again."""

SPAN = 2000
"""Milliseconds over which they are counted."""


class CameraRate:
    """The rate of one camera; ``ask(rate)`` asks it for another one."""

    def __init__(self, ask: "Callable[[int], object]") -> None:
        self._ask = ask
        self._rate = USUAL
        self._since: float | None = None
        self._frames = 0

    def note(self, now: float) -> None:
        """A frame is complete, at ``now`` in milliseconds."""
        if self._since is None:
            self._since = now
            self._change(MOST)
            return
        self._frames += 1
        if now - self._since >= SPAN:
            complete = self._frames * 1000 / (now - self._since)
            self._since, self._frames = now, 0
            if complete < SLOW:
                self._change(USUAL)
            elif complete >= KEEPING_UP:
                self._change(MOST)

    def _change(self, rate: int) -> None:
        if rate != self._rate:
            self._rate = rate
            self._ask(rate)
