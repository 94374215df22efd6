"""When nothing moves: how frames are compared, and which need not be computed.

A frame is compared with the last one that was *computed*, never with the one before, so that what
moves slowly is noticed too. What is compared is the brightness of BLOCKS: of each the sum over
SAMPLES x SAMPLES pixels, their green ones. The noise of a camera is nearly gone in such a sum; what
is left of it is measured in the frame itself, since it changes half of the blocks by more than the
median. Something has moved where a block has changed far more than that.

The page's MicroPython and JavaScript read these numbers too, so this module imports nothing.
"""

BLOCKS_ACROSS, BLOCKS_DOWN = 40, 30
SAMPLES = 8
"""Samples across a block, and down it."""

NOISE = 7
"""How many times the median change of a block is no motion: noise of all kinds stays below 5.5."""
LEAST_CHANGE = 2.5
MOST_CHANGE = 10
"""Grey levels between which that is kept: an edge that moves by a pixel changes its block by 5."""

SETTLING = 2
"""Frames that are computed after a motion where everything was found."""
SEARCHING = 6
"""The same where something was not: for so long it is looked for in more places."""
LONGEST = 60
"""Frames in a row that are not computed, at the most: one that is costs as much as twenty looks."""


class Rest:
    """Says which of a source's frames are computed, and which repeat the last computed one."""

    def __init__(self) -> None:
        self._settling = SEARCHING
        self._computed = 0  # since something moved
        self._repeated = 0  # since a frame was computed

    def note_computed(self, found_everything: bool) -> None:
        """A frame was computed; whether everything was found that is looked for."""
        self._computed += 1
        self._settling = SETTLING if found_everything else SEARCHING

    def repeats(self, moved: bool) -> bool:
        """Whether the next frame repeats the last computed one, from which it differs or not."""
        if moved:
            self._computed = 0
        if self._computed < self._settling or self._repeated >= LONGEST:
            self._repeated = 0
            return False
        self._repeated += 1
        return True
