"""The memory that a Web Worker shares with the page: the doorbell and the sessions' blackboards.

It runs in Pyodide only: typed arrays and Atomics are JavaScript's.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from js import Atomics, Float32Array, Float64Array, Int32Array, Uint8Array

from holistic.shared import layout, schedule

Task = tuple[str, ...]


class Doorbell:
    """The memory that all workers share with the page: who waits is woken by it.

    ``memory`` is its SharedArrayBuffer, ``index`` this worker's slot of the worker pool.
    """

    def __init__(self, memory: Any, index: int) -> None:
        self._words = Int32Array.new(memory, 0, layout.DOORBELL_WORDS)
        self._mail = layout.MAIL + index

    def ring(self) -> None:
        """Wake everybody: a state has changed."""
        Atomics.add(self._words, layout.SIGNAL, 1)
        Atomics.notify(self._words, layout.SIGNAL)

    def count(self) -> int:
        """How often it has rung."""
        return int(Atomics.load(self._words, layout.SIGNAL))

    def wait(self, heard: int) -> None:
        """Sleep until it rings, if it has not since the count was ``heard``."""
        Atomics.wait(self._words, layout.SIGNAL, heard)

    def sent(self) -> int:
        """How many messages the page has sent to this worker."""
        return int(Atomics.load(self._words, self._mail))


class Board:
    """One session's shared memory, as this worker sees it.

    ``memory`` has the SharedArrayBuffers ``frames`` and ``board`` of the ring and of the
    blackboard, and the ``width`` and ``height`` of the frames. ``tasks`` are this worker's;
    ``lead``, the first task of all, is the one that says who is who. All views are made once, since
    making one costs more than using it.
    """

    def __init__(
        self, doorbell: Doorbell, memory: Any, people: int, tasks: Sequence[Task], lead: Task
    ) -> None:
        size = memory.width * memory.height * 4
        slots = range(layout.SLOTS)
        self._doorbell = doorbell
        self._people = people
        self._lead = lead
        self._length = layout.record_floats(people)
        self._control = Int32Array.new(memory.board, 0, layout.CONTROL_WORDS)
        self._header_words = Float64Array.new(
            memory.board, layout.HEADERS_OFFSET, layout.SLOTS * layout.HEADER_WORDS
        )
        self._pixels = [Uint8Array.new(memory.frames, slot * size, size) for slot in slots]
        self._records = [self._floats(memory.board, slot, 0, self._length) for slot in slots]
        self._sections = [
            {task: self._views(memory.board, slot, task) for task in tasks} for slot in slots
        ]
        self.frame = np.empty((memory.height, memory.width, 4), np.uint8)
        self.record = np.empty(self._length, np.float32)
        self.headers = np.empty((layout.SLOTS, layout.HEADER_WORDS))
        self._words = np.zeros(layout.CONTROL_WORDS, np.int32)
        self._held = (-1, 0.0)  # slot and number of what is in ``frame``

    def _floats(self, board: Any, slot: int, start: int, end: int) -> Any:
        """A view of some numbers of a slot's record."""
        first = layout.RECORDS_OFFSET + (slot * self._length + start) * 4
        return Float32Array.new(board, first, end - start)

    def _views(self, board: Any, slot: int, task: Task) -> list[tuple[Any, slice]]:
        """What the stage of ``task`` writes, as pairs of shared view and slice of the record."""
        spans = layout.written(task, self._people, task == self._lead)
        return [(self._floats(board, slot, *span), slice(*span)) for span in spans]

    def states(self) -> list[int]:
        """The state of every slot.

        They are copied all at once, which takes much less time than to ask for one after the other;
        but nothing orders that with what else is in memory. So a worker acts on a state only when
        ``is_open`` or ``admit`` has confirmed it.
        """
        self._control.assign_to(self._words)
        states: list[int] = self._words[layout.STATE :].tolist()
        return states

    @property
    def level(self) -> int:
        """The level of effort, its index in quality.LEVELS, when ``states`` were read."""
        return int(self._words[layout.LEVEL])

    def is_open(self, slot: int, task: Task) -> bool:
        """Whether a task waits in a slot, so that what it begins from can be read."""
        return schedule.is_open(self._state(slot), task)

    def _state(self, slot: int) -> int:
        return int(Atomics.load(self._control, layout.STATE + slot))

    def read_headers(self) -> np.ndarray:
        """Headers (SLOTS, HEADER_WORDS) as they are now; the array is used again."""
        self._header_words.assign_to(self.headers)
        return self.headers

    def read_frame(self, slot: int, number: float) -> None:
        """Have the pixels of the frame of this number in ``frame``, uint8 (height, width, 4).

        They are copied from the slot only once.
        """
        wanted = slot, number
        if wanted != self._held:
            self._pixels[slot].assign_to(self.frame)
            self._held = wanted

    def read_record(self, slot: int) -> None:
        """Copy a slot's record into ``record``."""
        self._records[slot].assign_to(self.record)

    def awaits(self, slot: int, number: float, task: Task) -> bool:
        """Whether the slot still has the frame of this number, and it lacks the task."""
        return self.is_open(slot, task) and self.read_headers()[slot, layout.FRAME] == number

    def write(self, slot: int, task: Task) -> None:
        """Copy a task's sections and times from ``record`` to the slot's record."""
        for shared, span in self._sections[slot][task]:
            shared.assign(self.record[span])

    def admit(self, slot: int, ready: int) -> bool:
        """Take a slot in the state ``ready``; False where the page has taken it back."""
        word, busy = layout.STATE + slot, schedule.admitted_state(ready)
        if Atomics.compareExchange(self._control, word, ready, busy) != ready:
            return False
        self._doorbell.ring()
        return True

    def finish(self, slot: int, task: Task) -> bool:
        """Clear a task's bits; True if they were the frame's last, which is then DONE.

        Where another worker has done so already, nothing changes: see ``Session.compute``.
        """
        word = layout.STATE + slot
        while schedule.is_open(state := self._state(slot), task):
            after = schedule.finished_state(state, task)
            if Atomics.compareExchange(self._control, word, state, after) == state:
                self._doorbell.ring()
                return after == layout.DONE
        return False
