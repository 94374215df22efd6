"""Sending at a steady rate what was found last, so that avatars move evenly."""

from __future__ import annotations

import errno
from collections.abc import Callable
from contextlib import AbstractContextManager
from threading import Event, Thread
from typing import Generic, TypeVar

State = TypeVar("State")

_AWAY = frozenset(
    (errno.ECONNREFUSED, errno.EHOSTUNREACH, errno.ENETDOWN, errno.ENETUNREACH, errno.ENOBUFS)
)
"""Errors of a network that may be there again a moment later."""


class Pacemaker(AbstractContextManager["Pacemaker[State]"], Generic[State]):
    """Calls ``send`` with the newest state, ``rate`` times a second, from a thread of its own.

    The last state is sent at the end, if its turn has not come. What ``send`` raises is raised by
    the next ``beat`` or at the end; while the network is away, or nobody listens, it goes on.
    """

    def __init__(self, send: Callable[[State], object], rate: float) -> None:
        self._send = send
        self._interval = 1 / rate
        self._newest: State | None = None
        self._sent: State | None = None
        self._ended = Event()
        self._error: Exception | None = None
        self._thread = Thread(target=self._run, name="pacemaker", daemon=True)
        self._thread.start()

    def beat(self, state: State) -> None:
        """From now on send this state."""
        if self._error:
            raise self._error
        self._newest = state

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join()
        if self._error:
            raise self._error
        if self._newest is not self._sent and self._newest is not None:
            self._attempt(self._newest)

    def _attempt(self, state: State) -> None:
        try:
            self._send(state)
        except OSError as error:
            if error.errno not in _AWAY:
                raise

    def _run(self) -> None:
        while not self._ended.wait(self._interval):
            state = self._newest
            if state is None:
                continue
            try:
                self._attempt(state)
                self._sent = state
            except Exception as error:  # it is told where somebody listens
                self._error = error
                return
