"""Writing results to a file: JSON in the format "holistic-landmarks-1"."""

from __future__ import annotations

import json
from types import TracebackType
from typing import TextIO

from holistic.result import Result

FORMAT = "holistic-landmarks-1"


class JsonWriter:
    """Writes results as they come, so that a long video needs no memory.

    The document is ``{format, source, width, height, fps, frames: [{index, timestamp, people}]}``
    with time stamps in milliseconds; see ``Result.to_dict`` for people. Leaving the context
    completes it, also after an error or an interruption.
    """

    def __init__(
        self, file: TextIO, source: str, width: int, height: int, fps: float | None
    ) -> None:
        self._file = file
        self._head = {
            "format": FORMAT,
            "source": source,
            "width": width,
            "height": height,
            "fps": fps and round(fps, 3),
        }
        self._index = 0

    def __enter__(self) -> JsonWriter:
        self._file.write(json.dumps(self._head)[:-1] + ', "frames": [')
        return self

    def write(self, result: Result) -> None:
        """Add the next frame."""
        content = result.to_dict()
        frame = {
            "index": self._index,
            "timestamp": content["timestamp"],
            "people": content["people"],
        }
        self._file.write((",\n" if self._index else "\n") + json.dumps(frame))
        self._index += 1

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._file.write("\n]}\n")
