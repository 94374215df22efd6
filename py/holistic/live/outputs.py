"""Where results go while they come, beside files: which places there are, and opening them."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import NamedTuple, Protocol, Self

import numpy as np

from holistic.live.ifacialmocap import FacialMocapSender
from holistic.live.rerun import RerunLog
from holistic.live.vmc import VmcSender
from holistic.results.result import Result


class Listener(Protocol):
    """Takes every result, with its frame."""

    def write(self, result: Result, frame: np.ndarray | None = None) -> None:
        """Take the next result."""

    def __enter__(self) -> Self: ...

    def __exit__(self, *_: object) -> None: ...


class Output(NamedTuple):
    """A place for results as they come.

    Attributes:
        kind: "rerun", "vmc" or "ifacialmocap".
        place: a file or an address; None for Rerun's viewer on this machine.
        rate: of "vmc", a second.
        expressions: of "vmc": one of ``vmc.EXPRESSIONS``.
    """

    kind: str
    place: str | None
    rate: int = 60
    expressions: str = "arkit"


def opened(output: Output) -> AbstractContextManager[Listener]:
    """The listener at a place.

    Raises:
        MissingLibraryError: a library is not installed.
        ValueError: the place, or how to send, is wrong.
    """
    if output.kind == "rerun":
        return RerunLog(output.place)
    assert output.place is not None
    if output.kind == "vmc":
        return VmcSender(output.place, output.rate, output.expressions)
    return FacialMocapSender(output.place)
