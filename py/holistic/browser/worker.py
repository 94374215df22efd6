"""The Python side of a Web Worker: computes this worker's share of the frames of every session.

A session is one source of frames, with its settings. Workers share no queue and no master: each
looks at the states of the slots on the sessions' blackboards (see ``layout``) and picks what it
can do next (see ``schedule``). Whoever clears a frame's last part marks it as done. A worker that
takes a dead one's place finds the frames in flight as they were left, and goes on with them.

Without shared memory the page picks, and sends each frame with what is to be computed.

It runs in Pyodide only: typed arrays and Atomics are JavaScript's.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from js import Atomics, Float32Array, Float64Array, Int32Array, Uint8Array

from holistic.inference.model_cache import ModelCache
from holistic.options import Options
from holistic.shared import layout, schedule
from holistic.tracking.stage_runner import StageRunner
from holistic.tracking.stages import Key, Stage, make_stage


class Bell:
    """The memory that all workers share with the page: who waits is woken by it.

    ``memory`` is its SharedArrayBuffer, ``place`` this worker's place in the crew.
    """

    def __init__(self, memory: Any, place: int) -> None:
        self._words = Int32Array.new(memory, 0, layout.BELL_WORDS)
        self._mail = layout.MAIL + place

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
    blackboard, and the ``width`` and ``height`` of the frames. ``keys`` are this worker's;
    ``lead``, the first key of all, is the one that says who is who. All views are made once, since
    making one costs more than using it.
    """

    def __init__(self, bell: Bell, memory: Any, people: int, keys: Sequence[Key], lead: Key):
        size = memory.width * memory.height * 4
        slots = range(layout.SLOTS)
        self._bell = bell
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
            {key: self._views(memory.board, slot, key) for key in keys} for slot in slots
        ]
        self.frame = np.empty((memory.height, memory.width, 4), np.uint8)
        self.record = np.empty(self._length, np.float32)
        self.headers = np.empty((layout.SLOTS, layout.HEADER_WORDS))
        self._held = (-1, 0.0)  # slot and number of what is in ``frame``

    def _floats(self, board: Any, slot: int, start: int, end: int) -> Any:
        """A view of some numbers of a slot's record."""
        first = layout.RECORDS_OFFSET + (slot * self._length + start) * 4
        return Float32Array.new(board, first, end - start)

    def _views(self, board: Any, slot: int, key: Key) -> list[tuple[Any, slice]]:
        """What the stage of ``key`` writes, as pairs of shared view and slice of the record."""
        spans = layout.written(key, self._people, key == self._lead)
        return [(self._floats(board, slot, *span), slice(*span)) for span in spans]

    @property
    def level(self) -> int:
        """The level of effort, a place in quality.LEVELS."""
        return int(Atomics.load(self._control, layout.LEVEL))

    def states(self) -> list[int]:
        """The state of every slot."""
        return [Atomics.load(self._control, layout.STATE + slot) for slot in range(layout.SLOTS)]

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

    def awaits(self, slot: int, number: float, key: Key) -> bool:
        """Whether the slot still has the frame of this number, and it lacks the key."""
        state = int(Atomics.load(self._control, layout.STATE + slot))
        return schedule.is_open(state, key) and self.read_headers()[slot, layout.FRAME] == number

    def write_key(self, slot: int, key: Key) -> None:
        """Copy a key's sections and times from ``record`` to the slot's record."""
        for shared, span in self._sections[slot][key]:
            shared.assign(self.record[span])

    def admit(self, slot: int, ready: int) -> bool:
        """Take a slot in the state ``ready``; False where the page has taken it back."""
        word, busy = layout.STATE + slot, schedule.admitted_state(ready)
        if Atomics.compareExchange(self._control, word, ready, busy) != ready:
            return False
        self._bell.ring()
        return True

    def finish(self, slot: int, key: Key) -> bool:
        """Clear a key's bits; True if they were the frame's last, which is then DONE.

        Where another worker has done so already, nothing changes: see :meth:`Session.compute`.
        """
        word = layout.STATE + slot
        while schedule.is_open(state := int(Atomics.load(self._control, word)), key):
            after = schedule.finished_state(state, key)
            if Atomics.compareExchange(self._control, word, state, after) == state:
                self._bell.ring()
                return after == layout.DONE
        return False


@dataclass
class Session:
    """A session as far as it concerns this worker.

    Attributes:
        options: what its stages are made for.
        stages: the worker's own, by key.
        work: the keys of all workers, in order; the first one leads.
        board: its shared memory, None while it has no source (or shares no memory).
        submodels: keeps those in memory that only some levels of effort use.
        pace: of the stages, by the level of effort.
        admitted: the number of the last frame that this worker has admitted.
    """

    options: Options
    stages: dict[Key, Stage]
    work: tuple[Key, ...]
    board: Board | None
    submodels: list[Any]
    pace: StageRunner
    admitted: float = 0.0

    def next_task(self) -> tuple[int, Key] | None:
        """The slot and the key to compute now; None when there is nothing to do."""
        board = self.board
        while board:
            states = board.states()
            frames = board.read_headers()[:, layout.FRAME].tolist()
            share = tuple(self.stages)
            task = schedule.next_task(states, frames, share, self.work[0], self.admitted)
            if task is None or not schedule.is_ready(states[task[0]]):
                return task
            if board.admit(task[0], states[task[0]]):
                self.admitted = float(board.read_headers()[task[0], layout.FRAME])
                return task
        return None

    def compute(self, slot: int, key: Key) -> bool:
        """Run a stage on a slot; True if that makes the frame complete.

        When the page shares out the work anew, the worker that has had a key so far may still be at
        it while the new one begins. The later one's result is dropped: the frame may be done, and
        another one in its slot.
        """
        board = self.board
        assert board is not None  # it has given the task
        header = board.read_headers()[slot]
        number, timestamp = float(header[layout.FRAME]), float(header[layout.TIMESTAMP])
        board.read_frame(slot, number)
        board.read_record(slot)
        self.run(key, board.level, board.frame, timestamp, board.record)
        if not board.awaits(slot, number, key):
            return False
        board.write_key(slot, key)
        return board.finish(slot, key)

    def run(
        self, key: Key, level: int, frame: np.ndarray, timestamp: float, record: np.ndarray
    ) -> None:
        """Run a stage; a picture's begins without memory."""
        stage = self.stages[key]
        if self.options.stands_alone:
            stage.reset()
        self.pace.run(key, stage, level, frame, timestamp, record)


class Worker:
    """Computes the worker's share of every session's frames.

    ``bell`` is the SharedArrayBuffer of the bell and ``place`` this worker's place in the crew;
    without shared memory ``bell`` is None. ``on_done(session)`` tells of a frame that is done.
    """

    def __init__(self, bell: Any, place: int, on_done: Callable[[int], object]) -> None:
        self._bell = Bell(bell, place) if bell else None
        self._on_done = on_done
        self._sessions: dict[int, Session] = {}
        self._supplies: dict[str, ModelCache] = {}
        self._load: Callable[[str], Any] = _nothing

    def lacking(self, variant: str, names: Sequence[str]) -> list[str]:
        """Which of these submodels of a variant are not in memory."""
        model_cache = self._supplies.get(variant)
        return [name for name in names if model_cache is None or name not in model_cache.alive]

    def open(
        self,
        number: int,
        order: Mapping[str, Any],
        load: Callable[[str], Any],
        memory: Any,
    ) -> None:
        """Begin a session, or go on with it in another way.

        ``order`` says how: ``share`` and ``work``, lists of keys, this worker's and all; the
        ``variant`` of the models; the names of the ``submodels`` that may be needed; ``fresh``,
        whether a new source begins; and ``settings``, those of options.Options, but for
        ``thorough``, whether every frame stands alone. Stages whose options stay go on without a
        break. ``load(name)`` gives the bytes of those models that are
        lacking, as JavaScript's Uint8Array. ``memory`` is a Board's, None while there is no source.

        Raises:
            TypeError, ValueError: a setting is not one of options.Options.
            RuntimeError: a model cannot be executed.
        """
        options, variant = _options(order), order["variant"]
        old = self._sessions.get(number)
        same = old is not None and options.makes_same_stages(old.options)
        kept = old.stages if old and same else {}
        share, work = (tuple(tuple(key) for key in order[name]) for name in ("share", "work"))
        model_cache = self._supplies.setdefault(variant, ModelCache(self._load_bytes))
        self._load = load
        submodels = [model_cache(name) for name in order["submodels"]]
        stages = {key: kept.get(key) or make_stage(key, model_cache, options) for key in share}
        self._load = _nothing
        pace = old.pace if old and same else StageRunner(options)
        if order["fresh"]:
            pace.reset()
            for stage in stages.values():
                stage.reset()
        board = None
        if self._bell and memory:
            board = Board(self._bell, memory, options.max_people, share, work[0])
        self._sessions[number] = Session(options, stages, work, board, submodels, pace)

    def close(self, number: int) -> None:
        """End a session, and let go of the memory that nobody else needs."""
        self._sessions.pop(number, None)

    def run(self, received: int, hurried: bool = False) -> None:
        """Work until the page has sent more messages than have been ``received``.

        ``hurried`` means to do one thing at the most, and not to wait for it.
        """
        assert self._bell is not None  # without shared memory the page sends what is to be done
        while True:
            heard = self._bell.count()
            if self._bell.sent() > received:
                return
            worked = self._work()
            if hurried:
                return
            if not worked:
                self._bell.wait(heard)

    def _work(self) -> bool:
        """Do one thing for every session that has something to do; False if none has."""
        busy = False
        for number, session in self._sessions.items():
            task = session.next_task()
            if task:
                busy = True
                if session.compute(*task):
                    self._on_done(number)
        return busy

    def compute(self, number: int, task: Any) -> None:
        """Compute what the page asks for, without shared memory.

        ``task`` is a JavaScript object: ``keys`` in order, the ``level`` of effort, the slot's
        ``header``, and ``pixels`` and ``record`` (ArrayBuffers; the results go into the record).
        """
        session = self._sessions[number]
        header = task.header.to_py()
        shape = int(header[layout.HEIGHT]), int(header[layout.WIDTH]), 4
        frame = np.empty(shape, np.uint8)
        Uint8Array.new(task.pixels).assign_to(frame)
        numbers = Float32Array.new(task.record)
        record = np.empty(numbers.length, np.float32)
        numbers.assign_to(record)
        for key in task.keys:
            session.run(tuple(key), task.level, frame, header[layout.TIMESTAMP], record)
        numbers.assign(record)

    def _load_bytes(self, name: str) -> bytes:
        return bytes(self._load(name).to_bytes())


def _options(order: Mapping[str, Any]) -> Options:
    """The options of a session, from the order that the page sends."""
    settings = dict(order["settings"])
    settings.pop("with_pose", None)  # the parts say so
    mode = "picture" if settings.pop("thorough", False) else "video"
    parts = schedule.parts_of(order["work"])
    return Options(**settings, variant=order["variant"], parts=parts, mode=mode)


def _nothing(name: str) -> Any:
    raise KeyError(f"the model {name} was not loaded with the session that needs it")
