"""Hands that are not believed for a moment.

A hand that is blurred or seen from its edge may be taken for the other one: its landmarks are then
those of a hand turned over, and the network that finds them says so, since its handedness is the
other side's. Where the palm jumps besides, a moment's mistake is likelier than a turn.
"""

from __future__ import annotations

import numpy as np

from holistic.motion.body import Body
from holistic.motion.quaternions import IDENTITY, angle, inverse, multiply

JUMP = 60.0
"""Degrees that a hand of the wrong handedness turns at the most since it was last believed."""

DOUBT = 200.0
"""Milliseconds after which it is believed even so: hands may look like the other one for long."""


class Doubt:
    """Remembers how a person's two hands were turned when they were last believed."""

    def __init__(self) -> None:
        self._turned = np.tile(IDENTITY, (2, 1))
        self._when = np.full(2, -np.inf)

    def __call__(self, body: Body, timestamp: float) -> Body:
        """The body at a time in ms, without the hands that are not believed."""
        jumped = np.degrees(angle(multiply(inverse(self._turned), body.palms))) > JUMP
        doubted = body.contrary & jumped & (timestamp - self._when <= DOUBT)
        believed = body.hands_seen & ~doubted
        self._turned = np.where(believed[:, None], body.palms, self._turned)
        self._when = np.where(believed, timestamp, self._when)
        return body._replace(hands_seen=believed)
