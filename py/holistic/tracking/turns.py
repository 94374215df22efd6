"""Turns of threads that share a tracker: one call at a time, and no video mixed with another.

In the picture mode every frame stands alone: calls wait for one another. In the video mode frames
follow one another, and those of two sources would be taken for one. A tracker may be handed on from
thread to thread, as pools and callbacks do it, as long as calls come one after the other. A call
that comes while another thread's is still running is of another source, or out of order: it is
refused, and so is all else from that thread until ``reset``. Where the tracker had been handed on
before, nobody can tell any more whose people are known: then everybody is refused.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from threading import RLock, Thread, current_thread
from weakref import WeakSet

_ADVICE = "make a Tracker for each source, or call reset() before a source of another thread"


class Turns:
    """Who may use a tracker now.

    Args:
        waits: whether a call waits for another thread's, or is refused.
    """

    def __init__(self, waits: bool) -> None:
        self._waits = waits
        self._lock = RLock()
        self._process = os.getpid()
        self.reset()

    def reset(self) -> None:
        """A new source begins, of whichever thread."""
        self._users: WeakSet[Thread] = WeakSet()
        self._refused: WeakSet[Thread] = WeakSet()
        self._mixed = False

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Wait until no other thread's call is running, and keep others waiting."""
        with self._lock:
            yield

    @contextmanager
    def frame(self) -> Iterator[None]:
        """The time in which a frame is looked at.

        Raises:
            RuntimeError: another thread's video is being tracked, or the process was forked.
        """
        if os.getpid() != self._process:
            raise RuntimeError(
                "the tracker was made in another process, whose networks do not run in this one: "
                "make a Tracker in each process"
            )
        thread = current_thread()
        if not self._lock.acquire(blocking=self._waits):
            self._refused.add(thread)
            self._mixed = len(self._users) > 1
            raise self._error()
        try:
            if self._mixed or thread in self._refused:
                raise self._error()
            if not self._waits:
                self._users.add(thread)
            yield
            if self._mixed:
                raise self._error()
        finally:
            self._lock.release()

    def _error(self) -> RuntimeError:
        return RuntimeError(
            f"several threads use this tracker of one video at the same time: {_ADVICE}"
        )
