"""The page's side of the memory that ``layout`` declares: frame ring, blackboard and bell.

One ``Ring`` serves one source at one frame size. Nothing here waits: the page claims a slot,
fills it and publishes it; what the workers have finished it collects and releases.
"""

import js
import memory
import results
from jsffi import to_js

from holistic.shared import layout, schedule

_RECORD = to_js(
    {
        "header": layout.HEADER_WORDS,
        "frame": layout.FRAME,
        "timestamp": layout.TIMESTAMP,
        "times": layout.TIMES,
        "timeValues": layout.TIME_VALUES,
        "head": layout.HEAD_FLOATS,
        "person": layout.PERSON_FLOATS,
        "id": layout.PERSON_ID,
        "pose": layout.POSE,
        "poseLandmarks": layout.POSE_LANDMARKS,
        "poseWorld": layout.POSE_WORLD,
        "face": layout.FACE,
        "faceLandmarks": layout.FACE_LANDMARKS,
        "irises": layout.IRISES,
        "leftHand": layout.LEFT_HAND,
        "rightHand": layout.RIGHT_HAND,
        "handedness": layout.HAND_HANDEDNESS,
        "handLandmarks": layout.HAND_LANDMARKS,
        "handWorld": layout.HAND_WORLD,
        "handFloats": layout.HAND_FLOATS,
    }
)
"""Where everything is, for ``results``."""

SIDE_LIMIT = 1280
"""Longer frames are scaled down to this: no model looks closer."""


def fitted(width: int, height: int) -> tuple:
    """The size at which a frame of ``width`` by ``height`` is processed."""
    scale = min(1, SIDE_LIMIT / max(width, height))
    return max(1, round(width * scale)), max(1, round(height * scale))


class Bell:
    """What wakes the workers, for a frame or for a message."""

    def __init__(self):
        self.memory = memory.block(layout.BELL_WORDS * 4)
        self._words = js.Int32Array.new(self.memory)

    def ring(self) -> None:
        """Say that a state has changed."""
        js.Atomics.add(self._words, layout.SIGNAL, 1)
        js.Atomics.notify(self._words, layout.SIGNAL)

    def forget(self, place: int) -> None:
        """Say that a new worker is in this place, who has no messages yet."""
        js.Atomics.store(self._words, layout.MAIL + place, 0)

    def post(self, place: int) -> None:
        """Say that there is one more message for the worker in this place."""
        js.Atomics.add(self._words, layout.MAIL + place, 1)
        self.ring()


class Stores:
    """Where one source's rings have their memory from, one after the other."""

    def __init__(self):
        self.frames, self.boards = memory.Store(), memory.Store()


class Ring:
    """Frames of one size, for up to ``people``. Slots go from 0 to ``layout.SLOTS`` - 1."""

    def __init__(self, width: int, height: int, people: int, bell: Bell, stores):
        size = width * height * 4
        self.width, self.height = width, height
        self._stores = stores
        self.frames = stores.frames.take(layout.SLOTS * size)
        self.board = stores.boards.take(layout.board_bytes(people))
        self._bell = bell
        self._control = js.Int32Array.new(self.board, 0, layout.CONTROL_WORDS)
        self._headers = js.Float64Array.new(
            self.board, layout.HEADERS_OFFSET, layout.SLOTS * layout.HEADER_WORDS
        )
        self._asked = [0] * layout.SLOTS
        slots = range(layout.SLOTS)
        self.pixels = [js.Uint8Array.new(self.frames, slot * size, size) for slot in slots]
        self.records = [
            js.Float32Array.new(
                self.board,
                layout.RECORDS_OFFSET + slot * layout.record_floats(people) * 4,
                layout.record_floats(people),
            )
            for slot in slots
        ]

    def give_back(self) -> None:
        """Leave the memory to another ring: no worker knows this one any more."""
        self._stores.frames.give(self.frames)
        self._stores.boards.give(self.board)

    def claim(self):
        """A slot to write a frame into: a free one, else one that no worker has admitted yet.

        None when workers and page hold them all.
        """
        for wanted in (layout.FREE, layout.READY):
            for slot, state in enumerate(self.states()):
                if state & layout.KINDS == wanted and self._change(slot, state, layout.WRITING):
                    return slot
        return None

    def shared(self):
        """What the workers need to find it."""
        parts = to_js({"width": self.width, "height": self.height})
        parts.frames, parts.board = self.frames, self.board
        return parts

    def publish(self, slot: int, number: int, frame, parts: int) -> None:
        """Offer the ``frame`` in ``slot`` to the workers, in place of any that waits.

        The parts of these bits are what they compute of it.
        """
        self.records[slot].fill(0)
        first = slot * layout.HEADER_WORDS
        self._headers[first + layout.FRAME] = number
        self._headers[first + layout.WIDTH] = self.width
        self._headers[first + layout.HEIGHT] = self.height
        frame.stamp(self._headers, first + layout.TIMESTAMP)
        self._asked[slot] = parts
        self._change(slot, layout.WRITING, layout.READY | parts)
        for other, state in enumerate(self.states()):
            if other != slot and schedule.is_ready(state):
                self._change(other, state, layout.FREE)
        self._bell.ring()

    def finished(self) -> list:
        """The slots whose frames are complete, oldest frame first."""
        done = [slot for slot, state in enumerate(self.states()) if state == layout.DONE]
        return sorted(done, key=self.frame)

    def release(self, slot: int) -> None:
        """Give back a slot whose frame has been claimed, or shown."""
        js.Atomics.store(self._control, layout.STATE + slot, layout.FREE)

    def set_level(self, level: int) -> None:
        """Say how much effort the next frames get, by the place in effort.LEVELS."""
        js.Atomics.store(self._control, layout.LEVEL, level)

    def frame(self, slot: int) -> int:
        """The number of the frame in ``slot``."""
        return int(self._headers[slot * layout.HEADER_WORDS + layout.FRAME])

    def frame_numbers(self) -> list:
        """The number of the frame in every slot."""
        return [self.frame(slot) for slot in range(layout.SLOTS)]

    def asked(self, slot: int) -> int:
        """The bits of the parts that were to be computed of the frame in ``slot``."""
        return self._asked[slot]

    def result(self, slot: int):
        """What is in the record of ``slot``, as ``results`` reads it."""
        return results.read(_RECORD, self.records[slot], self._headers, slot)

    def state(self, slot: int) -> int:
        """The state of ``slot``."""
        return js.Atomics.load(self._control, layout.STATE + slot)

    def states(self) -> list:
        """The state of every slot."""
        return [self.state(slot) for slot in range(layout.SLOTS)]

    def admit(self, slot: int) -> None:
        """Have the frame in ``slot`` computed, in place of a worker."""
        state = schedule.admitted_state(self.state(slot))
        js.Atomics.store(self._control, layout.STATE + slot, state)

    def finish(self, slot: int, key: tuple) -> None:
        """Note in place of a worker that a key is computed; the last one makes the frame DONE."""
        state = schedule.finished_state(self.state(slot), key)
        js.Atomics.store(self._control, layout.STATE + slot, state)

    def pack(self, slot: int, message, memory) -> None:
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

    def _change(self, slot: int, old: int, new: int) -> bool:
        return js.Atomics.compareExchange(self._control, layout.STATE + slot, old, new) == old
