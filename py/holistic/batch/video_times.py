"""What a video's file tells of its time: rate, length, and when a frame is shown."""

from __future__ import annotations

from typing import Any

_FASTEST = 300  # frames a second; above it the "rate" is a clock's ticks
_SAME = 0.01  # milliseconds: clocks of streams and containers have ticks of their own


class VideoTimes:
    """The time of one of the streams of a container, as PyAV has them.

    Attributes:
        origin: the file's own time, in seconds, of what is called 0.
    """

    def __init__(self, container: Any, stream: Any) -> None:
        self._container = container
        self._stream = stream
        start = container.start_time
        self.origin = max(start / 1e6, 0.0) if start else 0.0

    @property
    def fps(self) -> float | None:
        """Frames a second; None where they vary or it is unknown."""
        average, guessed = self._stream.average_rate, self._stream.guessed_rate
        if self._container.duration is None:  # a raw stream, whose average is a default
            average = guessed
        if not average or not guessed or average > _FASTEST or guessed > _FASTEST:
            return None
        return float(average) if 0.9 < average / guessed < 1.1 else None

    @property
    def count(self) -> int | None:
        """About how many frames there are, None where it is unknown."""
        length, rate = self.length, self._stream.average_rate
        estimate = int(length * rate) if length and rate and rate <= _FASTEST else None
        return self._stream.frames or estimate or None

    @property
    def length(self) -> float | None:
        """Seconds that the file says the stream lasts, None if it does not."""
        if self._stream.duration is not None:
            return float(self._stream.duration * self._stream.time_base)
        tag = self._stream.metadata.get("DURATION", "")  # of Matroska, counted from its own 0
        if tag.count(":") == 2:
            hours, minutes, seconds = (float(part) for part in tag.split(":"))
            return hours * 3600 + minutes * 60 + seconds - self.origin
        return None

    @property
    def whole_length(self) -> float | None:
        """Seconds that the file says it lasts, its sound too, None if it does not."""
        if not self._container.duration:
            return None
        counted_from = self.origin if "matroska" in self._container.format.name else 0.0
        return float(self._container.duration / 1e6 - counted_from)

    def of(self, frame: Any, last: float) -> tuple[float, float]:
        """When a frame is shown, and how long, in milliseconds.

        ``last`` is when the one before is shown, below 0 where there is none.
        """
        rate = self._stream.guessed_rate
        duration = float((frame.duration or 0) * frame.time_base) * 1000
        if not duration and rate and rate <= _FASTEST:
            duration = float(1000 / rate)
        if frame.pts is not None:
            time = float(frame.pts * frame.time_base) * 1000 - self.origin * 1000
            return (0.0 if abs(time) < _SAME else round(time, 6)), duration
        if last < 0:
            return 0.0, duration
        return last + (duration or 1000 / 25), duration
