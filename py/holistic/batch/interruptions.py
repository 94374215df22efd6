"""Being asked to end, by SIGTERM or SIGHUP: it is as Ctrl-C, so that what was done is kept.

Without this the process would end on the spot, and leave hidden files behind. Where it is killed
all the same, the processes of its pool end too.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import FrameType
from typing import NoReturn

_NAMES = ("SIGTERM", "SIGHUP")  # Windows has no SIGHUP
_SIGNALS = tuple(getattr(signal, name) for name in _NAMES if hasattr(signal, name))


@contextmanager
def taken_as_interruptions() -> Iterator[None]:
    """Within it, being asked to end raises KeyboardInterrupt in the main thread.

    A signal that is ignored, as ``nohup`` asks, or that somebody handles already, stays so.
    """
    here = threading.current_thread() is threading.main_thread()
    taken = [each for each in _SIGNALS if here and signal.getsignal(each) is signal.SIG_DFL]
    for each in taken:
        signal.signal(each, _interrupt)
    try:
        yield
    finally:
        for each in taken:
            signal.signal(each, signal.SIG_DFL)


def end_with_parent() -> None:
    """Have this process, one of a pool, end with the one that has begun it.

    When that is killed it ends on the spot: else it would do the jobs that it holds, and then wait
    for others for ever. And it hears when it is interrupted, though what a shell begins in the
    background does not.
    """
    signal.signal(signal.SIGINT, signal.default_int_handler)
    parent = multiprocessing.parent_process()

    def follow() -> None:
        if parent:
            parent.join()
            os._exit(1)

    threading.Thread(target=follow, name="end-with-parent", daemon=True).start()


def _interrupt(number: int, frame: FrameType | None) -> NoReturn:
    """Interrupt this process and those that it has begun, to which Ctrl-C would come by itself."""
    for process in multiprocessing.active_children():
        if process.pid:
            with suppress(OSError):  # it has just ended
                os.kill(process.pid, signal.SIGINT)
    raise KeyboardInterrupt
