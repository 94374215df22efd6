"""The Python side of a Web Worker: takes frames from the ring and runs this worker's stages.

Workers share no queue and no master. Each looks at the slots' states on the blackboard (see
``layout``) and picks what it can do next: a part of its own in the oldest frame in flight whose
pose is known. The worker that computes the pose also admits frames, always the newest. Whoever
clears a frame's last part marks it as done. A worker that takes a dead one's place finds the
frames in flight as they were left, and goes on with them.

It runs in Pyodide only: typed arrays and Atomics are JavaScript's.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from js import Atomics, Float32Array, Float64Array, Int32Array, Uint8Array

from holistic import layout
from holistic.stages import stages

_POSE_BIT = 1 << layout.PARTS.index("pose")


class Board:
    """One source's shared memory, as this worker sees it.

    ``frames`` and ``board`` are the SharedArrayBuffers of the ring and of the blackboard, with
    records for ``people``. All views are made once, since making one costs more than using it.
    """

    def __init__(self, frames: Any, board: Any, width: int, height: int, people: int = 1) -> None:
        size = width * height * 4
        self._people = range(people)
        self._length = layout.record_floats(people)
        slots = range(layout.SLOTS)
        self._control = Int32Array.new(board, 0, layout.CONTROL_WORDS)
        self._header_words = Float64Array.new(
            board, layout.HEADERS_OFFSET, layout.SLOTS * layout.HEADER_WORDS
        )
        self._pixels = [Uint8Array.new(frames, slot * size, size) for slot in slots]
        self._records = [self._floats(board, slot, 0, self._length) for slot in slots]
        self._parts = [
            {part: self._part(board, slot, part) for part in layout.PARTS} for slot in slots
        ]
        self.frame = np.empty((height, width, 4), np.uint8)
        self.record = np.empty(self._length, np.float32)
        self.headers = np.empty((layout.SLOTS, layout.HEADER_WORDS))

    def _floats(self, board: Any, slot: int, start: int, end: int) -> Any:
        """A view of some numbers of a slot's record."""
        first = layout.RECORDS_OFFSET + (slot * self._length + start) * 4
        return Float32Array.new(board, first, end - start)

    def _part(self, board: Any, slot: int, part: str) -> list[tuple[Any, slice]]:
        """What the stage of ``part`` writes, as pairs of shared view and slice of the record."""
        first_time = layout.TIMES + layout.PARTS.index(part) * layout.TIME_VALUES
        spans = [(first_time, first_time + layout.TIME_VALUES)]
        for start in map(layout.person_start, self._people):
            first, end = layout.SECTIONS[part]
            spans.append((start + first, start + end))
            if part == "pose":  # it says who is who
                spans.append((start + layout.PERSON_ID, start + layout.PERSON_ID + 1))
        return [(self._floats(board, slot, *span), slice(*span)) for span in spans]

    @property
    def running(self) -> bool:
        """False once the page has closed the source."""
        return bool(Atomics.load(self._control, layout.RUN))

    def signal_count(self) -> int:
        """How often a state has changed."""
        return int(Atomics.load(self._control, layout.SIGNAL))

    def wait(self, seen: int) -> None:
        """Sleep until a state changes, if none has since the signal count was ``seen``."""
        Atomics.wait(self._control, layout.SIGNAL, seen)

    def states(self) -> list[int]:
        """The state of every slot."""
        return [Atomics.load(self._control, layout.STATE + slot) for slot in range(layout.SLOTS)]

    def read_headers(self) -> np.ndarray:
        """Headers (SLOTS, HEADER_WORDS) as they are now; the array is used again."""
        self._header_words.assign_to(self.headers)
        return self.headers

    def read_frame(self, slot: int) -> None:
        """Copy a slot's pixels into ``frame``, uint8 (height, width, 4)."""
        self._pixels[slot].assign_to(self.frame)

    def read_record(self, slot: int) -> None:
        """Copy a slot's record into ``record``."""
        self._records[slot].assign_to(self.record)

    def write_part(self, slot: int, part: str) -> None:
        """Copy a part's section and times from ``record`` to the slot's record."""
        for shared, span in self._parts[slot][part]:
            shared.assign(self.record[span])

    def admit(self, slot: int) -> bool:
        """Take a READY slot for computing; False where the page has taken it back."""
        state = layout.STATE + slot
        busy = layout.BUSY | layout.ALL_PARTS
        if Atomics.compareExchange(self._control, state, layout.READY, busy) != layout.READY:
            return False
        self._signal()
        return True

    def finish(self, slot: int, part: str) -> bool:
        """Clear a part's bit; True if it was the frame's last, which is then DONE."""
        bit = 1 << layout.PARTS.index(part)
        last = bool(Atomics.sub(self._control, layout.STATE + slot, bit) == layout.BUSY | bit)
        if last:
            Atomics.store(self._control, layout.STATE + slot, layout.DONE)
        self._signal()
        return last

    def _signal(self) -> None:
        Atomics.add(self._control, layout.SIGNAL, 1)
        Atomics.notify(self._control, layout.SIGNAL)


class Worker:
    """Runs the stages of ``parts`` on the frames of one source after another.

    ``load_model`` gives a model's bytes, as a JavaScript Uint8Array, by its name. Records are
    for up to ``people``.
    """

    def __init__(
        self,
        parts: Sequence[str],
        load_model: Callable[[str], Any],
        complexity: int,
        people: int = 1,
    ) -> None:
        self._people = people
        made = stages(
            parts, lambda name: load_model(name).to_bytes(), complexity, max_people=people
        )
        self._stages = dict(zip(parts, made, strict=True))
        self._admitted = 0.0

    def run(
        self, frames: Any, board: Any, width: int, height: int, on_done: Callable[[], object]
    ) -> None:
        """Work on a new source until the page closes it; ``on_done()`` tells of a done frame."""
        shared = Board(frames, board, width, height, self._people)
        for stage in self._stages.values():
            stage.reset()
        self._admitted = 0.0
        while True:
            seen = shared.signal_count()
            if not shared.running:
                return
            task = self._next_task(shared)
            if task is None:
                shared.wait(seen)
            elif self._compute(shared, *task):
                on_done()

    def _next_task(self, board: Board) -> tuple[int, str] | None:
        """The slot and the part to compute now; None when there is nothing to do."""
        states, numbers = board.states(), board.read_headers()[:, layout.FRAME].tolist()
        busy = [slot for slot, state in enumerate(states) if state & layout.BUSY]
        for slot in sorted(busy, key=numbers.__getitem__):
            for part in self._stages:
                if _open(states[slot], part):
                    return slot, part
        if "pose" in self._stages and len(busy) < layout.MAX_IN_FLIGHT:
            return self._admit_newest(board, states, numbers)
        return None

    def _admit_newest(
        self, board: Board, states: list[int], numbers: list[float]
    ) -> tuple[int, str] | None:
        """Admit the newest frame that is ready, never one older than an admitted one."""
        ready = [
            slot
            for slot, state in enumerate(states)
            if state == layout.READY and numbers[slot] > self._admitted
        ]
        if not ready:
            return None
        slot = max(ready, key=numbers.__getitem__)
        if not board.admit(slot):
            return self._next_task(board)
        self._admitted = float(board.read_headers()[slot, layout.FRAME])
        return slot, "pose"

    def _compute(self, board: Board, slot: int, part: str) -> bool:
        """Run a stage on a slot; True if that makes the frame complete."""
        board.read_frame(slot)
        board.read_record(slot)
        timestamp = float(board.read_headers()[slot, layout.TIMESTAMP])
        self._stages[part](board.frame, timestamp, board.record)
        board.write_part(slot, part)
        return board.finish(slot, part)


def _open(state: int, part: str) -> bool:
    """Whether a part of a BUSY slot waits to be computed, and can be: the pose comes first."""
    bit = 1 << layout.PARTS.index(part)
    return bool(state & bit) and (part == "pose" or not state & _POSE_BIT)
