"""The page's Web Workers: started, watched, and replaced when they fail.

The pool does not know what its workers compute. Its client does, and gives and hears:

- ``boot_message(index)``: what a new worker is told, ``worker.js`` tells what that has;
- ``note_ready(index)``, ``note_stocked(index)``: it has started; its first models are there;
- ``note_message(index, message)``: what it says besides;
- ``note_lost(index)``: it is gone, whatever the cause;
- ``note_fault(index, fault)``: that is why;
- ``is_busy(index)``: whether it has been told something that it has not taken up yet;
- ``waiting(index)``: the frames that wait for it.

A worker holds a Web Lock as long as it lives. The page asks for the same lock, and being given it
is how the page learns of the worker's death, whatever the cause.
"""

import host
import js
from jsffi import JsProxy

from faults import Fault
from shared_memory import SHARED
from state import pool_state
from state.pool_state import PoolState, Workforce

TYPE_CHECKING = False  # MicroPython has no typing
if TYPE_CHECKING:
    from collections.abc import Callable

    from assets import Assets
    from dispatcher import Dispatcher
    from shared_memory import Doorbell
    from state.pool_state import Action, WorkerSlot

ROUND = 5000
"""Milliseconds between two looks at whether all workers go on."""


class WorkerPool:
    """Workers in slots that are counted from 0. ``doorbell`` wakes them."""

    def __init__(self, client: "Dispatcher", doorbell: "Doorbell", assets: "Assets") -> None:
        self._client = client
        self._doorbell = doorbell
        self._assets = assets
        self._state = PoolState()
        self._workers: dict[int, JsProxy] = {}  # index -> Worker
        self._watch: int | None = None  # the timer of the looks, while there are workers
        self._performers: dict[str, Callable[..., object]] = {
            pool_state.SPAWN: self._spawn,
            pool_state.DISMISS: self._dismiss,
            pool_state.TERMINATE: lambda index: self._workers[index].terminate(),
            pool_state.DISTRUST: lambda index: self._assets.distrust(),
            pool_state.REPORT: self._report,
        }

    def __len__(self) -> int:
        return len(self._state.slots)

    def workforce(self) -> Workforce:
        """Which workers there are."""
        return self._state.workforce()

    def ready(self) -> list[int]:
        """The slots whose workers can be told something."""
        slots = enumerate(self._state.slots)
        return [index for index, slot in slots if slot.state == pool_state.READY]

    def resize(self, count: int) -> None:
        """Have so many slots; the workers of those beyond go."""
        self._perform(self._state.resize(count))
        if count and self._watch is None:
            self._watch = js.setInterval(self._look, ROUND)
        if not count and self._watch is not None:
            js.clearInterval(self._watch)
            self._watch = None

    def fill(self) -> None:
        """Have a worker in every slot, also where one failed."""
        self._perform(self._state.fill())

    def send(self, index: int, message: JsProxy, *transferred: JsProxy) -> None:
        """Send a worker a message."""
        self._workers[index].postMessage(message, js.Array.of(*transferred))
        self._doorbell.post(index)

    def note_complete(self) -> None:
        """A frame is complete: everyone has done their part of it."""
        self._state.note_complete()

    def _perform(self, actions: "list[Action]") -> None:
        for action in actions:
            self._performers[action[0]](*action[1:])

    def _spawn(self, index: int) -> None:
        if not self._state.begin(index):
            return
        worker = host.startWorker()
        worker.onmessage = lambda event: self._hear(index, worker, event.data)
        worker.onerror = lambda event: self._fail(index, worker, "runtime-failed", _said(event))
        self._workers[index] = worker
        self._doorbell.forget(index)
        boot = self._client.boot_message(index)
        boot.type = "boot"
        boot.lock = f"holistic-tracking-{js.crypto.randomUUID()}"
        boot.index = index
        boot.doorbell = self._doorbell.memory if SHARED else None
        boot.manifest, boot.retry = self._assets.manifest, self._assets.retrying
        self.send(index, boot)

    def _dismiss(self, index: int) -> None:
        worker = self._workers.pop(index, None)
        self._client.note_lost(index)
        if worker:
            worker.terminate()

    def _report(self, index: int, code: str, details: dict[str, str]) -> None:
        self._client.note_fault(index, Fault(code, **details))

    def _hear(self, index: int, worker: JsProxy, message: JsProxy) -> None:
        if worker is not self._workers.get(index):
            return
        if message.type == "prepared":
            return  # late: host.js waits for it no more
        if message.type == "alive":
            js.navigator.locks.request(message.lock, lambda _: self._on_exit(index, worker))
        elif message.type == "ready":
            self._state.note_ready(index)
            self._client.note_ready(index)
        elif message.type == "stocked":
            self._state.slots[index].stocked = True
            self._client.note_stocked(index)
        elif message.type == "error" and not isinstance(message.session, int):
            self._fail(index, worker, message.code, message.reason, message.name)
        else:
            if message.type == "progress":
                self._state.slots[index].note_news()
            self._client.note_message(index, message)

    def _fail(self, index: int, worker: JsProxy, code: str, reason: str, name: str = "") -> None:
        if worker is self._workers.get(index):
            self._perform(self._state.note_failed(index, code, reason, name))

    def _on_exit(self, index: int, worker: JsProxy) -> None:
        """A worker is dead."""
        if worker is self._workers.get(index):
            self._perform(self._state.note_died(index))

    def _look(self) -> None:
        """See that all workers go on: some may hang without dying.

        A timer of the browser does it. A task that sleeps has the event loop set its timer anew for
        every frame that another one awaits.
        """
        for index, slot in enumerate(list(self._state.slots)):
            if index < len(self):  # the one before may have taken others along
                self._look_at(index, slot)

    def _look_at(self, index: int, slot: "WorkerSlot") -> None:
        if slot.is_stuck(self._client.is_busy(index), self._client.waiting(index)):
            self._perform(self._state.note_stuck(index))


def _said(event: JsProxy) -> str:
    """What an error event says; one of a script that does not load says nothing."""
    return getattr(event, "message", "") or "worker.js does not load"
