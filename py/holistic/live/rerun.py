"""Frames, landmarks and angles on a timeline, in Rerun (MIT and Apache-2.0).

    from holistic.live.rerun import RerunLog

    with RerunLog("clip.rrd") as log:  # or RerunLog() for a viewer
        log.write(tracker.process(frame, timestamp), frame)

Of every person, under ``people/ID``: the image landmarks in pixels over the picture, ``pose``,
``face`` and hands; the world landmarks in metres under ``world/ID``; the joints' angles and the
head's in degrees, and the openings of eyes and mouth, as curves. The timelines are ``time``, the
frames' own time stamps, and ``frame``.

Source: rerun-sdk 0.41, ``RecordingStream``.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager
from typing import Any

import numpy as np

from holistic.results import angles
from holistic.results.drawing import COLOURS, VISIBLE
from holistic.results.optional import library
from holistic.results.result import Person, Result
from holistic.shared import layout
from holistic.shared.connections import BODY, FACE, HAND

EXTRA = "rerun"
APPLICATION = "holistic-tracking"
JPEG_QUALITY = 80

_LINES = {"pose": BODY, "face": FACE, "left_hand": HAND, "right_hand": HAND}
_CLASSES = {part: number for number, part in enumerate(layout.PARTS, 1)}


class RerunLog(AbstractContextManager["RerunLog"]):
    """Logs results into a Rerun recording.

    Args:
        target: a file that ends in ``.rrd``, the address of a viewer (``rerun+http://...``), or
            None for a viewer on this machine, which is started if none runs.

    Raises:
        MissingLibraryError: Rerun is not installed.
        ValueError: the target is neither.
    """

    def __init__(self, target: str | None = None) -> None:
        self._rerun = library("rerun", EXTRA)
        if target and not target.endswith(".rrd") and "://" not in target:
            raise ValueError(
                f"{target!r} is no place for Rerun: give a file that ends in .rrd, or a viewer's "
                "address, which begins with rerun+http://"
            )
        self._stream = self._rerun.RecordingStream(APPLICATION)
        if target is None:
            self._stream.spawn()
        elif "://" in target:
            self._stream.connect_grpc(target)
        else:
            self._stream.save(target)
        self._frames = 0
        self._people: set[str] = set()
        self._describe()

    def write(self, result: Result, frame: np.ndarray | None = None) -> None:
        """Log a result, and its RGB ``frame`` (H, W, 3) if there is one."""
        self._stream.set_time("time", duration=result.timestamp / 1000)
        self._stream.set_time("frame", sequence=self._frames)
        self._frames += 1
        if frame is not None:
            picture = self._rerun.Image(frame[..., :3]).compress(jpeg_quality=JPEG_QUALITY)
            self._stream.log("picture", picture)
        logged = {path for person in result.people for path in self._person(person, result)}
        for gone in self._people - logged:
            self._stream.log(gone, self._rerun.Clear(recursive=True))
        self._people = logged

    def close(self) -> None:
        """Write what is not written yet."""
        self._stream.flush()
        self._stream.disconnect()

    def __exit__(self, *_: object) -> None:
        self.close()

    def _describe(self) -> None:
        """Say once which points are joined by lines, and which way is up."""
        rerun = self._rerun
        classes = [
            rerun.ClassDescription(
                info=rerun.AnnotationInfo(id=number, label=part, color=COLOURS[part]),
                keypoint_connections=np.reshape(_LINES[part], (-1, 2)).tolist(),
            )
            for part, number in _CLASSES.items()
        ]
        self._stream.log("/", rerun.AnnotationContext(classes), static=True)
        self._stream.log("world", rerun.ViewCoordinates.RIGHT_HAND_Y_DOWN, static=True)

    def _person(self, person: Person, result: Result) -> Iterator[str]:
        """Log a person; yields the places of what was logged."""
        for part, points in person.parts():
            place = f"world/{person.id}/{part}" if part.endswith("world") else None
            if place:
                self._points(
                    place, part.removesuffix("_world"), points[:, :3], self._rerun.Points3D
                )
            else:
                place = f"picture/{person.id}/{part}"
                pixels = result.pixels(points)[:, :2]
                shown = person.pose.visibility >= VISIBLE if points is person.pose else None
                self._points(place, part, pixels, self._rerun.Points2D, shown)
            yield place
        for name, value in self._curves(person, result):
            place = f"curves/{person.id}/{name}"
            self._stream.log(place, self._rerun.Scalars(value))
            yield place

    def _points(
        self, place: str, part: str, points: np.ndarray, kind: Any, shown: np.ndarray | None = None
    ) -> None:
        numbers = np.arange(len(points)) if shown is None else np.flatnonzero(shown)
        marks = kind(
            np.asarray(points)[numbers], class_ids=_CLASSES[part], keypoint_ids=numbers.tolist()
        )
        self._stream.log(place, marks)

    @staticmethod
    def _curves(person: Person, result: Result) -> Iterator[tuple[str, float]]:
        """Angles in degrees, and openings; what cannot be computed is left out."""
        found: dict[str, float] = {}
        if person.pose_world is not None:
            found |= {f"angle/{k}": v for k, v in angles.joint_angles(person.pose_world).items()}
        if person.face is not None:
            size = result.width, result.height
            head = angles.head_pose(person.face, *size)._asdict()
            found |= {f"head/{name}": value for name, value in head.items()}
            opened = angles.openings(person.face, *size)
            found |= {f"opening/{name}": value for name, value in opened.items()}
        yield from ((name, value) for name, value in found.items() if not np.isnan(value))
