""".pose files, as the ``video_to_pose`` command of pose-format makes them with MediaPipe.

A binary file: a header that names the points, then the points of all frames. It has the five
components of that command: POSE_LANDMARKS, FACE_LANDMARKS, LEFT_HAND_LANDMARKS,
RIGHT_HAND_LANDMARKS and POSE_WORLD_LANDMARKS, each of points X, Y, Z with a confidence C.

- x and y are pixels; z stays as the tracker gives it, in frame widths. Of the world landmarks x
  and y are metres times the frame's width and height: so does the command, and readers expect it.
- The confidence of a pose is its points' visibility, that of a face or a hand 1. A part that is
  absent is zero, with confidence 0.
- People are numbered from 0 in the order of their track ids.

Source: pose-format 0.15 (MIT), its specification of version 0.2 and ``pose_format.utils.holistic``.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryFile
from typing import BinaryIO, NamedTuple

import numpy as np

from holistic.interchange import tracks
from holistic.results import writers
from holistic.results.readers import Recording, person_of
from holistic.results.result import SHAPES, Person, Result
from holistic.shared import connections, landmarks, layout

VERSION = 0.2
_FORMAT = "XYZC"
_VALUES = 3  # x, y, z: the confidence has an array of its own
_MAX_SIZE = 0xFFFF

Lines = Sequence[tuple[int, int]]
Colours = Sequence[tuple[int, int, int]]


class Component(NamedTuple):
    """A component of the header: the points of a part, the lines between them and their colours."""

    name: str
    part: str
    points: Sequence[str]
    lines: Lines
    colours: Colours


def _pairs(ends: Sequence[int]) -> Lines:
    return list(zip(ends[::2], ends[1::2], strict=True))


_IRISES = [
    *zip((474, 475, 476, 477), (475, 476, 477, 474), strict=True),
    *zip((469, 470, 471, 472), (470, 471, 472, 469), strict=True),
]
_FINGERS = ((192, 0, 0), (192, 192, 0), (0, 192, 0), (0, 192, 192), (255, 128, 0))
_HAND_COLOURS = ((96, 96, 96), *(colour for colour in _FINGERS for _ in range(4)))


def components(face_points: int = layout.FACE_POINTS) -> list[Component]:
    """The five components; ``face_points`` are 478 with irises."""
    body = [name.upper() for name in landmarks.POSE]
    hand = [name.upper() for name in landmarks.HAND]
    face = [str(number) for number in range(face_points)]
    body_lines, hand_lines = _pairs(connections.BODY), _pairs(connections.HAND)
    face_lines = [*_pairs(connections.FACE), *(_IRISES if face_points > layout.FACE_POINTS else ())]
    red, dark_red = [(255, 0, 0)], [(128, 0, 0)]
    return [
        Component("POSE_LANDMARKS", "pose", body, body_lines, red),
        Component("FACE_LANDMARKS", "face", face, face_lines, dark_red),
        Component("LEFT_HAND_LANDMARKS", "left_hand", hand, hand_lines, _HAND_COLOURS),
        Component("RIGHT_HAND_LANDMARKS", "right_hand", hand, hand_lines, _HAND_COLOURS),
        Component("POSE_WORLD_LANDMARKS", "pose_world", body, body_lines, red),
    ]


_ALL = components(layout.FACE_POINTS + layout.IRIS_POINTS)
_POINTS = sum(len(component.points) for component in _ALL)
_IRISES_AT = slice(
    layout.POSE_POINTS + layout.FACE_POINTS, layout.POSE_POINTS + len(_ALL[1].points)
)
_ROW = np.dtype(
    [("id", "<i8"), ("points", "<f4", (_POINTS, _VALUES)), ("confidence", "<f4", _POINTS)]
)
"""A person in a frame, with irises or with zeros in their place."""


class PoseWriter(writers.Writer):
    """Writes a .pose file of version 0.2 with all people.

    How many frames and people there are stands before their points, and all points before all
    confidences: people are in a temporary file until the last frame is there, not in memory.
    """

    def __enter__(self) -> PoseWriter:
        """Begin the file.

        Raises:
            ValueError: the frames' size is not known or over 65535 pixels.
        """
        self._size = tracks.size(self._head)
        if max(self._size) > _MAX_SIZE:
            raise ValueError(
                f"a .pose file's frames are up to {_MAX_SIZE} pixels, not {self._size}"
            )
        self._people = TemporaryFile()
        self._ids: set[int] = set()
        self._timestamps: list[float] = []
        self._face = layout.FACE_POINTS
        return self

    def write(self, result: Result) -> None:
        """Add the next frame."""
        self._timestamps.append(result.timestamp)
        self._ids.update(person.id for person in result.people)
        rows = np.zeros(len(result.people), _ROW)
        for row, person in zip(rows, result.people, strict=True):
            row["id"] = person.id
            _fill(row["points"], row["confidence"], person, self._size)
            if person.face is not None:
                self._face = max(self._face, len(person.face))
        self._people.write(struct.pack("<I", len(rows)))
        self._people.write(rows.tobytes())

    def _frames(self) -> Iterator[np.ndarray]:
        """(people,) of _ROW of each frame."""
        self._people.seek(0)
        while head := self._people.read(4):
            (count,) = struct.unpack("<I", head)
            yield np.frombuffer(self._people.read(count * _ROW.itemsize), _ROW)

    def close(self) -> None:
        """Write the file."""
        made = components(self._face)
        ids = np.array(sorted(self._ids), np.int64)
        file = self._file
        with self._people:
            file.write(struct.pack("<f3HH", VERSION, *self._size, 0, len(made)))
            for component in made:
                _write_component(file, component)
            fps = tracks.rate_of(self._head.fps, self._timestamps)
            file.write(struct.pack("<fIH", fps, len(self._timestamps), len(ids)))
            for field in ("points", "confidence"):  # all points, then their confidences
                self._write_field(field, ids)

    def _write_field(self, field: str, ids: np.ndarray) -> None:
        kept = np.ones(_POINTS, bool)
        kept[_IRISES_AT] = self._face > layout.FACE_POINTS
        for rows in self._frames():
            frame = np.zeros((len(ids), *_ROW[field].shape), "<f4")
            frame[np.searchsorted(ids, rows["id"])] = rows[field]
            self._file.write(frame[:, kept].tobytes())


def _fill(
    points: np.ndarray, confidence: np.ndarray, person: Person, size: tuple[int, int]
) -> None:
    """Put a person's points (points, 3), in pixels, and confidences (points,) where zeros are."""
    start = 0
    for component in _ALL:
        values = getattr(person, component.part)
        if values is not None:
            rows = slice(start, start + len(values))
            points[rows] = np.asarray(values)[:, :_VALUES] * (*size, 1)
            of_body = person.pose if "pose" in component.part else None
            confidence[rows] = 1 if of_body is None else of_body.visibility
        start += len(component.points)


def write(recording: Recording, path: Path) -> None:
    """Write a .pose file of version 0.2 with all people.

    Raises:
        ValueError: the frames' size is not known or over 65535 pixels.
        OSError: the file cannot be written.
    """
    writers.write_file(PoseWriter, tracks.head(recording), recording.results, path)


def _write_component(file: BinaryIO, component: Component) -> None:
    """A component's part of the header."""
    name, _, points, lines, colours = component
    for text in (name, _FORMAT):
        file.write(_text(text))
    file.write(struct.pack("<3H", len(points), len(lines), len(colours)))
    file.write(b"".join(map(_text, points)))
    file.write(np.array(lines, "<u2").tobytes())
    file.write(np.array(colours, "<u2").tobytes())


def _text(text: str) -> bytes:
    content = text.encode()
    return struct.pack("<H", len(content)) + content


class _Bytes:
    """The numbers and texts of a file, one after the other."""

    def __init__(self, content: bytes) -> None:
        self._content = content
        self._at = 0

    def numbers(self, form: str) -> tuple[float, ...]:
        """Numbers as ``struct`` names them."""
        values = struct.unpack_from(f"<{form}", self._content, self._at)
        self._at += struct.calcsize(f"<{form}")
        return values

    def counts(self, count: int) -> tuple[int, ...]:
        """Numbers of 16 bits."""
        return tuple(int(number) for number in self.numbers(f"{count}H"))

    def text(self) -> str:
        """A text, whose length stands before it."""
        (length,) = self.counts(1)
        self._at += length
        return self._content[self._at - length : self._at].decode()

    def array(self, shape: tuple[int, ...]) -> np.ndarray:
        """An array of 32-bit numbers."""
        count = math.prod(shape)
        if self._at + 4 * count > len(self._content):
            raise ValueError("it ends too early")
        found = np.frombuffer(self._content, "<f4", count, self._at)
        self._at += 4 * count
        return found.reshape(shape)


def read(path: Path) -> Recording:
    """The recording in a .pose file with the components of MediaPipe Holistic.

    Time stamps are those of the file's rate, and presence is visibility. Track ids, scores, hands
    in metres and the source's name are not in such files.

    Raises:
        ValueError: it has another version, other components, or parts of their points only.
        struct.error: it ends too early.
        OSError: it cannot be read.
    """
    content = _Bytes(path.read_bytes())
    (version,) = content.numbers("f")
    if round(version, 3) != VERSION:
        raise ValueError(f"its version is {version:.1f}, not {VERSION}: let pose-format rewrite it")
    width, height, _, count = content.counts(4)
    sizes = dict(_read_component(content) for _ in range(count))
    fps, frames, people = content.numbers("fIH")
    shape = (int(frames), int(people), sum(sizes.values()))
    points, confidence = content.array((*shape, _VALUES)), content.array(shape)
    results = tuple(
        Result(
            frame * 1000 / (fps or 1),
            width,
            height,
            tuple(_people(sizes, *arrays, (width, height))),
        )
        for frame, arrays in enumerate(zip(points, confidence, strict=True))
    )
    return Recording(results, width, height, fps=fps)


def _read_component(content: _Bytes) -> tuple[str, int]:
    """A component's name and number of points."""
    name, form = content.text(), content.text()
    if form != _FORMAT:
        raise ValueError(f"the points of {name} are {form}, not {_FORMAT}")
    points, lines, colours = content.counts(3)
    for _ in range(points):
        content.text()
    content.counts(2 * lines + 3 * colours)
    return name, points


def _people(
    sizes: dict[str, int], points: np.ndarray, confidence: np.ndarray, size: tuple[int, int]
) -> Iterator[Person]:
    """Those who are there in a frame of (people, points, 3) and (people, points)."""
    known = {component.name: component.part for component in components()}
    for number, (positions, sure) in enumerate(zip(points, confidence, strict=True)):
        parts: dict[str, np.ndarray] = {}
        start = 0
        for name, count in sizes.items():
            rows = slice(start, start + count)
            start += count
            if name in known and sure[rows].any():
                part = known[name]
                values = positions[rows] / (*size, 1)
                seen = [sure[rows, None]] * (SHAPES[part][1] - _VALUES)
                parts[part] = np.concatenate([values, *seen], axis=1)
                if part == "face":  # of faces without irises among others with them
                    parts[part] = parts[part][sure[rows] > 0]
        if parts:
            yield person_of({"id": number, **parts, "scores": {}})
