"""Pictures that come faster than they are computed: the newest waits, those before it are dropped.

One thread computes and calls back. It starts with the first picture and ends with ``close``.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from threading import Condition, Thread, current_thread
from typing import Generic, TypeVar

Item = TypeVar("Item")

_LOGGER = logging.getLogger(__name__)


class LiveStream(Generic[Item]):
    """Hands items to ``consume`` on a thread of its own, one after the other.

    While one is consumed, the newest of those that come is kept. What ``consume`` raises is logged,
    and the next item follows.
    """

    def __init__(self, consume: Callable[[Item], None]) -> None:
        self._consume = consume
        self._changed = Condition()
        self._pending: list[Item] = []  # the one that is consumed, and the newest
        self._closed = False
        self._thread: Thread | None = None

    def put(self, item: Item) -> None:
        """Take an item, in place of one that still waits."""
        with self._changed:
            self._pending[1:] = [item]
            if self._thread is None:
                self._thread = Thread(target=self._run, name="live stream", daemon=True)
                self._thread.start()
            self._changed.notify()

    def close(self) -> None:
        """Let the thread consume what waits, and end; called by another thread, wait for it."""
        with self._changed:
            self._closed = True
            self._changed.notify()
        if self._thread and self._thread is not current_thread():
            self._thread.join()

    def _run(self) -> None:
        while self._has_next():
            try:
                self._consume(self._pending[0])
            except Exception:
                _LOGGER.exception("a picture of the live stream has no result")
            with self._changed:
                self._pending.pop(0)

    def _has_next(self) -> bool:
        with self._changed:
            self._changed.wait_for(lambda: self._pending or self._closed)
            return bool(self._pending)
