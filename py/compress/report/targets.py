"""What the models should reach, beside the worst that was measured.

Rows are those of :mod:`compress.measure.accuracy`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from compress.measure.frame_cost import DETECTORS, Frame, Row, framed, served
from holistic.shared.model_sets import FLOAT, HAND_MODELS, POSE_MODELS

INT8, SMALLEST = "int8", "pruned_int8"
PRUNED = (SMALLEST, "pruned")
_HANDS_AND_FACES = (*HAND_MODELS, "hand_recrop", "face_landmarks", "face_landmarks_v2")
OPENINGS = ("right eye", "left eye", "mouth")
_PLACES = {"browser": "in Chromium", "native": "natively"}
_POSES = {"light": POSE_MODELS[0], "full": POSE_MODELS[1]}

Found = tuple[float, str]
"""A value, and where it was measured."""

Framed = tuple[Frame, Frame]
"""A frame, and the float original's."""


@dataclass(frozen=True)
class Target:
    """A bound, the most or (``least``) the least that is wanted, and all that was measured."""

    what: str
    bound: float
    found: list[Found]
    least: bool = False

    @property
    def worst(self) -> Found:
        """What is nearest to the bound, or farthest beyond it."""
        return (min if self.least else max)(self.found)

    @property
    def met(self) -> bool:
        """Whether all that was measured is within the bound."""
        value, _ = self.worst
        return value >= self.bound if self.least else value <= self.bound


def targets(
    rows: list[Row],
    native: Mapping[str, int],
    heap: Mapping[str, int],
    processors: Mapping[str, list[Row]],
) -> list[Target]:
    """All targets of which something was measured.

    ``native`` and ``heap`` are bytes of memory by the name of a frame's set, ``processors`` the
    rows with their times, by the processor's name.
    """
    shipped = [row for row in rows if row["variant"] != FLOAT]
    int8 = [row for row in shipped if row["variant"] == INT8]
    pruned = [row for row in shipped if row["variant"] in PRUNED]
    bodies = [row for row in int8 if row["model"] in POSE_MODELS]
    others = [row for row in int8 if row["model"] in _HANDS_AND_FACES]
    detectors = [row for row in shipped if row["model"] in DETECTORS]
    frames = [*framed(rows)]
    wanted = [
        Target("MB, light pose", 3.2, [*_sizes(frames, "light")]),
        Target("MB, full pose", 5.0, [*_sizes(frames, "full")]),
        *_faster(processors),
        Target("px to ground truth, beyond the original's", 0.8, [*_beyond(rows)]),
        Target(
            "px to the original, int8 hands and faces", 1.5, [*_each(others, "crops", "pixels")]
        ),
        Target("px to the original, int8 poses", 2.5, [*_each(bodies, "crops", "pixels")]),
        Target("px to the original, pruned", 3.0, [*_each(pruned, "crops", "pixels")]),
        Target("correlation of openings", 0.98, [*_each(shipped, "clip", *OPENINGS)], True),
        Target("jitter, of the original's", 1.25, [*_each(shipped, "still", "ratio")]),
        Target(
            "lost, of the original's people and faces", 0.01, [*_each(detectors, "crops", "lost")]
        ),
        Target("memory, of the original's, natively", 1.0, [*_growth(frames, native)]),
        Target("memory, of the original's, in Chromium", 1.0, [*_growth(frames, heap)]),
    ]
    return [target for target in wanted if target.found]


def _each(rows: Iterable[Row], kind: str, *names: str) -> Iterator[Found]:
    """These figures of every set of pictures of one kind."""
    for row in rows:
        for place, figures in row.get(kind, {}).items():
            yield from ((figures[name], f"{_name(row)}, {place}") for name in names)


def _beyond(rows: list[Row]) -> Iterator[Found]:
    """How much farther from ground truth each variant is than the float model that it replaces."""
    marked = {(row["model"], row["variant"]): row for row in rows if "truth" in row}
    for (model, variant), row in marked.items():
        original = served(marked, model, FLOAT)
        if original and variant != FLOAT:
            yield _error(row) - _error(original), _name(row)


def _error(row: Row) -> float:
    return float(row["truth"]["truth"]["mean"])


def _sizes(frames: list[Framed], pose: str) -> Iterator[Found]:
    for frame, _ in frames:
        if (frame.pose, frame.variant) == (_POSES[pose], SMALLEST):
            yield frame.size("bytes") / 1e6, frame.name


def _faster(processors: Mapping[str, list[Row]]) -> Iterator[Target]:
    """How much faster frames are, on each processor by itself."""
    for clock, where in _PLACES.items():
        for pose in _POSES:
            for name, rows in processors.items():
                speed = _speed(rows, pose, clock, name)
                yield Target(f"times faster {where}, {pose} pose", 2.7, speed, least=True)


def _speed(timed: list[Row], pose: str, clock: str, processor: str) -> list[Found]:
    """How much faster a frame is with the faster pruned set, which "auto" takes."""
    found = [
        (frame.speedup(original, clock), f"{frame.variant}, {processor}")
        for frame, original in framed(timed)
        if frame.pose == _POSES[pose] and frame.variant in PRUNED and frame.time(clock)
    ]
    return [max(found)] if found else []


def _growth(frames: list[Framed], memory: Mapping[str, int]) -> Iterator[Found]:
    """Each set's memory as a part of the original's."""
    for frame, original in frames:
        if frame.variant != FLOAT and {frame.name, original.name} <= memory.keys():
            yield memory[frame.name] / memory[original.name], frame.name


def _name(row: Row) -> str:
    return f"{row['model']} {row['variant']}"
