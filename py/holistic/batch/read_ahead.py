"""Decoding the next frames while the tracker is at the present one."""

from __future__ import annotations

from collections.abc import Generator, Iterable
from queue import Full, Queue
from threading import Event, Thread
from typing import TypeVar

DEPTH = 2
"""Frames that wait at the most: decoding is the faster one nearly always."""

_LOOK_EVERY = 0.1  # seconds

Item = TypeVar("Item")


def read_ahead(items: Iterable[Item]) -> Generator[Item]:
    """The items, in order, taken by a thread of its own DEPTH items ahead of whoever uses them.

    What the iteration raises is raised after the items before it. Closing the generator ends the
    thread.
    """
    waiting: Queue[tuple[Item] | BaseException | None] = Queue(DEPTH)
    closed = Event()

    def put(item: tuple[Item] | BaseException | None) -> bool:
        while not closed.is_set():
            try:
                waiting.put(item, timeout=_LOOK_EVERY)
            except Full:
                continue
            return True
        return False

    def take() -> None:
        try:
            for item in items:
                if not put((item,)):
                    return
        except BaseException as error:
            put(error)
        else:
            put(None)

    thread = Thread(target=take, name="read-ahead", daemon=True)
    thread.start()
    try:
        while (found := waiting.get()) is not None:
            if isinstance(found, BaseException):
                raise found
            yield found[0]
    finally:
        closed.set()
        thread.join()
