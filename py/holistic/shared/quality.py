"""How much to compute: levels of effort, and who steps down on a slow machine and up again.

========= =========================================================================
level     what is computed
========= =========================================================================
full      everything that was asked for
lite      the light models of pose and hands in place of the full ones
sparse    and the pose in every second frame, the face in the others, each hand
          in two of three
alternate and the left hand in every second frame, the right one in the others
simple    and no hands, and faces without a detector (of the attention mesh, the
          mesh alone)
========= =========================================================================

A part that is not computed in a frame is carried on from the frames before. "simple" is for those
who ask for it: whoever lets the tracker choose keeps the hands.

The page's MicroPython reads it too, so it imports nothing.
"""

LEVELS = ("full", "lite", "sparse", "alternate", "simple")
AUTO = "auto"
BUDGET_MS = 50.0
"""What a frame may take, unless told otherwise."""

LITE = LEVELS.index("lite")
"""From this level on the light models compute."""
SIMPLE = LEVELS.index("simple")
"""The level without hands."""

_SPARSE_POSE: "dict[str, tuple[int, ...]]" = {"pose": (1, 0), "face": (0, 1)}
_COMPUTED: "dict[str, dict[str, tuple[int, ...]]]" = {
    "sparse": dict(_SPARSE_POSE, left_hand=(1, 1, 0), right_hand=(0, 1, 1)),
    "alternate": dict(_SPARSE_POSE, left_hand=(1, 0), right_hand=(0, 1)),
    "simple": _SPARSE_POSE,
}
"""Of the parts that a level leaves out at times: in which frames of a cycle they are computed."""


def check(level: str) -> None:
    """Raise ValueError unless ``level`` is one of LEVELS or AUTO."""
    if level != AUTO and level not in LEVELS:
        raise ValueError(f"level must be {AUTO!r} or one of {LEVELS}, not {level!r}")


def levels(complexity: int, with_pose: bool) -> list[str]:
    """The levels that AUTO goes through, the greatest first: those that make a difference.

    All begin from the pose, and "lite" from the full models.
    """
    if not with_pose:
        return [LEVELS[0]]
    return [level for level in LEVELS[:SIMPLE] if complexity or level != "lite"]


def computes_always(depth: int, part: str) -> bool:
    """Whether the level LEVELS[depth] computes a part in every frame."""
    return part not in _COMPUTED.get(LEVELS[depth], ())


def computes(depth: int, part: str, frame: int) -> bool:
    """Whether the level LEVELS[depth] computes a part in a source's frame, counted from 0."""
    if computes_always(depth, part):
        return True
    cycle = _COMPUTED[LEVELS[depth]][part]
    return bool(cycle[frame % len(cycle)])


class Governor:
    """Chooses the level from how long frames take.

    ``budget_ms`` is what a frame may take. While frames take longer, effort goes down level by
    level; when they have taken less than ROOM of the budget for long enough, it goes up by one.
    If that was a mistake, the next try comes after twice as many frames.
    """

    WINDOW = 10
    """Frames that are measured before a step down."""
    ROOM = 0.6
    FIRST_WAIT = 30
    """Frames with room before a step up; doubled after every step up that did not hold."""
    LONGEST_WAIT = 960

    def __init__(
        self, budget_ms: float, levels: list[str] | tuple[str, ...] = LEVELS[:SIMPLE]
    ) -> None:
        if not budget_ms > 0:
            raise ValueError(f"the budget of a frame must be above 0 ms, not {budget_ms!r}")
        self._budget = budget_ms
        self._levels = levels
        self._wait = self.FIRST_WAIT
        self._step = 0
        self._roomy = 0
        self._enter(0, "nothing measured yet")

    @property
    def level(self) -> str:
        """The level of the next frame."""
        return self._levels[self._step]

    def note(self, elapsed_ms: float) -> None:
        """A frame has taken ``elapsed_ms`` at the present level."""
        self._times.append(elapsed_ms)
        if len(self._times) > self.WINDOW:
            self._times.pop(0)
        self._frames += 1
        if len(self._times) < self.WINDOW:
            return
        typical = sum(sorted(self._times)[:-1]) / (self.WINDOW - 1)  # one hiccup does not count
        self._roomy = self._roomy + 1 if typical < self.ROOM * self._budget else 0
        if typical > self._budget and self._step + 1 < len(self._levels):
            if self._rising and self._frames < self._wait:
                self._wait = min(2 * self._wait, self.LONGEST_WAIT)
            self._enter(self._step + 1, f"frames took {typical:.0f} ms of {self._budget:.0f} ms")
        elif self._rising and self._frames == self._wait:
            self._wait = self.FIRST_WAIT  # this level holds
        elif self._roomy >= self._wait and self._step > 0:
            reason = f"frames took only {typical:.0f} ms of {self._budget:.0f} ms"
            self._enter(self._step - 1, reason)

    def _enter(self, step: int, reason: str) -> None:
        self._rising = step < self._step
        self._step = step
        self.reason = reason
        """Why the level is what it is."""
        self._times: list[float] = []
        self._frames = 0
        self._roomy = 0
