"""The page's side of the memory that ``layout`` declares: frame ring and blackboard.

One ``Ring`` serves one source at one frame size. Nothing here waits: the page claims a slot,
fills it and publishes it; what the workers have finished it collects and releases.
"""

import js
import results
import slots
import stillness
from jsffi import JsProxy, to_js

from holistic.shared import layout, schedule
from shared_memory import Blocks, Doorbell
from state.rings import RetiredRings
from state.still_frames import StillFrames

SIDE_LIMIT = 1280
"""Longer frames are scaled down to this: no model looks closer."""


def fitted(width: int, height: int) -> tuple[int, int]:
    """The size at which a frame of ``width`` by ``height`` is processed."""
    scale = min(1, SIDE_LIMIT / max(width, height))
    return max(1, round(width * scale)), max(1, round(height * scale))


class Rings:
    """One source's rings, one after the other, and the memory that they have by turns."""

    def __init__(self, doorbell: Doorbell) -> None:
        self._doorbell = doorbell
        self._frames, self._boards = Blocks(), Blocks()
        self._retired = RetiredRings()
        self._ring: Ring | None = None
        self._told = (0, 0)  # of the ring: in which generation, and how many workers

    def make(self, width: int, height: int, people: int) -> "Ring":
        """The ring that is offered from now on; raises a Fault where there is no memory."""
        frames = self._frames.take(ring_bytes(width, height))
        board = self._boards.take(layout.board_bytes(people))
        self._ring = Ring(width, height, people, frames, board, self._doorbell)
        return self._ring

    def note_told(self, generation: int, workers: int) -> None:
        """So many workers are told of the ring, if there is one."""
        if self._ring:
            self._told = (generation, workers)

    def retire(self) -> None:
        """Offer the ring no more."""
        if self._ring:
            self._retired.add(self._ring, *self._told)
        self._ring = None

    def reclaim(self, generation: int, workers: int) -> None:
        """Have memory back, now that so many workers work on this generation."""
        for ring in self._retired.reclaim(generation, workers):
            self._frames.give(ring.frames)
            self._boards.give(ring.board)


def ring_bytes(width: int, height: int) -> int:
    """The size of the memory for a ring's frames."""
    return layout.SLOTS * width * height * 4


class Ring:
    """Frames of one size, for up to ``people``. Slots go from 0 to ``layout.SLOTS`` - 1.

    ``frames`` and ``board`` are its blocks of memory. Of each slot's frame, ``asked`` has the bits
    of the parts that are to be computed, ``arrivals`` when it came, by performance.now(), and
    ``still`` whether it repeats an earlier one.
    """

    def __init__(
        self,
        width: int,
        height: int,
        people: int,
        frames: JsProxy,
        board: JsProxy,
        doorbell: Doorbell,
    ) -> None:
        size = width * height * 4
        self.width, self.height = width, height
        self.frames, self.board = frames, board
        self._doorbell = doorbell
        self._control = js.Int32Array.new(self.board, 0, layout.CONTROL_WORDS)
        self._headers = js.Float64Array.new(
            self.board, layout.HEADERS_OFFSET, layout.SLOTS * layout.HEADER_WORDS
        )
        self._slots = slots.Slots.new(self._control, self._headers)
        self.asked = [0] * layout.SLOTS
        self.arrivals = [0.0] * layout.SLOTS
        self.still = [False] * layout.SLOTS
        self._still_frames = StillFrames(stillness.hasMoved)
        self._computed: JsProxy | None = None  # the record of the last computed frame handed on
        every = range(layout.SLOTS)
        self.pixels = [js.Uint8Array.new(self.frames, slot * size, size) for slot in every]
        self.records = [
            js.Float32Array.new(
                self.board,
                layout.RECORDS_OFFSET + slot * layout.record_floats(people) * 4,
                layout.record_floats(people),
            )
            for slot in every
        ]

    def claim(self) -> int | None:
        """A slot to write a frame into: a free one, else one that no worker has admitted yet.

        None when workers and page hold them all.
        """
        return _slot(self._slots.claim())

    def shared(self) -> JsProxy:
        """What the workers need to find it."""
        parts = to_js({"width": self.width, "height": self.height})
        parts.frames, parts.board = self.frames, self.board
        return parts

    def publish(self, slot: int, number: int, frame: JsProxy, parts: int, arrival: float) -> None:
        """Offer the ``frame`` in ``slot`` to the workers, in place of any that waits.

        The parts of these bits are what they compute of it; it came at ``arrival``.
        """
        self.records[slot].fill(0)
        self._label(slot, number, frame, parts, arrival, still=False)
        self._slots.offer(slot, parts)
        self._doorbell.ring()

    def is_repetition(self, slot: int, parts: int) -> bool:
        """Whether nothing in the frame in ``slot`` has moved since the newest that is computed.

        Then it need not be computed. The parts of these bits are asked of it.
        """
        look = stillness.brightness(self.pixels[slot], self.width, self.height)
        return self._still_frames.repeats(slot, look, parts, _slot(self._slots.admitted()))

    def repeat(self, slot: int, number: int, frame: JsProxy, parts: int, arrival: float) -> None:
        """The ``frame`` in ``slot`` is done: it has what was found in the last computed one."""
        record = self.records[slot]
        record.set(self._computed)
        record.fill(0, layout.TIMES, layout.HEAD_FLOATS)
        for index in range(len(layout.COMPUTED)):
            if parts & 1 << index:
                record[layout.TIMES + index * layout.TIME_VALUES + layout.SKIPPED] = 1
        self._label(slot, number, frame, parts, arrival, still=True)
        self._slots.finish(slot)

    def note_computed(self, slot: int, found_everything: bool) -> None:
        """The frame in ``slot`` was computed and is handed on."""
        self._computed = self.records[slot].slice()
        self._still_frames.note_computed(slot, found_everything)

    def _label(
        self, slot: int, number: int, frame: JsProxy, parts: int, arrival: float, still: bool
    ) -> None:
        self._slots.label(slot, number, self.width, self.height, frame)
        self.asked[slot], self.arrivals[slot], self.still[slot] = parts, arrival, still

    def finished(self) -> int | None:
        """The slot of the oldest frame that is complete."""
        return _slot(self._slots.finished())

    def holds_frames(self, besides: int = -1) -> bool:
        """Whether a frame is in it that is not shown yet, besides that in a slot."""
        return bool(self._slots.areUsed(besides))

    def release(self, slot: int) -> None:
        """Give back a slot whose frame has been claimed, or shown."""
        self._slots.release(slot)

    def set_level(self, level: int) -> None:
        """Say how much effort the next frames get, by its index in quality.LEVELS."""
        js.Atomics.store(self._control, layout.LEVEL, level)

    def frame_numbers(self) -> list[float]:
        """The number of the frame in every slot."""
        words = range(layout.FRAME, layout.SLOTS * layout.HEADER_WORDS, layout.HEADER_WORDS)
        return [int(self._headers[word]) for word in words]

    def result(self, slot: int) -> JsProxy:
        """What is in the record of ``slot``, as ``results`` reads it."""
        return results.read(self.records[slot], self._headers, slot)

    def stage_times(self, slot: int) -> list[float]:
        """Milliseconds that each of layout.COMPUTED took of the frame in ``slot``."""
        record, parts = self.records[slot], range(len(layout.COMPUTED))
        return [record[layout.TIMES + part * layout.TIME_VALUES] for part in parts]

    def state(self, slot: int) -> int:
        """The state of ``slot``."""
        return int(js.Atomics.load(self._control, layout.STATE + slot))

    def states(self) -> list[int]:
        """The state of every slot."""
        return [self.state(slot) for slot in range(layout.SLOTS)]

    def admit(self, slot: int) -> None:
        """Have the frame in ``slot`` computed, in place of a worker."""
        state = schedule.admitted_state(self.state(slot))
        js.Atomics.store(self._control, layout.STATE + slot, state)

    def finish(self, slot: int, task: tuple[str, ...]) -> None:
        """Note in place of a worker that a task is done; the last one makes the frame DONE."""
        state = schedule.finished_state(self.state(slot), task)
        js.Atomics.store(self._control, layout.STATE + slot, state)

    def pack(self, slot: int, message: JsProxy, memory: JsProxy | None) -> None:
        """Put copies of what is in ``slot`` into a message, pixels into ``memory`` if it fits."""
        first = slot * layout.HEADER_WORDS
        pixels = self.pixels[slot]
        if memory is None or memory.byteLength != pixels.length:
            memory = js.ArrayBuffer.new(pixels.length)
        js.Uint8Array.new(memory).set(pixels)
        message.header = self._headers.slice(first, first + layout.HEADER_WORDS)
        message.level = js.Atomics.load(self._control, layout.LEVEL)
        message.pixels = memory
        message.record = self.records[slot].slice().buffer


def _slot(number: int) -> int | None:
    """A slot as ``slots`` says it, where -1 is none."""
    return None if number < 0 else number
