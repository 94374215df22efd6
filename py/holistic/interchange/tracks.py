"""What files of other tools ask of a recording: one person, a constant rate, the frames' size."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from holistic.results.readers import Recording, UnknownSizeError
from holistic.results.writers import Head, confirmed_rate


def head(recording: Recording) -> Head:
    """What a file says of a recording."""
    return Head(recording.source, recording.width, recording.height, recording.fps)


def rate(recording: Recording) -> float:
    """Frames a second, see ``rate_of``."""
    return rate_of(recording.fps, [result.timestamp for result in recording.results])


def rate_of(fps: float | None, times: Sequence[float]) -> float:
    """``fps``, or the mean of the frames' time stamps where they tell another; 1 of one frame."""
    lasts = times[-1] - times[0] if times else 0.0
    if confirmed := confirmed_rate(fps, len(times), lasts):
        return confirmed
    return (len(times) - 1) * 1000 / lasts if lasts > 0 else 1.0


def size(recording: Recording | Head) -> tuple[int, int]:
    """The frames' (width, height) in pixels.

    Raises:
        UnknownSizeError: the recording comes from a file that does not tell them.
    """
    if recording.width < 1 or recording.height < 1:
        raise UnknownSizeError(
            "the frames' size is not known, and this format is in pixels: give the size"
        )
    return recording.width, recording.height


def only_person(recording: Recording, person: int | None) -> int:
    """The track id of ``person``, or of the one person that there is.

    Where somebody has a body, hands that are nobody's (their ids are below 0) are not another
    person.

    Raises:
        ValueError: there is no such person, nobody, or several to choose from.
    """
    ids = sorted({each.id for result in recording.results for each in result.people})
    if not ids:
        raise ValueError("this format holds a person, and nobody was found")
    if person is not None:
        if person not in ids:
            known = ", ".join(map(str, ids))
            raise ValueError(f"there is no person {person}: the track ids are {known}")
        return person
    somebody = [each for each in ids if each >= 0] or ids
    if len(somebody) != 1:
        known = ", ".join(map(str, somebody))
        raise ValueError(
            f"this format holds one person, the recording has {len(somebody)} "
            f"(track ids: {known}): choose one"
        )
    return somebody[0]


def in_pixels(points: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """(points, 3): x and y in pixels, and 1, of image landmarks (points, values)."""
    return np.column_stack([points[:, :2] * size, np.ones(len(points))])
