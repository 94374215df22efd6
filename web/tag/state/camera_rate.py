"""How many frames a second the camera is asked for: no more than tracking has a use for.

That is the usual until a frame has been tracked, since whoever loads has no use for any.

Each one costs the page milliseconds, taken by a worker or not, and on a slow machine it is the
workers that lack them.
"""

TYPE_CHECKING = False  # MicroPython has no typing
if TYPE_CHECKING:
    from collections.abc import Callable

MOST, USUAL, FEW = 60, 30, 20
"""Frames a second: what is asked for when tracking begins, what browsers take unless asked, and
what is enough for a machine that is several times too slow."""

_FALLS = {MOST: (24, USUAL), USUAL: (14, FEW)}
"""Of each rate: below how many complete frames a second which one is asked for."""
_RISES = {FEW: (17, USUAL), USUAL: (27, MOST)}
"""The same, from how many on."""

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
            least, lower = _FALLS.get(self._rate, (0, self._rate))
            enough, higher = _RISES.get(self._rate, (0, self._rate))
            self._change(
                lower if complete < least else higher if complete >= enough else self._rate
            )

    def pause(self, now: float) -> None:
        """A frame came at ``now`` that needed no computing: it tells nothing."""
        if self._since is not None:
            self._since, self._frames = now, 0

    def _change(self, rate: int) -> None:
        if rate != self._rate:
            self._rate = rate
            self._ask(rate)
