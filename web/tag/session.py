"""One source's frames on their way through the workers and back.

A session has a ring for its frames and says who computes what of them. It can be changed while
frames are in flight: then it gets a new ring, and what was in the old one is dropped.

The first worker begins alone, since two that start at the same time are both late; and with no more
than the pose where other models are still on their way. The others are hired when it has shown
something, and take their part over when they have made themselves ready for it.
"""

import asyncio

import js
import memory
from jsffi import to_js
from ring import Ring, Stores, fitted

from holistic.shared import layout, model_sets, quality, schedule

_numbers = iter(range(1 << 30))

IDLE = 300
"""Milliseconds after which nothing seems to come that the first worker should be left alone for."""


class Choices:
    """What to compute, and how, as the tag's attributes say."""

    def __init__(self, settings):
        self.parts = [part for part in layout.PARTS if part in list(settings.parts)]
        self.people = settings.people
        self.complexity = settings.complexity
        self.variant = settings.variant
        self.workers = settings.workers
        self.level = settings.level
        self.irises = settings.irises

    @property
    def with_pose(self) -> bool:
        """Whether faces and hands begin from a pose."""
        return "pose" in self.parts


class Session:
    """Frames of one source. ``crew`` computes them.

    ``thorough`` means that every frame stands alone, as a picture does. Whoever owns the session
    sets the listeners: ``on_result(slot)`` is called for each frame that is done, oldest first,
    ``on_fault(fault)`` when something failed, ``on_progress(part, loaded, total)`` as bytes
    arrive, and ``on_ready()`` when all that are to compute for it can.

    A frame is done when all that was asked for of it has been computed. That is everything, unless
    the source cannot wait: then it is, until all are ready, what those compute who already can.
    """

    def __init__(self, crew, choices: Choices, thorough: bool = False):
        self.number = next(_numbers)
        self.ring = None
        self.size = (0, 0)  # of the source's frames, before fitting
        self.closed = False
        self.ready = asyncio.Event()
        """Set while everybody who is to compute something of it can."""
        self.whole = asyncio.Event()
        """Set while everything can be computed, if only by one alone."""
        self.delivers = False
        """Whether all that is computed of the frames that are published can be."""
        self.level = 0
        """The level of effort that frames get, its place in effort.LEVELS."""
        self._crew = crew
        self._thorough = thorough
        self._patient = True  # whether the source waits until all are ready
        self._asked = 0  # what is computed of the frames that are published: the parts' bits
        self._frames = 0
        self._admitted = 0  # the last frame that we have admitted for the workers
        self._opened = asyncio.Event()  # set when one more worker can compute something
        self._stores = Stores()
        self._told = (0, 0)  # of the ring: in which turn, and how many workers
        self._retired = []  # (ring, turn, workers): some may still look into it
        self._spare = {}  # place -> memory for a frame on its way there and back
        self._turn = 0  # counts what the workers have been told
        self._fresh = True  # whether they were told last that a new source begins
        self._places = []  # those who have heard it
        self._prepared = []  # those beyond the plan who could take their part
        self._announced = False
        self._choose(choices)

    def _choose(self, choices: Choices) -> None:
        self.choices = choices
        self.work = schedule.keys(choices.parts, choices.with_pose)
        """The keys of all workers; the first one leads."""
        self._lead = schedule.assignment(2, self.work)[0]
        """What the first worker begins with, where the models of the rest are on their way."""
        able = self._crew.able()
        workers = min(choices.workers, max(able, 1)) if self._thorough else choices.workers
        self._full = schedule.assignment(workers, self.work)
        self.plan = self._full if able >= len(self._full) else self._first_plan()
        """The keys of every place that computes something now."""
        self._everything = _bits(self._full)

    def _first_plan(self) -> tuple:
        """How the first worker computes it alone, for now."""
        return (self._lead if self._crew.awaits_models() and not self._thorough else self.work,)

    @property
    def _alone(self) -> bool:
        """Whether the first worker does it alone, for now or for ever."""
        return self.plan in ((self._lead,), (self.work,))

    @property
    def shares(self) -> set:
        """Everything that a place may be told to compute."""
        return {self.work, self._lead}.union(self._full)

    @property
    def places(self) -> int:
        """How many workers there are to be in the end."""
        return len(self._full)

    def share(self, place: int) -> tuple:
        """The keys of a place, of one beyond the plan those that it will have."""
        return (self.plan if place < len(self.plan) else self._full)[place]

    def levels(self) -> list:
        """The levels of effort that make a difference."""
        return quality.levels(self.choices.complexity, self.choices.with_pose)

    def busiest(self, record) -> float:
        """Milliseconds that the frame of this record took whoever took longest for it."""
        return max([sum([_time(record, key) for key in share]) for share in self.plan])

    def submodel_names(self, share: tuple) -> list:
        """The submodels that a worker with these keys needs."""
        choices = self.choices
        parts = schedule.parts_of(share)
        names = model_sets.submodel_names(
            parts,
            choices.complexity,
            with_pose=choices.with_pose,
            several=choices.people > 1,
            irises=choices.irises,
        )
        if choices.level != quality.LEVELS[0] and "pose" in parts:
            light = model_sets.POSE_MODELS[0]
            names += [light] if light not in names else []
        return names

    def order(self, place: int):
        """What the worker in this place is told, but for the models."""
        choices = self.choices
        settings = {
            "complexity": choices.complexity,
            "max_people": choices.people,
            "with_pose": choices.with_pose,
            "refine_face": choices.irises,
            "thorough": self._thorough,
            "redetect_interval": model_sets.redetect_interval(choices.variant),
        }
        order = {
            "share": self.share(place),
            "work": self.work,
            "variant": choices.variant,
            "fresh": self._fresh,
            "settings": settings,
        }
        message = to_js(
            {"type": "open", "session": self.number, "turn": self._turn, "order": order}
        )
        has_work = self.ring and memory.SHARED and place < len(self.plan)
        message.memory = self.ring.shared() if has_work else None
        return message

    def prepare(self) -> None:
        """Have everything loaded that is not; raises a Fault if it cannot be."""
        if not self.ready.is_set():
            self._renew()

    def settle(self) -> None:
        """Begin with the lead's part if the models of the rest are on their way, else with all."""
        if self._alone and self.plan != self._first_plan():
            self._renew()

    def widen(self) -> None:
        """They have arrived."""
        if self.plan == (self._lead,) != (self.work,):
            self._go_on((self.work,))

    def hurry(self) -> None:
        """Have all workers at once: nothing can be shown until they are there."""
        self._crew.enlist()

    def change(self, choices: Choices) -> None:
        """Go on in another way; raises a Fault."""
        self._choose(choices)
        self._announced = False
        self._renew()

    def set_level(self, level: int) -> None:
        """Have the next frames get this level of effort."""
        self.level = level
        if self.ring:
            self.ring.set_level(level)

    def begin(self, patient: bool = True) -> None:
        """Forget the source and its frames: another one comes, which can wait or not."""
        self._retire()
        self._patient = patient
        self.size, self._frames, self._admitted = (0, 0), 0, 0
        asyncio.create_task(self._enlist_when_idle())  # noqa: RUF006 (the loop keeps it)

    def fit(self, width: int, height: int):
        """The ring for frames of this size; raises a Fault."""
        if self.ring is None or self.size != (width, height):
            self.size = (width, height)
            self._renew(fresh=True)
        return self.ring

    def publish(self, ring: Ring, slot: int, frame) -> None:
        """Offer the frame in a slot of the ring, if that is still the session's."""
        if ring is self.ring:
            self._frames += 1
            ring.publish(slot, self._frames, frame, self._asked)
            self._crew.deal()

    def collect(self) -> bool:
        """Hand on what is done; whether a complete frame was among it."""
        ring, complete = self.ring, False
        for slot in ring.finished() if ring else ():
            complete = complete or self._is_complete(slot)
            self.on_result(slot)
            if ring is not self.ring:  # a listener stopped or changed us
                break
            ring.release(slot)
        if complete and self._alone:
            self._crew.enlist()
        return complete

    def result(self, slot: int):
        """What is in the record of ``slot``, as the detail of a ``landmarks`` event."""
        detail = self.ring.result(slot)
        detail.width, detail.height = self.size
        detail.complete = self._is_complete(slot)
        return detail

    def _is_complete(self, slot: int) -> bool:
        return self.ring.asked(slot) == self._everything

    def _can_deliver(self) -> bool:
        able = _bits([self.plan[place] for place in self._places])
        return self._asked & ~able == 0

    async def news(self, most: int) -> None:
        """Wait until one more worker can compute something, and no longer than so many ms."""
        self._opened.clear()
        try:  # noqa: SIM105 (MicroPython has no contextlib)
            await asyncio.wait_for_ms(self._opened.wait(), most)
        except asyncio.TimeoutError:  # noqa: UP041 (and one of its own)
            pass

    def close(self) -> None:
        """Let go of everything."""
        self.closed, self.ring = True, None
        self._crew.close(self)
        for event in (self.whole, self.ready):
            event.set()  # whoever waits looks again

    def note_opened(self, place: int, turn: int) -> None:
        """The worker in this place can work, as it was told this turn."""
        if turn != self._turn or self.is_open(place):
            return
        if place >= len(self.plan):
            self._prepared.append(place)
            if len(self.plan) + len(self._prepared) == self.places:
                self._go_on(self._full)
            return
        self._places.append(place)
        self._opened.set()
        self._asked |= _bits([self.plan[place]])
        self.delivers = self.delivers or self._can_deliver()
        if len(self._places) == len(self.plan):
            self._reclaim()
            asyncio.create_task(self._enlist_when_idle())  # noqa: RUF006 (the loop keeps it)
            if self._asked == self._everything:
                self.whole.set()
            if self.plan == self._full:
                self.ready.set()
                if not self._announced:
                    self._announced = True
                    self.on_ready()

    async def _enlist_when_idle(self) -> None:
        """Have others hired too, if the one who can compute something has nothing to do."""
        await asyncio.sleep_ms(IDLE)
        if self._alone and self._places and self.ring is None:
            self._crew.enlist()

    def note_lost(self, place: int) -> None:
        """Nobody works in this place any more."""
        self._announced = False
        self.ready.clear()
        if place in self._prepared:
            self._prepared.remove(place)
        if place in self._places:
            self._places.remove(place)
            self.whole.clear()
            self.delivers = self._can_deliver()

    def is_open(self, place: int) -> bool:
        """Whether the worker in this place does, or could do, its part as it is now."""
        return place in self._places or place in self._prepared

    def waiting(self, place: int) -> list:
        """The (frame, state) of the slots in which something waits for the worker in this place."""
        ring = self.ring
        return [
            (ring.frame(slot), state)
            for slot, state in enumerate(ring.states() if ring else ())
            if place < len(self.plan)
            and any([schedule.is_open(state, key) for key in self.plan[place]])
        ]

    def take(self, place: int):
        """What the worker in this place computes next, as a message to it, or None.

        Only where workers cannot see for themselves.
        """
        ring = self.ring
        if ring is None or place not in self._places:
            return None
        states, frames = ring.states(), ring.frame_numbers()
        task = schedule.next_task(states, frames, self.plan[place], self.work[0], self._admitted)
        if task is None:
            return None
        slot, key = task
        if schedule.is_ready(states[slot]):
            ring.admit(slot)
            self._admitted = frames[slot]
        message = to_js({"type": "compute", "session": self.number, "turn": self._turn})
        message.slot = slot
        message.keys = to_js(self._together(ring.state(slot), place, key))
        ring.pack(slot, message, self._spare.pop(place, None))
        return message

    def _together(self, state: int, place: int, key: tuple) -> list:
        """The keys that a worker computes of a frame before it reports back, ``key`` the first.

        Those that need no more than it has; but others wait for the pose.
        """
        share = self.plan[place]
        if key == ("pose",):
            return [key] if len(self.plan) > 1 else list(share)
        return [other for other in share if schedule.is_open(state, other)]

    def put_back(self, place: int, message) -> None:
        """Take what the worker in this place has computed."""
        self._spare[place] = message.pixels
        if message.turn != self._turn or self.ring is None:
            return
        numbers = js.Float32Array.new(message.record)
        for key in [tuple(key) for key in message.keys]:
            for start, end in layout.written(key, self.choices.people, key == self.work[0]):
                self.ring.records[message.slot].set(numbers.subarray(start, end), start)
            self.ring.finish(message.slot, key)

    def _renew(self, fresh: bool = False) -> None:
        """Begin anew, in a new ring if there is a source. Who can begins without the others."""
        self._retire()
        if self._alone:
            self.plan = self._first_plan()
        early = not self._patient and not self._announced
        self._asked = _bits(self.plan[:1] if early else self.plan)  # the first one admits frames
        self.delivers = False
        if self.size != (0, 0):
            bell = self._crew.bell
            self.ring = Ring(*fitted(*self.size), self.choices.people, bell, self._stores)
            self.ring.set_level(self.level)
        self._tell(fresh)

    def _go_on(self, plan: tuple) -> None:
        """Have the frames computed by others, those in flight too."""
        self.plan = plan
        self._asked = _bits(plan)
        self._tell()

    def _tell(self, fresh: bool = False) -> None:
        """Tell the workers what to do from now on."""
        self._turn += 1
        self._fresh = fresh
        self._places, self._prepared = [], []
        self.ready.clear()
        self.whole.clear()
        if self.ring:
            self._told = (self._turn, len(self.plan))
        self._crew.open(self)

    def _retire(self) -> None:
        """Offer nothing in the ring any more."""
        if self.ring:
            turn, workers = self._told
            self._retired.append((self.ring, turn, workers))
        self.ring = None

    def _reclaim(self) -> None:
        """Have the memory of retired rings back, now that all workers work on this turn.

        A worker that is not asked any more may not have heard of it.
        """
        for ring, turn, workers in self._retired:
            if turn < self._turn and workers <= len(self.plan):
                ring.give_back()
        self._retired = [each for each in self._retired if each[1] == self._turn]


def _bits(shares) -> int:
    """The bits of all parts in these shares of the work."""
    return schedule.mask([part for share in shares for part in schedule.parts_of(share)])


def _time(record, key: tuple) -> float:
    return record[layout.TIMES + layout.PARTS.index(key[0]) * layout.TIME_VALUES]
