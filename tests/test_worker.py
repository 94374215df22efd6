"""How workers share frames on the blackboard, told with threads in the place of Web Workers."""

import importlib
import sys
import threading
import types
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

from holistic import layout

WIDTH, HEIGHT = 4, 2
ALL_BUSY = layout.BUSY | layout.ALL_PARTS


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

    def sub(self, array: np.ndarray, index: int, value: int) -> int:
        return self.add(array, index, -value)

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


def constructor(dtype: type) -> Any:
    """Something like Float32Array: new(buffer, byte offset, length)."""

    def new(buffer: bytearray, offset: int, length: int) -> TypedArray:
        return np.frombuffer(buffer, dtype, length, offset).view(TypedArray)

    return types.SimpleNamespace(new=new)


@pytest.fixture
def worker_module(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """``holistic.worker`` in a world where there is JavaScript."""
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
    yield importlib.import_module("holistic.worker")
    del sys.modules["holistic.worker"]


class Page:
    """The page's side of one source: offers frames and reads records."""

    def __init__(self, atomics: Atomics) -> None:
        self.frames = bytearray(layout.SLOTS * WIDTH * HEIGHT * 4)
        self.board = bytearray(layout.board_bytes())
        self.control = np.frombuffer(self.board, np.int32, layout.CONTROL_WORDS)
        self.headers = np.frombuffer(
            self.board, np.float64, layout.SLOTS * layout.HEADER_WORDS, layout.HEADERS_OFFSET
        ).reshape(layout.SLOTS, -1)
        self.records = np.frombuffer(
            self.board, np.float32, layout.SLOTS * layout.record_floats(), layout.RECORDS_OFFSET
        ).reshape(layout.SLOTS, -1)
        self.control[layout.RUN] = 1
        self._atomics = atomics

    def offer(self, slot: int, frame: int, state: int = layout.READY) -> None:
        self.headers[slot] = frame, frame * 40.0, WIDTH, HEIGHT
        size = WIDTH * HEIGHT * 4
        self.frames[slot * size : (slot + 1) * size] = bytes([frame]) * size
        self._atomics.store(self.control, layout.STATE + slot, state)
        self.signal()

    def close(self) -> None:
        self.control[layout.RUN] = 0
        self.signal()

    def signal(self) -> None:
        self._atomics.add(self.control, layout.SIGNAL, 1)
        self._atomics.notify(self.control, layout.SIGNAL)

    def state(self, slot: int) -> int:
        return int(self.control[layout.STATE + slot])


class FakeStage:
    """Writes what it saw: frame number, time stamp and the pose that it began from."""

    def __init__(self, part: str, log: list[tuple[str, int]]) -> None:
        self.part = part
        self.log = log
        self.resets = 0

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
        record[layout.TIMES + 3 * layout.PARTS.index(self.part)] = seen
        self.log.append((self.part, seen))


class Crew:
    """Workers in threads, and the order in which they computed."""

    def __init__(self, module: Any, count: int, monkeypatch: pytest.MonkeyPatch) -> None:
        self.log: list[tuple[str, int]] = []
        self.done = threading.Semaphore(0)
        self.page = Page(module.Atomics)
        self._module = module
        self._threads: list[threading.Thread] = []
        monkeypatch.setattr(
            module,
            "stages",
            lambda parts, load, complexity, **_: tuple(FakeStage(part, self.log) for part in parts),
        )
        self.parts = layout.assignment(count)

    def start(self) -> None:
        for parts in self.parts:
            worker = self._module.Worker(parts, None, 1)
            arguments = (self.page.frames, self.page.board, WIDTH, HEIGHT, self.done.release)
            thread = threading.Thread(target=worker.run, args=arguments)
            thread.start()
            self._threads.append(thread)

    def wait_for_done(self, count: int) -> None:
        for _ in range(count):
            assert self.done.acquire(timeout=10), f"no frame is done; computed: {self.log}"

    def stop(self) -> None:
        self.page.close()
        for thread in self._threads:
            thread.join(10)
            assert not thread.is_alive(), "a worker did not leave its loop"


@pytest.fixture
def make_crew(
    worker_module: Any, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[[int], Crew]]:
    crews: list[Crew] = []

    def make(count: int) -> Crew:
        crews.append(Crew(worker_module, count, monkeypatch))
        return crews[-1]

    yield make
    for crew in crews:
        crew.stop()


@pytest.mark.parametrize("count", [1, 2, 3, 4])
def test_every_part_of_a_frame_is_computed_once(
    make_crew: Callable[[int], Crew], count: int
) -> None:
    crew = make_crew(count)
    crew.start()
    for frame in range(1, 4):
        crew.page.offer(frame % layout.SLOTS, frame)
        crew.wait_for_done(1)
    assert sorted(crew.log) == sorted((part, n) for part in layout.PARTS for n in (1, 2, 3))


def test_a_done_frame_has_every_section_and_time(make_crew: Callable[[int], Crew]) -> None:
    crew = make_crew(2)
    crew.start()
    crew.page.offer(2, 7)
    crew.wait_for_done(1)
    assert crew.page.state(2) == layout.DONE
    record = crew.page.records[2]
    for index, part in enumerate(layout.PARTS):
        start = layout.person_start(0) + layout.SECTIONS[part][0]
        assert record[start : start + 2].tolist() == [7, 280]
        assert record[layout.TIMES + 3 * index] == 7


def test_the_newest_frame_is_admitted_and_none_older_after_it(
    make_crew: Callable[[int], Crew],
) -> None:
    crew = make_crew(1)
    crew.page.offer(0, 3)
    crew.page.offer(1, 5)
    crew.page.offer(2, 4)
    crew.start()
    crew.wait_for_done(1)
    assert [crew.page.state(slot) for slot in range(3)] == [
        layout.READY,
        layout.DONE,
        layout.READY,
    ]


def test_no_more_frames_are_in_flight_than_allowed(make_crew: Callable[[int], Crew]) -> None:
    crew = make_crew(2)
    hands = layout.BUSY | 0b1100
    crew.page.offer(0, 1, hands)
    crew.page.offer(1, 2, hands)
    crew.page.offer(2, 3)
    crew.parts = crew.parts[:1]  # nobody computes hands
    crew.start()
    crew.page.signal()
    assert not crew.done.acquire(timeout=0.2)
    assert crew.page.state(2) == layout.READY


def test_a_replacement_goes_on_with_what_the_dead_worker_left(
    make_crew: Callable[[int], Crew],
) -> None:
    crew = make_crew(2)
    crew.page.offer(0, 1, ALL_BUSY)  # it died during the pose
    crew.page.offer(1, 2, ALL_BUSY)
    crew.start()
    crew.wait_for_done(2)
    poses = [frame for part, frame in crew.log if part == "pose"]
    assert poses == [1, 2], "in the frames' order"


def test_every_source_begins_without_memory(
    worker_module: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[FakeStage] = []

    def stages(
        parts: tuple[str, ...], load: Any, complexity: int, **_: Any
    ) -> tuple[FakeStage, ...]:
        made.extend(FakeStage(part, []) for part in parts)
        return tuple(made)

    monkeypatch.setattr(worker_module, "stages", stages)
    worker = worker_module.Worker(("pose", "face"), None, 1)
    for _ in range(2):
        page = Page(worker_module.Atomics)
        page.close()
        worker.run(page.frames, page.board, WIDTH, HEIGHT, lambda: None)
    assert [stage.resets for stage in made] == [2, 2]


@pytest.mark.parametrize("complexity", [0, 1])
@pytest.mark.parametrize("count", [1, 2, 3, 4])
def test_the_models_that_are_loaded_are_those_that_the_stages_ask_for(
    worker_module: Any, count: int, complexity: int
) -> None:
    from holistic.models import load
    from holistic.selection import model_names
    from holistic.stages import stages

    for parts in layout.assignment(count):
        asked: list[str] = []

        def load_noting(name: str, asked: list[str] = asked) -> bytes:
            asked.append(name)
            return load(name)

        stages(parts, load_noting, complexity)
        assert sorted(model_names(parts, complexity)) == sorted(asked)
