"""How workers share frames on the blackboard, told with threads in the place of Web Workers."""

import importlib
import sys
import threading
import types
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

from holistic.shared import layout, quality, schedule
from holistic.tracking.stage_runner import LIGHT_MODELS

Task = tuple[str, ...]
WIDTH, HEIGHT = 4, 2
ALL_TASKS = schedule.tasks(list(layout.PARTS), with_pose=True)
ALL_BUSY = layout.BUSY | schedule.bits_of(layout.PARTS)
ALL_READY = layout.READY | schedule.bits_of(layout.PARTS)


class Atomics:
    """JavaScript's Atomics over NumPy arrays."""

    def __init__(self) -> None:
        self._changed = threading.Condition()

    def load(self, array: np.ndarray, index: int) -> int:
        return int(array[index])

    def store(self, array: np.ndarray, index: int, value: int) -> None:
        with self._changed:
            array[index] = value

    def add(self, array: np.ndarray, index: int, value: int) -> int:
        with self._changed:
            old = int(array[index])
            array[index] = old + value
            return old

    def compareExchange(  # noqa: N802
        self, array: np.ndarray, index: int, expected: int, value: int
    ) -> int:
        with self._changed:
            old = int(array[index])
            if old == expected:
                array[index] = value
            return old

    def notify(self, array: np.ndarray, index: int) -> None:
        with self._changed:
            self._changed.notify_all()

    def wait(self, array: np.ndarray, index: int, value: int) -> None:
        with self._changed:
            while array[index] == value:
                assert self._changed.wait(10), "nobody woke the worker"


class TypedArray(np.ndarray):
    """A typed array over a shared buffer, with what Pyodide adds."""

    def assign_to(self, target: np.ndarray) -> None:
        target.reshape(-1)[:] = self

    def assign(self, source: np.ndarray) -> None:
        self[:] = source

    @property
    def length(self) -> int:
        return len(self)


def constructor(dtype: type) -> Any:
    """Something like Float32Array: new(buffer, byte offset, length)."""

    def new(buffer: bytearray, offset: int = 0, length: int = -1) -> TypedArray:
        return np.frombuffer(buffer, dtype, length, offset).view(TypedArray)

    return types.SimpleNamespace(new=new)


@pytest.fixture
def worker_module(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """``holistic.browser.worker`` in a world where there is JavaScript."""
    js = types.ModuleType("js")
    js.Atomics = Atomics()  # type: ignore[attr-defined]
    for name, dtype in {
        "Int32Array": np.int32,
        "Float32Array": np.float32,
        "Float64Array": np.float64,
        "Uint8Array": np.uint8,
    }.items():
        setattr(js, name, constructor(dtype))
    monkeypatch.setitem(sys.modules, "js", js)
    yield importlib.import_module("holistic.browser.worker")
    for name in ("worker", "shared_memory"):
        del sys.modules[f"holistic.browser.{name}"]


def atomics() -> Atomics:
    """Those of the fixture above."""
    return sys.modules["js"].Atomics


class Doorbell:
    """The page's side of the doorbell."""

    def __init__(self, atomics: Atomics) -> None:
        self.memory = bytearray(layout.DOORBELL_WORDS * 4)
        self._words = np.frombuffer(self.memory, np.int32)
        self._atomics = atomics

    def ring(self) -> None:
        self._atomics.add(self._words, layout.SIGNAL, 1)
        self._atomics.notify(self._words, layout.SIGNAL)

    def post(self, index: int) -> None:
        self._atomics.add(self._words, layout.MAIL + index, 1)
        self.ring()


class Page:
    """The page's side of one session: offers frames and reads records."""

    def __init__(self, atomics: Atomics, doorbell: Doorbell) -> None:
        self.memory = types.SimpleNamespace(
            frames=bytearray(layout.SLOTS * WIDTH * HEIGHT * 4),
            board=bytearray(layout.board_bytes()),
            width=WIDTH,
            height=HEIGHT,
        )
        board = self.memory.board
        self.control = np.frombuffer(board, np.int32, layout.CONTROL_WORDS)
        self.headers = np.frombuffer(
            board, np.float64, layout.SLOTS * layout.HEADER_WORDS, layout.HEADERS_OFFSET
        ).reshape(layout.SLOTS, -1)
        self.records = np.frombuffer(
            board, np.float32, layout.SLOTS * layout.record_floats(), layout.RECORDS_OFFSET
        ).reshape(layout.SLOTS, -1)
        self._atomics = atomics
        self._doorbell = doorbell

    def offer(self, slot: int, frame: int, state: int = ALL_READY) -> None:
        self.headers[slot] = frame, frame * 40.0, WIDTH, HEIGHT
        size = WIDTH * HEIGHT * 4
        self.memory.frames[slot * size : (slot + 1) * size] = bytes([frame]) * size
        self._atomics.store(self.control, layout.STATE + slot, state)
        self._doorbell.ring()

    def state(self, slot: int) -> int:
        return int(self.control[layout.STATE + slot])


class FakeStage:
    """Writes what it saw: frame number, time stamp and the pose that it began from."""

    def __init__(self, part: str, log: list[tuple[str, int]]) -> None:
        self.part = part
        self.log = log
        self.resets = 0

    def take_up(self) -> None:
        """It has all that it needs."""

    def reset(self) -> None:
        self.resets += 1

    def __call__(self, frame: np.ndarray, timestamp: float, record: np.ndarray) -> None:
        assert frame.shape == (HEIGHT, WIDTH, 4)
        seen = int(frame[0, 0, 0])
        if self.part != "pose":
            assert record[layout.person_start(0) + layout.POSE] == seen, (
                "a part begins from its own frame's pose"
            )
        start = layout.person_start(0) + layout.SECTIONS[self.part][0]
        record[start : start + 2] = seen, timestamp
        record[layout.TIMES + layout.TIME_VALUES * layout.PARTS.index(self.part)] = seen
        self.log.append((self.part, seen))


def config(
    tasks: tuple[Task, ...], all_tasks: tuple[Task, ...] = ALL_TASKS, **changes: Any
) -> dict[str, Any]:
    """What a worker is told of a session."""
    options = {"max_people": 1, "variant": "float", "parts": schedule.parts_of(all_tasks)}
    options |= changes.pop("options", {})
    told = {"tasks": tasks, "all_tasks": all_tasks, "submodels": (), "fresh": True}
    return {**told, "options": options, **changes}


class WorkerPool:
    """Workers in threads, and the order in which they computed."""

    def __init__(self, module: Any, count: int) -> None:
        self.log: list[tuple[str, int]] = []
        self.done = threading.Semaphore(0)
        self.doorbell = Doorbell(atomics())
        self.page = Page(atomics(), self.doorbell)
        self.plan = schedule.assignment(count, ALL_TASKS)
        self._module = module
        self._threads: list[threading.Thread] = []

    def start(self, *more: Page) -> None:
        for index, tasks in enumerate(self.plan):
            worker = self._module.Worker(
                self.doorbell.memory, index, lambda session: self.done.release()
            )
            for session, page in enumerate((self.page, *more)):
                worker.open(session, config(tasks), None, page.memory)
            thread = threading.Thread(target=worker.run, args=(0,))
            thread.start()
            self._threads.append(thread)

    def wait_for_done(self, count: int) -> None:
        for _ in range(count):
            assert self.done.acquire(timeout=10), f"no frame is done; computed: {self.log}"

    def stop(self) -> None:
        for index in range(len(self._threads)):
            self.doorbell.post(index)
        for thread in self._threads:
            thread.join(10)
            assert not thread.is_alive(), "a worker did not leave its loop for its mail"


@pytest.fixture
def make_pool(
    worker_module: Any, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[[int], WorkerPool]]:
    pools: list[WorkerPool] = []

    def make(count: int) -> WorkerPool:
        pool = WorkerPool(worker_module, count)
        monkeypatch.setattr(
            worker_module, "make_stage", lambda task, *_: FakeStage(task[0], pool.log)
        )
        pools.append(pool)
        return pool

    yield make
    for pool in pools:
        pool.stop()


@pytest.mark.parametrize("count", [1, 2, 3, 4])
def test_every_part_of_a_frame_is_computed_once(
    make_pool: Callable[[int], WorkerPool], count: int
) -> None:
    pool = make_pool(count)
    pool.start()
    for frame in range(1, 4):
        pool.page.offer(frame % layout.SLOTS, frame)
        pool.wait_for_done(1)
    assert sorted(pool.log) == sorted((part, n) for part in layout.PARTS for n in (1, 2, 3))


def test_a_worker_copies_a_frame_once_for_all_that_it_computes_of_it(
    make_pool: Callable[[int], WorkerPool], monkeypatch: pytest.MonkeyPatch
) -> None:
    copied: list[int] = []
    plainly = TypedArray.assign_to

    def counted(self: TypedArray, target: np.ndarray) -> None:
        plainly(self, target)
        if self.dtype == np.uint8:
            copied.append(int(self[0]))

    monkeypatch.setattr(TypedArray, "assign_to", counted)
    pool = make_pool(1)
    pool.start()
    for frame in range(1, 4):
        pool.page.offer(0, frame)
        pool.wait_for_done(1)
    assert copied == [1, 2, 3]


def test_words_of_shared_memory_are_asked_for_one_by_one_only_where_order_matters(
    make_pool: Callable[[int], WorkerPool], monkeypatch: pytest.MonkeyPatch
) -> None:
    """To ask for a word takes as long as to copy all of them twenty times."""
    asked: list[int] = []
    plainly = Atomics.load

    def counted(self: Atomics, array: np.ndarray, index: int) -> int:
        asked.append(index)
        return plainly(self, array, index)

    monkeypatch.setattr(Atomics, "load", counted)
    pool = make_pool(1)
    pool.page.offer(0, 1)
    pool.start()
    pool.wait_for_done(1)
    assert len(asked) <= 2 * 5 + 3 * len(layout.PARTS)


@pytest.mark.parametrize("now", [layout.DONE, layout.FREE])
def test_a_worker_does_nothing_for_a_state_that_is_out_of_date(
    worker_module: Any, monkeypatch: pytest.MonkeyPatch, made: list[FakeStage], now: int
) -> None:
    """States are copied all at once, in which nothing keeps them in order with the records."""
    page = Page(atomics(), doorbell := Doorbell(atomics()))
    worker = worker_module.Worker(doorbell.memory, 0, None)
    worker.open(0, config(ALL_TASKS), None, page.memory)
    page.offer(0, 1, now)
    seen = iter([[ALL_BUSY, *[layout.FREE] * 4], [layout.FREE] * 5])
    monkeypatch.setattr(worker_module.Board, "states", lambda board: next(seen))
    worker.run(0, hurried=True)
    assert [stage.log for stage in made] == [[]] * len(ALL_TASKS)
    assert page.state(0) == now


def test_a_done_frame_has_every_section_and_time(make_pool: Callable[[int], WorkerPool]) -> None:
    pool = make_pool(2)
    pool.start()
    pool.page.offer(2, 7)
    pool.wait_for_done(1)
    assert pool.page.state(2) == layout.DONE
    record = pool.page.records[2]
    for index, part in enumerate(layout.PARTS):
        start = layout.person_start(0) + layout.SECTIONS[part][0]
        assert record[start : start + 2].tolist() == [7, 280]
        assert record[layout.TIMES + layout.TIME_VALUES * index] == 7


def test_the_newest_frame_is_admitted_and_none_older_after_it(
    make_pool: Callable[[int], WorkerPool],
) -> None:
    pool = make_pool(1)
    pool.page.offer(0, 3)
    pool.page.offer(1, 5)
    pool.page.offer(2, 4)
    pool.start()
    pool.wait_for_done(1)
    assert [pool.page.state(slot) for slot in range(3)] == [
        ALL_READY,
        layout.DONE,
        ALL_READY,
    ]


def test_a_frame_is_done_when_what_was_asked_for_is_computed(
    make_pool: Callable[[int], WorkerPool],
) -> None:
    pool = make_pool(2)
    pool.page.offer(0, 1, layout.READY | schedule.bits_of(("pose", "face")))
    pool.start()
    pool.wait_for_done(1)
    assert pool.page.state(0) == layout.DONE
    assert sorted(pool.log) == [("face", 1), ("pose", 1)]


def test_no_more_frames_are_in_flight_than_allowed(make_pool: Callable[[int], WorkerPool]) -> None:
    pool = make_pool(2)
    hands = layout.BUSY | 0b1100
    pool.page.offer(0, 1, hands)
    pool.page.offer(1, 2, hands)
    pool.page.offer(2, 3)
    pool.plan = pool.plan[:1]  # nobody computes hands
    pool.start()
    pool.doorbell.ring()
    assert not pool.done.acquire(timeout=0.2)
    assert pool.page.state(2) == ALL_READY


def test_a_replacement_goes_on_with_what_the_dead_worker_left(
    make_pool: Callable[[int], WorkerPool],
) -> None:
    pool = make_pool(2)
    pool.page.offer(0, 1, ALL_BUSY)  # it died during the pose
    pool.page.offer(1, 2, ALL_BUSY)
    pool.start()
    pool.wait_for_done(2)
    poses = [frame for part, frame in pool.log if part == "pose"]
    assert poses == [1, 2], "in the frames' order"


HANDS = layout.BUSY | schedule.bits_of(("left_hand", "right_hand"))


@pytest.mark.parametrize("state", [layout.DONE, layout.FREE, HANDS], ids=["done", "free", "next"])
def test_a_task_that_two_workers_do_counts_once(
    worker_module: Any, monkeypatch: pytest.MonkeyPatch, state: int
) -> None:
    """The one that had the hands is still at one of them when the other one is done with both.

    The page may have freed the slot by then, or have another frame in it.
    """
    page = Page(atomics(), doorbell := Doorbell(atomics()))
    log: list[Any] = []
    former, present = (worker_module.Worker(doorbell.memory, index, log.append) for index in (0, 1))

    def meanwhile() -> None:
        present.run(0, hurried=True)
        present.run(0, hurried=True)
        if state != layout.DONE:
            page.offer(0, 2, state)
            page.records[0] = 7

    events = [meanwhile]

    class Slow(FakeStage):
        def __call__(self, frame: np.ndarray, timestamp: float, record: np.ndarray) -> None:
            super().__call__(frame, timestamp, record)
            if events:
                events.pop()()

    monkeypatch.setattr(worker_module, "make_stage", lambda task, *_: Slow(task[0], log))
    for worker, tasks in ((former, ALL_TASKS), (present, ALL_TASKS[2:])):
        worker.open(0, config(tasks), None, page.memory)
    page.records[0, layout.person_start(0) + layout.POSE] = 1  # as FakeStage has it in frame 1
    page.offer(0, 1, HANDS)
    former.run(0, hurried=True)
    assert page.state(0) == state
    assert log.count(0) == 1, "the page hears once that the frame is done"
    if state != layout.DONE:
        assert (page.records[0] == 7).all(), "what is of another frame stays"


def test_sessions_share_the_workers(
    make_pool: Callable[[int], WorkerPool], worker_module: Any
) -> None:
    pool = make_pool(2)
    second = Page(atomics(), pool.doorbell)
    pool.start(second)
    pool.page.offer(0, 1)
    second.offer(0, 2)
    pool.wait_for_done(2)
    assert pool.page.state(0) == second.state(0) == layout.DONE


@pytest.fixture
def made(worker_module: Any, monkeypatch: pytest.MonkeyPatch) -> list[FakeStage]:
    """The stages that are made."""
    stages: list[FakeStage] = []

    def make_stage(task: Task, *_: Any) -> FakeStage:
        stages.append(FakeStage(task[0], []))
        return stages[-1]

    monkeypatch.setattr(worker_module, "make_stage", make_stage)
    return stages


OWN = (("pose",), ("face",))


def test_every_source_begins_without_memory(worker_module: Any, made: list[FakeStage]) -> None:
    worker = worker_module.Worker(None, 0, None)
    for _ in range(2):
        worker.open(0, config(OWN), None, None)
    assert [stage.resets for stage in made] == [2, 2]


def test_what_stays_goes_on_when_a_session_is_changed(
    worker_module: Any, made: list[FakeStage]
) -> None:
    worker = worker_module.Worker(None, 0, None)
    worker.open(0, config(OWN), None, None)
    worker.open(0, config((("pose",), ("left_hand",)), fresh=False), None, None)
    assert [stage.part for stage in made] == ["pose", "face", "left_hand"]
    assert made[0].resets == 1


def test_the_submodels_of_parts_that_are_switched_off_are_freed(
    worker_module: Any, made: list[FakeStage]
) -> None:
    from holistic.inference.model_files import load

    def fetched(name: str) -> Any:
        return types.SimpleNamespace(to_bytes=lambda: load(name))

    worker = worker_module.Worker(None, 0, None)
    names = ["face_detector", "face_landmarks", "hand_recrop"]
    assert worker.lacking("float", names) == names
    worker.open(0, config(OWN, submodels=names), fetched, None)
    assert worker.lacking("float", names) == []
    worker.open(0, config((("face",),), submodels=names[:2]), fetched, None)
    assert worker.lacking("float", names) == ["hand_recrop"]
    worker.close(0)
    assert worker.lacking("float", names) == names


def test_light_models_come_while_a_session_goes_on_and_go_with_it(
    worker_module: Any, made: list[FakeStage]
) -> None:
    from holistic.inference.model_files import load

    def fetched(name: str) -> Any:
        return types.SimpleNamespace(to_bytes=lambda: load(name))

    worker = worker_module.Worker(None, 0, None)
    light = ["hand_landmarks_lite"]
    worker.open(0, config(OWN, submodels=["hand_recrop"]), fetched, None)
    runner = worker._sessions[0].runner
    assert not runner.light_models
    worker.equip(0, light, fetched)
    worker.equip(1, light, fetched)  # one that is closed
    assert runner.light_models == set(light)
    worker.open(0, config(OWN, fresh=False), None, None)
    assert worker._sessions[0].runner is runner
    assert runner.light_models == set(light)
    assert worker.lacking("float", light) == []
    worker.close(0)
    assert worker.lacking("float", light) == light


def test_a_hand_that_is_taken_over_at_a_lower_level_has_the_full_model_until_the_light_one_comes(
    worker_module: Any,
) -> None:
    from holistic.inference.model_files import load

    def fetched(name: str) -> Any:
        return types.SimpleNamespace(to_bytes=lambda: load(name, variant="pruned"))

    worker = worker_module.Worker(None, 0, None)
    options = {"variant": "pruned", "parts": ["pose", "left_hand"]}
    both = [
        "pose_detector",
        "pose_landmarks_full",
        "hand_recrop",
        "palm_detector",
        "hand_landmarks",
    ]
    told = config((("pose",),), submodels=both[:2], options=options)
    worker.open(0, told, fetched, None)
    worker.equip(0, ["pose_landmarks_lite"], fetched)
    alone = config((("pose",), ("left_hand",)), submodels=both, options=options, fresh=False)
    worker.open(0, alone, fetched, None)
    frame, record = np.zeros((48, 64, 4), np.uint8), np.zeros(layout.record_floats(), np.float32)
    for task in (("pose",), ("left_hand",)):
        worker._sessions[0].run(task, quality.LITE, frame, 0.0, record)
    assert worker.lacking("pruned", ["hand_landmarks_lite"]), "nobody has sent it"
    worker.equip(0, ["hand_landmarks_lite"], fetched)
    assert worker._sessions[0].runner.light_models == LIGHT_MODELS


def test_a_hand_begins_without_the_palm_detector_and_takes_it_up(worker_module: Any) -> None:
    from holistic.inference.model_files import load

    there = ["hand_recrop", "hand_landmarks_lite"]

    def fetched(name: str) -> Any:
        there_now = types.SimpleNamespace(to_bytes=lambda: load(name))
        return there_now if name in there else None

    worker = worker_module.Worker(None, 0, None)
    options = {"complexity": 0, "parts": ["pose", "left_hand"]}
    told = config((("left_hand",),), submodels=there, options=options)
    worker.open(0, told, fetched, None)
    (stage,) = worker._sessions[0].stages.values()
    networks = len(stage._submodels)
    there.append("palm_detector")
    worker.open(0, {**told, "submodels": there, "fresh": False}, fetched, None)
    assert list(worker._sessions[0].stages.values()) == [stage], "it goes on"
    assert len(stage._submodels) == networks + 1


@pytest.mark.parametrize("change", [{"max_people": 2}, {"variant": "int8"}])
def test_other_settings_need_other_stages(
    worker_module: Any, made: list[FakeStage], change: dict[str, Any]
) -> None:
    worker = worker_module.Worker(None, 0, None)
    worker.open(0, config(OWN), None, None)
    worker.open(0, config(OWN, options=change), None, None)
    assert len(made) == 4


def test_a_hurried_worker_comes_back_after_everything_that_it_does(
    make_pool: Callable[[int], WorkerPool], worker_module: Any
) -> None:
    pool = make_pool(1)
    worker = worker_module.Worker(pool.doorbell.memory, 0, lambda session: None)
    worker.open(0, config(ALL_TASKS), None, pool.page.memory)
    pool.page.offer(0, 1)
    for computed in range(1, len(ALL_TASKS) + 1):
        worker.run(0, hurried=True)
        assert len(pool.log) == computed
    assert pool.page.state(0) == layout.DONE
    worker.run(0, hurried=True)


def test_without_shared_memory_a_frame_comes_and_its_record_goes_back(
    worker_module: Any, made: list[FakeStage]
) -> None:
    worker = worker_module.Worker(None, 0, None)
    worker.open(0, config(OWN), None, None)
    record = bytearray(layout.record_floats() * 4)
    header = types.SimpleNamespace(to_py=lambda: [7.0, 280.0, WIDTH, HEIGHT])
    pixels = bytearray([7] * WIDTH * HEIGHT * 4)
    message = types.SimpleNamespace(tasks=OWN, level=0, header=header, pixels=pixels, record=record)
    worker.compute(0, message)
    numbers = np.frombuffer(record, np.float32)
    for part in ("pose", "face"):
        start = layout.person_start(0) + layout.SECTIONS[part][0]
        assert numbers[start : start + 2].tolist() == [7, 280]


@pytest.mark.parametrize("complexity", [0, 1])
@pytest.mark.parametrize("with_pose", [True, False])
@pytest.mark.parametrize("count", [1, 2, 3, 4])
@pytest.mark.parametrize(
    "more",
    [
        {},
        {"several": True, "irises": True},
        {"blendshapes": True},
        {"blendshapes": "approximate"},
        {"blendshapes": "approximate", "irises": True},
    ],
    ids=str,
)
def test_the_models_that_are_loaded_are_those_that_the_stages_ask_for(
    count: int, complexity: int, with_pose: bool, more: dict[str, Any]
) -> None:
    from holistic.inference.model_cache import ModelCache
    from holistic.inference.model_files import load
    from holistic.options import Options
    from holistic.shared.model_sets import files, submodel_names
    from holistic.tracking.stages import make_stage

    parts = list(layout.PARTS[0 if with_pose else 1 :])
    for tasks in schedule.assignment(count, schedule.tasks(parts, with_pose)):
        asked: list[str] = []

        def load_noting(name: str, asked: list[str] = asked) -> bytes:
            asked.append(name)
            return load(name)

        model_cache = ModelCache(load_noting)
        options = Options(
            complexity,
            max_people=2 if "several" in more else 1,
            parts=parts,
            refine_face="irises" in more,
            blendshapes=more.get("blendshapes", False),
        )
        stages = [make_stage(task, model_cache, options) for task in tasks]
        own_parts = schedule.parts_of(tasks)
        names = submodel_names(own_parts, complexity, with_pose=with_pose, **more)
        assert set(names) == model_cache.alive
        assert sorted(file for name in names for file in files(name)) == sorted(asked)
        assert stages
