"""What is counted in clips, where nobody has marked anything: the parts are held against the pose.

A hand counts as *in view* where the pose puts its wrist, thumb and two knuckles well inside the
frame and is sure of the wrist. Everything is in pixels; "sizes" are diagonals of the hand's box.
"""

from __future__ import annotations

from math import nan
from typing import NamedTuple

import numpy as np

from evaluate.clips import HANDS, Followed

POSE_OF_HAND = {"left_hand": (15, 17, 19, 21), "right_hand": (16, 18, 20, 22)}
"""Wrist, knuckles of little and index finger, and thumb among the pose's points."""
_MARGIN = 0.025  # of the frame, that a hand in view stays away from the edge
_SURE = 0.5  # visibility of a wrist
_SAME = 0.3  # mean distance of two hands' points, in sizes, below which they are one hand
_MEETING = np.pi / 4  # angle between forearms from which palms may lie on one another
_AWAY = 1.5  # distance from the pose's wrist, in sizes, from which a hand is not the person's
_FACE_AWAY = 1.0  # distance from the pose's nose, in diagonals of the face's box
_STILL = 0.02  # sizes a frame, up to which a motion counts as rest


class ClipScore(NamedTuple):
    """Counts of one clip, or of several (sums).

    Attributes:
        frames: how many there are.
        in_view: hands in view, of both sides.
        lost: those of them without landmarks.
        found: hands with landmarks, in view or not.
        duplicates: frames in which both hands lie on one.
        meetings: the same where the forearms meet: palms may lie on one another.
        sides: hands that lie on the wrist of the other side.
        ghosts: hands and faces where the person's are not: out of the frame, or far from
            where the pose has them.
        alone: hands and faces without a pose.
        faces: frames with a face.
        waits: milliseconds that hands in view were without landmarks, and waits_count how often.
        jitter: of hands at rest, sum of second differences in thousandths of a size, and how many.
        face_jitter: the same of faces.
        ms: processor time that all frames took.
    """

    frames: int
    in_view: int
    lost: int
    found: int
    duplicates: int
    meetings: int
    sides: int
    ghosts: int
    alone: int
    faces: int
    waits: float
    waits_count: int
    jitter: float
    jitter_count: int
    face_jitter: float
    face_jitter_count: int
    ms: float

    def plus(self, other: ClipScore) -> ClipScore:
        """The counts of both."""
        return ClipScore._make(one + more for one, more in zip(self, other, strict=True))


def _ratio(above: float, below: float) -> float:
    return above / below if below else nan


def _sizes(points: np.ndarray) -> np.ndarray:
    """(T,) diagonals of the boxes of (T, n, 2) points."""
    return np.asarray(np.hypot(*np.ptp(points, axis=1).T))


def _distances(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """(...) pixels between two (..., 2) points."""
    return np.asarray(np.hypot(*np.moveaxis(one - other, -1, 0)))


def in_view(pose: np.ndarray, side: str) -> np.ndarray:
    """(T,) whether the pose (T, 33, 4), with x and y from 0 to 1, has the hand in view."""
    points = pose[:, POSE_OF_HAND[side], :2]
    inside = ((points > _MARGIN) & (points < 1 - _MARGIN)).all(axis=(1, 2))
    return np.asarray(inside & (pose[:, POSE_OF_HAND[side][0], 3] > _SURE))


def _runs(flags: np.ndarray) -> list[int]:
    """The lengths of the runs of true values in (T,) flags."""
    edges = np.flatnonzero(np.diff(np.concatenate(([0], flags.astype(int), [0]))))
    return [int(length) for length in edges[1::2] - edges[::2]]


def jitter(points: np.ndarray) -> np.ndarray:
    """(n,) mean second difference in thousandths of a size, in each frame at rest.

    ``points`` (T, n, 2) are pixels, NaN where there are none. A frame is at rest where the points
    as a whole move by less than 2 % of their size from the one before and to the one after.
    """
    size = _sizes(points)[1:-1]
    middle = points.mean(axis=1)
    moved = _distances(middle[1:], middle[:-1])
    still = np.maximum(moved[1:], moved[:-1]) < _STILL * size
    bent = np.hypot(*np.moveaxis(points[2:] - 2 * points[1:-1] + points[:-2], -1, 0)).mean(axis=1)
    return np.asarray(1000 * (bent / size)[still])


def score(clip: Followed) -> ClipScore:
    """Count one clip."""
    scale = np.array(clip.size)
    pose = clip.parts["pose"].astype(np.float64)
    there = ~np.isnan(pose[:, 0, 0])
    body = pose[..., :2] * scale
    hands = {side: clip.parts[side][..., :2].astype(np.float64) * scale for side in HANDS}
    face = clip.parts["face"][..., :2].astype(np.float64) * scale
    has = {side: ~np.isnan(points[:, 0, 0]) for side, points in hands.items()}
    has_face = ~np.isnan(face[:, 0, 0])
    view = {side: in_view(pose, side) for side in HANDS}
    lost = {side: view[side] & ~has[side] for side in HANDS}
    waits = [length for side in HANDS for length in _runs(lost[side])]
    doubles, meeting = _doubles(hands), _forearms_meet(body)
    still = np.concatenate([jitter(points) for points in hands.values()])
    still_face = jitter(face)
    return ClipScore(
        frames=len(pose),
        in_view=sum(int(flags.sum()) for flags in view.values()),
        lost=sum(int(flags.sum()) for flags in lost.values()),
        found=sum(int(flags.sum()) for flags in has.values()),
        duplicates=int((doubles & ~meeting).sum()),
        meetings=int((doubles & meeting).sum()),
        sides=sum(int(_on_other_wrist(pose, body, hands[side], side).sum()) for side in HANDS),
        ghosts=sum(int(_ghosts(body, hands[side], side, scale).sum()) for side in HANDS)
        + int(_face_ghosts(body, face).sum()),
        alone=sum(int((flags & ~there).sum()) for flags in (*has.values(), has_face)),
        faces=int(has_face.sum()),
        waits=1000 / clip.rate * sum(waits),
        waits_count=len(waits),
        jitter=float(still.sum()),
        jitter_count=len(still),
        face_jitter=float(still_face.sum()),
        face_jitter_count=len(still_face),
        ms=float(clip.ms.sum()),
    )


def _doubles(hands: dict[str, np.ndarray]) -> np.ndarray:
    """(T,) whether both hands lie on one."""
    left, right = hands.values()
    apart = _distances(left, right).mean(axis=1)
    return np.asarray(apart < _SAME * np.minimum(_sizes(left), _sizes(right)))


def _forearms_meet(body: np.ndarray) -> np.ndarray:
    """(T,) whether the forearms, from elbow to wrist, differ in direction by an eighth of a turn.

    Where they do not, and both hands lie on one, the other one is hidden.
    """
    x, y = np.moveaxis(body[:, (15, 16)] - body[:, (13, 14)], -1, 0)
    turn = np.diff(np.arctan2(y, x), axis=1)[:, 0]
    return np.asarray(np.abs((turn + np.pi) % (2 * np.pi) - np.pi) > _MEETING)


def _on_other_wrist(pose: np.ndarray, body: np.ndarray, hand: np.ndarray, side: str) -> np.ndarray:
    """(T,) whether a hand lies on the wrist of the other side, which is well apart from its own."""
    other = HANDS[1 - HANDS.index(side)]
    own_wrist, other_wrist = POSE_OF_HAND[side][0], POSE_OF_HAND[other][0]
    size = _sizes(hand)
    far = _distances(hand[:, 0], body[:, own_wrist])
    near = _distances(hand[:, 0], body[:, other_wrist])
    sure = (pose[:, (own_wrist, other_wrist), 3] > _SURE).all(axis=1)
    return np.asarray(sure & (near < 0.5 * size) & (far > size))


def _ghosts(body: np.ndarray, hand: np.ndarray, side: str, scale: np.ndarray) -> np.ndarray:
    """(T,) whether a hand is out of the frame, or not the person's."""
    middle = hand.mean(axis=1)
    outside = ((middle < 0) | (middle > scale)).any(axis=1)
    away = _distances(hand[:, 0], body[:, POSE_OF_HAND[side][0]])
    return np.asarray(outside | (away > _AWAY * _sizes(hand)))


def _face_ghosts(body: np.ndarray, face: np.ndarray) -> np.ndarray:
    """(T,) whether a face is not the person's."""
    return np.asarray(_distances(face.mean(axis=1), body[:, 0]) > _FACE_AWAY * _sizes(face))


CLIP_HEAD: tuple[str, ...] = (
    *(
        "clip",
        "tracker",
        "in view",
        "lost",
        "%",
        "hands",
        "doubles",
        "meet",
        "sides",
        "ghosts",
        "alone",
    ),
    *("faces", "wait ms", "jitter", "face j.", "CPU ms"),
)

CLIP_LEGEND = (
    "in view: hands that the pose has well inside the frame; lost: those of them without\n"
    "landmarks; hands: all found; doubles: frames with both hands on one; meet: the same, where\n"
    "the forearms come from different directions, so that palms may lie on one another; sides:\n"
    "hands on the other side's wrist; ghosts: hands and faces out of the frame or far from where\n"
    "the pose has them; alone: hands and faces without a pose; wait: how long a hand in view is\n"
    "lost; jitter: mean second difference of a part at rest, in thousandths of its size; CPU ms:\n"
    "processor time a frame."
)


def row(clip: str, tracker: str, score: ClipScore) -> tuple[str, ...]:
    """The cells of CLIP_HEAD."""
    numbers = (score.in_view, score.lost)
    counts = (score.found, score.duplicates, score.meetings, score.sides, score.ghosts, score.alone)
    means = (
        _ratio(score.waits, score.waits_count),
        _ratio(score.jitter, score.jitter_count),
        _ratio(score.face_jitter, score.face_jitter_count),
        _ratio(score.ms, score.frames),
    )
    percent = 100 * _ratio(score.lost, score.in_view)
    return (
        *(clip, tracker, *map(str, numbers)),
        "-" if np.isnan(percent) else f"{percent:.0f}",
        *map(str, (*counts, score.faces)),
        *("-" if np.isnan(mean) else f"{mean:.1f}" for mean in means),
    )
