"""Which workers there are, and what follows when one fails.

A slot of the pool is VACANT, or its worker is STARTING, or READY for whatever it is told. A worker
that dies, or stops going on, is replaced; one that never became ready is not, until somebody
asks again.
"""

TYPE_CHECKING = False  # MicroPython has no typing
if TYPE_CHECKING:
    from typing import Any

    Action = tuple[Any, ...]

VACANT = "vacant"
STARTING = "starting"
READY = "ready"

# What is to be done about an event: (action, index) or, of REPORT, (action, index, code, details).
SPAWN = "spawn"  # start a worker in this slot
DISMISS = "dismiss"  # end the slot's worker, and tell that it is gone
TERMINATE = "terminate"  # only end it: its death is an event of its own
DISTRUST = "distrust"  # fetch files anew, since some may be damaged
REPORT = "report"  # tell those whom the slot concerns what failed

MOST_LOOKS = {False: 4, True: 12}
"""So often a worker may be seen at the same point: one that computes, and one that is loading."""

MOST_DEATHS = 3
"""So many workers may die or hang without a frame done before the page gives them up."""


class Workforce:
    """What sessions decide by.

    Attributes:
        able: how many workers are ready, from the first slot on without a gap.
        awaits_models: whether the first is, but its models are still on their way.
    """

    def __init__(self, able: int, awaits_models: bool) -> None:
        self.able = able
        self.awaits_models = awaits_models


class WorkerSlot:
    """One worker of the pool, as far as it is known.

    Attributes:
        state: VACANT, STARTING or READY.
        stocked: whether the models that it loads first are there, or cannot be had.
    """

    def __init__(self) -> None:
        self.vacate()

    def vacate(self) -> None:
        """There is no worker any more."""
        self.state = VACANT
        self.stocked = False
        self._news = 0  # counts what it told while it was loading
        self._seen: list[object] = []
        self._looks = 0

    def note_news(self) -> None:
        """It goes on loading."""
        self._news += 1

    def is_stuck(self, busy: bool, waiting: "list[tuple[float, int]]") -> bool:
        """Whether it has not gone on for too many looks, of which this is one.

        ``busy`` says whether it has been told something that it has not taken up yet, ``waiting``
        has the frames that wait for it, and their states.
        """
        loading = busy or self.state != READY
        now: list[object] = [self._news] if loading else []
        now += waiting
        self._looks = self._looks + 1 if now and now == self._seen else 0
        self._seen = now
        return self._looks >= MOST_LOOKS[loading]


class PoolState:
    """The slots of a pool, and how often its workers have died in vain."""

    def __init__(self) -> None:
        self.slots: list[WorkerSlot] = []
        self._deaths = 0

    def workforce(self) -> Workforce:
        """What there is now."""
        ready = [slot.state == READY for slot in self.slots]
        able = ready.index(False) if False in ready else len(ready)
        return Workforce(able, able > 0 and not self.slots[0].stocked)

    # Events: each returns what is to be done about it.

    def resize(self, count: int) -> "list[Action]":
        """There shall be so many slots: the last ones go, or new ones are vacant."""
        surplus = [(DISMISS, index) for index in range(len(self.slots) - 1, count - 1, -1)]
        self.slots = self.slots[:count]
        while len(self.slots) < count:
            self.slots.append(WorkerSlot())
        return surplus

    def fill(self) -> "list[Action]":
        """There shall be a worker in every slot."""
        return [(SPAWN, i) for i, slot in enumerate(self.slots) if slot.state == VACANT]

    def begin(self, index: int) -> bool:
        """A worker is about to be started in this slot; whether there is still room for one."""
        wanted = index < len(self.slots) and self.slots[index].state == VACANT
        if wanted:
            self.slots[index].state = STARTING
        return wanted

    def note_ready(self, index: int) -> None:
        """A worker has started."""
        self.slots[index].state = READY

    def note_died(self, index: int) -> "list[Action]":
        """A worker is dead, and nobody has said why."""
        self._deaths += 1
        if self._deaths > MOST_DEATHS:
            return self._lost(index, "runtime-failed", reason="its workers keep dying")
        return self._replaced(index, "worker-died")

    def note_failed(self, index: int, code: str, reason: str, name: str = "") -> "list[Action]":
        """A worker has told of a failure that concerns it as a whole."""
        if self.slots[index].state == READY:  # it has worked, so another one can
            return [(TERMINATE, index)]
        return [(DISTRUST, index)] + self._lost(index, code, reason=reason, name=name)

    def note_stuck(self, index: int) -> "list[Action]":
        """A worker does not go on."""
        if self.slots[index].state == READY:
            self._deaths += 1
            if self._deaths > MOST_DEATHS:
                return self._lost(index, "runtime-failed", reason="its workers keep hanging")
            return self._replaced(index, "worker-stuck")
        return self._lost(index, "runtime-failed", reason="what it needs does not arrive")

    def note_complete(self) -> None:
        """A frame is complete: everyone has done their part of it."""
        self._deaths = 0

    def _replaced(self, index: int, code: str) -> "list[Action]":
        return self._lost(index, code) + [(SPAWN, index)]

    def _lost(self, index: int, code: str, **details: str) -> "list[Action]":
        self.slots[index].vacate()
        return [(DISMISS, index), (REPORT, index, code, details)]
