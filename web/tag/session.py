"""One source's frames on their way through the workers and back.

What is decided about them is ``SessionState``'s; here is the ring that they are in, and what is
said to the workers and to the session's listener.
"""

import asyncio

import js
import results
from jsffi import JsProxy, to_js

from faults import Fault
from holistic.shared import layout, schedule
from ring import Ring, Rings, fitted
from shared_memory import SHARED
from state import session_state
from state.options import Options
from state.session_state import SessionState

TYPE_CHECKING = False  # MicroPython has no typing
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Protocol

    from dispatcher import Dispatcher

    Busiest = Callable[[list[float]], float]
    """See SessionState.busiest."""

    class Listener(Protocol):
        """What a session tells its owner."""

        def note_result(self, finished: "Finished") -> None: ...
        def note_fault(self, fault: Fault) -> None: ...
        def note_progress(self, part: str, loaded: int, total: int) -> None: ...
        def note_ready(self) -> None: ...


_ids = iter(range(1 << 30))

IDLE = 300
"""Milliseconds after which nothing seems to come that the first worker should be left alone for."""

BREATH = 10
"""Milliseconds between two looks at whether the last frames are done."""


class Finished:
    """A frame that is done: ``detail`` of its ``landmarks`` event, and its RGBA ``pixels``.

    The pixels are there until the listener returns. ``complete`` says whether all that was asked
    for has been computed: that is everything, unless the source cannot wait; then it is, until all
    are ready, what those compute who already can. ``still`` says that nothing has moved, so that it
    repeats what was found in an earlier frame.
    """

    def __init__(
        self, detail: JsProxy, ring: Ring, slot: int, complete: bool, busiest: "Busiest"
    ) -> None:
        self.detail = detail
        self.still = ring.still[slot]
        self.pixels, self.width, self.height = ring.pixels[slot], ring.width, ring.height
        self.complete = complete
        self._ring, self._slot, self._busiest = ring, slot, busiest

    def busiest_ms(self) -> float:
        """How long whoever took longest computed for it; while its pixels are there."""
        return self._busiest(self._ring.stage_times(self._slot))


class Session:
    """Frames of one source. ``dispatcher`` has them computed.

    ``listener`` hears: ``note_result(finished)`` for each frame that is done, oldest first,
    ``note_fault(fault)`` when something failed, ``note_progress(part, loaded, total)`` as bytes
    arrive, and ``note_ready()`` when all that are to compute for it can. ``thorough`` means that
    every frame stands alone, as a picture does.

    Attributes:
        ready: an event, set while everybody who is to compute something of it can.
        whole: an event, set while everything can be computed, if only by one alone.
        is_equipped: whether its workers are told to have the light models at hand.
        rests: whether nothing has moved in the frame that was looked at last.
    """

    def __init__(
        self,
        dispatcher: "Dispatcher",
        options: Options,
        listener: "Listener",
        thorough: bool = False,
    ) -> None:
        self.id = next(_ids)
        self.listener = listener
        self.state = SessionState(options, dispatcher.workforce(), thorough)
        self.ring: Ring | None = None
        self.ready = asyncio.Event()
        self.whole = asyncio.Event()
        self._closed = False
        self._dispatcher = dispatcher
        self._level = 0
        self.is_equipped = False
        self.rests = False
        self._opened = asyncio.Event()  # set when one more worker can compute something
        self._rings = Rings(dispatcher.doorbell)
        self._spare: dict[
            int, JsProxy
        ] = {}  # index of a worker -> memory for a frame on its way there and back
        self._performers: dict[str, Callable[[], object]] = {
            session_state.RETIRE_RING: self._retire_ring,
            session_state.MAKE_RING: self._make_ring,
            session_state.CONFIGURE: self._configure,
            session_state.RECLAIM: self._reclaim,
            session_state.SPAWN_ALL: dispatcher.spawn_all,
            session_state.WAIT_IDLE: self._begin_to_wait,
            session_state.TELL_OPENED: self._opened.set,
            session_state.TELL_READY: listener.note_ready,
        }

    @property
    def variant(self) -> str:
        """Of the models."""
        return self.state.options.variant

    # What its owner wants.

    def prepare(self) -> None:
        """Have everything loaded that is not; raises a Fault if it cannot be."""
        self._perform(self.state.prepare(self._dispatcher.workforce()))

    def hurry(self) -> None:
        """Have all workers at once: nothing can be shown until they are there."""
        self._perform(self.state.hurry())

    def change(self, options: Options) -> None:
        """Go on in another way; raises a Fault."""
        self.is_equipped = False
        self._perform(self.state.change(options, self._dispatcher.workforce()))

    def set_level(self, level: int) -> None:
        """Have the next frames get the level of effort with this index in quality.LEVELS."""
        self._level = level
        if self.ring:
            self.ring.set_level(level)

    def equip(self) -> None:
        """Have the light models loaded, meanwhile everything goes on without them."""
        if not self.is_equipped:
            self.is_equipped = True
            self._dispatcher.equip(self)

    def begin(self, patient: bool = True) -> None:
        """Forget the source and its frames: another one comes, which can wait or not."""
        self._perform(self.state.begin_source(patient))

    def fit(self, width: int, height: int) -> Ring:
        """The ring for frames of this size; raises a Fault."""
        self._perform(self.state.fit(width, height, self._dispatcher.workforce()))
        assert self.ring is not None  # or a fault was raised
        return self.ring

    def publish(self, ring: Ring, slot: int, frame: JsProxy, arrival: float) -> None:
        """Offer the frame in a slot of the ring, if that is still the session's.

        It came at ``arrival``, by performance.now().
        """
        if ring is self.ring:
            self.state.note_published()
            ring.publish(slot, self.state.frames, frame, self.state.asked, arrival)
            self._dispatcher.deal()

    def is_repetition(self, ring: Ring, slot: int) -> bool:
        """Whether nothing has moved in the frame in a slot, so that it need not be computed."""
        looks = ring is self.ring and self._repeats_still
        self.rests = looks and ring.is_repetition(slot, self.state.asked)
        return self.rests

    def repeat(self, ring: Ring, slot: int, frame: JsProxy, arrival: float) -> None:
        """Hand a frame on with what was found in the last computed one; see ``publish``.

        It is dropped where that one, or a later one, is still to come.
        """
        if ring is not self.ring:
            return
        if ring.holds_frames(besides=slot):
            ring.release(slot)
            return
        self.state.note_published()
        ring.repeat(slot, self.state.frames, frame, self.state.asked, arrival)
        self.collect()

    def collect(self) -> bool:
        """Hand on what is done; whether a complete frame was among it."""
        ring, complete = self.ring, False
        if ring is None:
            return False
        while (slot := ring.finished()) is not None:
            finished = self._finished(ring, slot)
            complete = complete or finished.complete
            if self._repeats_still and not finished.still:
                ring.note_computed(slot, self._found_everything(finished))
            self.listener.note_result(finished)
            if ring is not self.ring:  # a listener stopped or changed us
                break
            ring.release(slot)
        self._perform(self.state.note_collected(complete))
        return complete

    async def news(self, most: int) -> None:
        """Wait until one more worker can compute something, and no longer than so many ms."""
        self._opened.clear()
        try:  # noqa: SIM105 (MicroPython has no contextlib)
            await asyncio.wait_for_ms(self._opened.wait(), most)  # type: ignore[attr-defined]
        except asyncio.TimeoutError:  # noqa: UP041 (and one of its own)
            pass

    async def drained(self) -> None:
        """Wait until the frames that have been published are handed on, or dropped."""
        ring = self.ring
        while ring is not None and ring is self.ring and ring.holds_frames():
            await asyncio.sleep_ms(BREATH)  # type: ignore[attr-defined]

    def close(self) -> None:
        """Let go of everything."""
        self._closed, self.ring = True, None
        self._dispatcher.close(self)
        for event in (self.whole, self.ready):
            event.set()  # whoever waits looks again

    # What the workers do.

    def note_worker_ready(self) -> None:
        """A worker has started."""
        self._perform(self.state.note_worker_ready(self._dispatcher.workforce()))

    def note_models_arrived(self) -> None:
        """The first worker has its models."""
        self._perform(self.state.note_models_arrived())

    def note_opened(self, index: int, generation: int) -> None:
        """A worker can compute what it was told."""
        self._perform(self.state.note_opened(index, generation))

    def note_lost(self, index: int) -> None:
        """A worker is gone."""
        self.state.note_lost(index)
        self._show_readiness()

    def note_fault(self, code: str, reason: str, name: str) -> None:
        """A worker could not open the session."""
        self.listener.note_fault(Fault(code, reason=reason, name=name))

    def is_open(self, index: int) -> bool:
        """Whether a worker does, or could do, its tasks as they are now."""
        return self.state.state_of(index) != session_state.OPENING

    def waiting(self, index: int) -> list[tuple[float, int]]:
        """The (frame, state) of the slots in which something waits for a worker."""
        ring = self.ring
        return self.state.waiting(index, ring.states(), ring.frame_numbers()) if ring else []

    # What the workers are told.

    def open_message(self, index: int) -> JsProxy:
        """What a worker computes from now on, and how, but for the models."""
        state = self.state
        config = {
            "tasks": state.tasks_of(index),
            "all_tasks": state.tasks,
            "options": state.options.tracker_options(state.thorough),
            "fresh": state.fresh,
        }
        message = {"type": "open", "session": self.id, "generation": state.generation}
        told = to_js(dict(message, config=config))
        has_work = SHARED and index < len(state.plan)
        told.memory = self.ring.shared() if self.ring and has_work else None
        return told

    def compute_message(self, index: int) -> JsProxy | None:
        """What a worker computes next, or None: for one that cannot see it for itself."""
        ring = self.ring
        if ring is None:
            return None
        work = self.state.next_work(index, ring.states(), ring.frame_numbers())
        if work is None:
            return None
        slot, tasks, admits = work
        if admits:
            ring.admit(slot)
        message = {"type": "compute", "session": self.id, "generation": self.state.generation}
        told = to_js(dict(message, slot=slot, tasks=tasks))
        ring.pack(slot, told, self._spare.pop(index, None))
        return told

    def put_back(self, index: int, message: JsProxy) -> None:
        """Take what a worker has computed."""
        self._spare[index] = message.pixels
        state, ring = self.state, self.ring
        if message.generation != state.generation or ring is None:
            return
        numbers = js.Float32Array.new(message.record)
        for task in [tuple(task) for task in message.tasks]:
            leads = task == state.tasks[0]
            for start, end in layout.written(task, state.options.people, leads):
                ring.records[message.slot].set(numbers.subarray(start, end), start)
            ring.finish(message.slot, task)

    # What follows.

    def _perform(self, actions: list[str]) -> None:
        """Do what follows; raises the Fault of what failed, when all else is done.

        Once it is closed nothing does: its workers would be told of it again.
        """
        if self._closed:
            return
        self._show_readiness()
        refused = None
        for action in actions:
            try:
                self._performers[action]()
            except Fault as fault:  # no ring, say: the workers are told of it all the same
                refused = fault
        if refused:
            raise refused

    def _show_readiness(self) -> None:
        if self._closed:
            return
        events = ((self.ready, self.state.is_ready), (self.whole, self.state.is_whole))
        for event, holds in events:
            if holds:
                event.set()
            else:
                event.clear()

    def _retire_ring(self) -> None:
        self.ring = None
        self._rings.retire()

    def _make_ring(self) -> None:
        width, height = fitted(*self.state.size)
        try:
            made = self._rings.make(width, height, self.state.options.people)
        except Fault:
            self.state.note_no_ring()
            raise
        self.ring = made
        self.ring.set_level(self._level)

    def _configure(self) -> None:
        self._rings.note_told(self.state.generation, len(self.state.plan))
        self._dispatcher.open(self)

    def _reclaim(self) -> None:
        self._rings.reclaim(self.state.generation, len(self.state.plan))

    def _begin_to_wait(self) -> None:
        asyncio.create_task(self._wait_idle())  # noqa: RUF006 (the loop keeps it)

    async def _wait_idle(self) -> None:
        await asyncio.sleep_ms(IDLE)  # type: ignore[attr-defined]
        self._perform(self.state.note_idle())

    @property
    def _repeats_still(self) -> bool:
        """Whether frames in which nothing has moved are not computed."""
        return bool(self.state.options.still) and not self.state.thorough

    def _found_everything(self, finished: Finished) -> bool:
        return bool(
            results.foundEverything(finished.detail, schedule.bits_of(self.state.options.parts))
        )

    def _finished(self, ring: Ring, slot: int) -> Finished:
        detail = ring.result(slot)
        complete = self.state.is_complete(ring.asked[slot])
        width, height = self.state.size
        results.label(detail, width, height, ring.still[slot], complete, ring.arrivals[slot])
        return Finished(detail, ring, slot, complete, self.state.busiest)
