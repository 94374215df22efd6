"""The Python side of a Web Worker: does this worker's tasks for the frames of every session.

A session is one source of frames, with its settings. Workers share no queue and no master: each
looks at the states of the slots on the sessions' blackboards (see ``layout``) and picks what it
can do next (see ``schedule``). Whoever clears a frame's last part marks it as done. A worker that
replaces a dead one finds the frames in flight as they were left, and goes on with them.

Without shared memory the page picks, and sends each frame with what is to be computed.

It runs in Pyodide only: typed arrays and Atomics are JavaScript's.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from js import Float32Array, Uint8Array

from holistic.browser.shared_memory import Board, Doorbell, Task
from holistic.inference.model_cache import LateModelError, ModelCache
from holistic.options import Options
from holistic.shared import layout, schedule
from holistic.tracking.stage_runner import LIGHT_MODELS, StageRunner
from holistic.tracking.stages import Stage, make_stage


@dataclass
class Session:
    """A session as far as it concerns this worker.

    Attributes:
        options: what its stages are made for.
        stages: the worker's own, by task.
        all_tasks: those of all workers, in order; the first one leads.
        board: its shared memory, None while it has no source (or shares no memory).
        submodels: keeps those in memory that only some levels of effort use.
        light: the same, of the light ones that came later, by name; see ``Worker.equip``.
        runner: of the stages, by the level of effort.
        admitted: the number of the last frame that this worker has admitted.
    """

    options: Options
    stages: dict[Task, Stage]
    all_tasks: tuple[Task, ...]
    board: Board | None
    submodels: list[Any]
    light: dict[str, Any]
    runner: StageRunner
    admitted: float = 0.0

    def next_task(self) -> tuple[int, Task] | None:
        """The slot and the task to do now; None when there is nothing to do."""
        board = self.board
        while board:
            states = board.states()
            frames = board.read_headers()[:, layout.FRAME].tolist()
            own, lead = tuple(self.stages), self.all_tasks[0]
            found = schedule.next_task(states, frames, own, lead, self.admitted)
            if found is None:
                return None
            slot, task = found
            if not schedule.is_ready(states[slot]):
                if board.is_open(slot, task):
                    return found
            elif board.admit(slot, states[slot]):
                self.admitted = float(board.read_headers()[slot, layout.FRAME])
                return found
        return None

    def compute(self, slot: int, task: Task) -> bool:
        """Run a stage on a slot; True if that makes the frame complete.

        When the page deals the tasks anew, the worker that has had a task so far may still be at
        it while the new one begins. The later one's result is dropped: the frame may be done, and
        another one in its slot.
        """
        board = self.board
        assert board is not None  # it has given the task
        header = board.read_headers()[slot]
        number, timestamp = float(header[layout.FRAME]), float(header[layout.TIMESTAMP])
        board.read_frame(slot, number)
        board.read_record(slot)
        self.run(task, board.level, board.frame, timestamp, board.record)
        if not board.awaits(slot, number, task):
            return False
        board.write(slot, task)
        return board.finish(slot, task)

    def run(
        self, task: Task, level: int, frame: np.ndarray, timestamp: float, record: np.ndarray
    ) -> None:
        """Run a stage; a picture's begins without memory."""
        stage = self.stages[task]
        if self.options.stands_alone:
            stage.reset()
        self.runner.run(task, stage, level, frame, timestamp, record)


class Worker:
    """Does the worker's tasks for every session's frames.

    ``doorbell`` is the SharedArrayBuffer of the doorbell and ``index`` this worker's slot of the
    worker pool; without shared memory ``doorbell`` is None. ``on_done(session)`` tells of a frame
    that is done, with the id of its session.
    """

    def __init__(self, doorbell: Any, index: int, on_done: Callable[[int], object]) -> None:
        self._doorbell = Doorbell(doorbell, index) if doorbell else None
        self._on_done = on_done
        self._sessions: dict[int, Session] = {}
        self._model_caches: dict[str, ModelCache] = {}
        self._load: Callable[[str], Any] = _nothing

    def lacking(self, variant: str, names: Sequence[str]) -> list[str]:
        """Which of these submodels of a variant are not in memory."""
        model_cache = self._model_caches.get(variant)
        return [name for name in names if model_cache is None or name not in model_cache.alive]

    def open(
        self,
        session_id: int,
        config: Mapping[str, Any],
        load: Callable[[str], Any],
        memory: Any,
    ) -> None:
        """Begin a session, or go on with it in another way.

        ``config`` says how: ``tasks`` and ``all_tasks``, this worker's and everybody's; the
        ``options``, as in options.Options; the names of the ``submodels`` that may be needed; and
        ``fresh``, whether a new source begins. Stages whose options stay go on without a break.
        ``load(name)`` gives the bytes of those models that are lacking, as JavaScript's Uint8Array,
        and None for one that comes later, with another call.
        ``memory`` is a Board's, None while there is no source.

        Raises:
            TypeError, ValueError: a setting is not one of options.Options.
            RuntimeError: a model cannot be executed.
        """
        options = Options(**config["options"])
        old = self._sessions.get(session_id)
        same = old is not None and options.makes_same_stages(old.options)
        kept = old.stages if old and same else {}
        tasks, all_tasks = (tuple(map(tuple, config[name])) for name in ("tasks", "all_tasks"))
        model_cache = self._model_caches.setdefault(options.variant, ModelCache(self._load_bytes))
        self._load = load
        submodels = [model_cache(name) for name in config["submodels"]]
        stages = {task: kept.get(task) or make_stage(task, model_cache, options) for task in tasks}
        for stage in stages.values():
            stage.take_up()
        self._load = _nothing
        runner = old.runner if old and same else StageRunner(options)
        light = old.light if old and same else {}
        # Other tasks may need light ones that were not among those of the tasks before.
        runner.light_models = LIGHT_MODELS.intersection([*config["submodels"], *light])
        if config["fresh"]:
            runner.reset()
            for stage in stages.values():
                stage.reset()
        board = None
        if self._doorbell and memory:
            board = Board(self._doorbell, memory, options.max_people, tasks, all_tasks[0])
        self._sessions[session_id] = Session(
            options, stages, all_tasks, board, submodels, light, runner
        )

    def equip(self, session_id: int, names: Sequence[str], load: Callable[[str], Any]) -> None:
        """Have a session's light submodels at hand, for lower levels of effort.

        ``load`` is as in ``open``. What has none here is computed by the full ones at all levels.
        """
        session = self._sessions.get(session_id)
        if session is None:  # it has ended meanwhile
            return
        self._load = load
        model_cache = self._model_caches[session.options.variant]
        session.light |= {name: model_cache(name) for name in names}
        self._load = _nothing
        session.runner.light_models |= LIGHT_MODELS.intersection(names)

    def close(self, session_id: int) -> None:
        """End a session, and let go of the memory that nobody else needs."""
        self._sessions.pop(session_id, None)

    def run(self, received: int, hurried: bool = False) -> None:
        """Work until the page has sent more messages than have been ``received``.

        ``hurried`` means to do one thing at the most, and not to wait for it.
        """
        assert self._doorbell is not None  # without shared memory the page sends what is to be done
        while True:
            heard = self._doorbell.count()
            if self._doorbell.sent() > received:
                return
            worked = self._work()
            if hurried:
                return
            if not worked:
                self._doorbell.wait(heard)

    def _work(self) -> bool:
        """Do one thing for every session that has something to do; False if none has."""
        busy = False
        for session_id, session in self._sessions.items():
            found = session.next_task()
            if found:
                busy = True
                if session.compute(*found):
                    self._on_done(session_id)
        return busy

    def compute(self, session_id: int, message: Any) -> None:
        """Compute what the page asks for, without shared memory.

        ``message`` is a JavaScript object: ``tasks`` in order, the ``level`` of effort, the slot's
        ``header``, and ``pixels`` and ``record`` (ArrayBuffers; the results go into the record).
        """
        session = self._sessions[session_id]
        header = message.header.to_py()
        shape = int(header[layout.HEIGHT]), int(header[layout.WIDTH]), 4
        frame = np.empty(shape, np.uint8)
        Uint8Array.new(message.pixels).assign_to(frame)
        numbers = Float32Array.new(message.record)
        record = np.empty(numbers.length, np.float32)
        numbers.assign_to(record)
        for task in message.tasks:
            session.run(tuple(task), message.level, frame, header[layout.TIMESTAMP], record)
        numbers.assign(record)

    def _load_bytes(self, name: str) -> bytes:
        content = self._load(name)
        if content is None:
            raise LateModelError(f"the model {name} comes later")
        return bytes(content.to_bytes())


def _nothing(name: str) -> Any:
    raise KeyError(f"the model {name} was not loaded with the session that needs it")
