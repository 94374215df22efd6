"""Gestures of one hand: small functions on its points in metres.

Each says from 0 to 1 how much a hand looks so. All but thumbs up and thumbs down are the same
however the hand is turned, and however large it is. The points are a hand's (21, 3), whose axes
have one unit and whose second one goes down: ``left_hand_world`` or ``right_hand_world``, or image
landmarks in pixels (``Result.pixels``). Left hands and right hands are alike.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import isnan

import numpy as np

from holistic.results.angles import angle
from holistic.results.named_points import HandPoints

FINGERS = ("thumb", "index_finger", "middle_finger", "ring_finger", "pinky")

_POINT = HandPoints.names
_HERE = np.zeros(3)
_TIPS = [_POINT[f"{finger}_tip"] for finger in FINGERS]
_KNUCKLES = [_POINT[f"{finger}_mcp"] for finger in FINGERS]


def _between(low: float, high: float, value: float) -> float:
    """How far ``value`` is on its way from ``low`` to ``high``, 0 to 1."""
    return float(np.clip((value - low) / (high - low), 0, 1))


def _distance(hand: np.ndarray, first: str, second: str) -> float:
    return float(np.linalg.norm(hand[_POINT[first]] - hand[_POINT[second]]))


def _angle(one: np.ndarray, other: np.ndarray) -> float:
    """Degrees between two directions, 90 where one has no length."""
    found = angle(one, _HERE, other)
    return 90.0 if isnan(found) else found


def openness(hand: np.ndarray) -> np.ndarray:
    """(5,) how far each of ``FINGERS`` is stretched: 0 in a fist, 1 in an open hand.

    Of a finger it is how much further from the wrist its tip is than its knuckle; of the thumb how
    far its tip is from the little finger's knuckle, in widths of the palm.
    """
    points = np.asarray(hand, np.float64)[:, :3]
    reach = np.linalg.norm(points - points[_POINT["wrist"]], axis=1)
    ratios = reach[_TIPS[1:]] / np.maximum(reach[_KNUCKLES[1:]], 1e-9)
    fingers = [_between(1.15, 1.6, ratio) for ratio in ratios]
    return np.array([_between(1.2, 1.8, _thumb_away(points)), *fingers])


def _thumb_away(points: np.ndarray) -> float:
    """How far the thumb's tip is from the little finger's knuckle, in widths of the palm."""
    width = max(_distance(points, "index_finger_mcp", "pinky_mcp"), 1e-9)
    return _distance(points, "thumb_tip", "pinky_mcp") / width


def fist(hand: np.ndarray) -> float:
    """All fingers are bent, and the thumb lies on them."""
    thumb, *fingers = openness(hand)
    return float(min(1 - max(fingers), 1 - thumb))


def open_hand(hand: np.ndarray) -> float:
    """All fingers are stretched, spread or not, and the thumb does not lie across the palm."""
    points = np.asarray(hand, np.float64)[:, :3]
    return float(min(*openness(points)[1:], _between(0.95, 1.25, _thumb_away(points))))


def pointing(hand: np.ndarray) -> float:
    """The index finger is stretched, and the other three are bent."""
    _, index, *others = openness(hand)
    return float(min(index, 1 - max(others)))


def victory(hand: np.ndarray) -> float:
    """Index and middle finger are stretched and apart, the others are bent."""
    points = np.asarray(hand, np.float64)[:, :3]
    thumb, index, middle, ring, little = openness(hand)
    first, second = (
        points[_POINT[f"{finger}_tip"]] - points[_POINT[f"{finger}_mcp"]]
        for finger in ("index_finger", "middle_finger")
    )
    apart = _between(5, 15, _angle(first, second))
    return float(min(index, middle, 1 - ring, 1 - little, 1 - thumb, apart))


def pinch(hand: np.ndarray) -> float:
    """The tips of thumb and index finger touch: the index finger is bent, but not into a fist."""
    points = np.asarray(hand, np.float64)[:, :3]
    palm = max(_distance(points, "wrist", "middle_finger_mcp"), 1e-9)
    touch = 1 - _between(0.3, 0.8, _distance(points, "thumb_tip", "index_finger_tip") / palm)
    fingers = openness(hand)[1:]
    return float(min(touch, 1 - _between(0.75, 0.95, fingers[0]), max(fingers)))


def thumbs_up(hand: np.ndarray) -> float:
    """The thumb is stretched upwards, and the fingers are bent."""
    return _thumb(hand, -1)


def thumbs_down(hand: np.ndarray) -> float:
    """The thumb is stretched downwards, and the fingers are bent."""
    return _thumb(hand, 1)


def _thumb(hand: np.ndarray, down: int) -> float:
    points = np.asarray(hand, np.float64)[:, :3]
    thumb, *fingers = openness(hand)
    away = points[_POINT["thumb_tip"]] - points[_POINT["thumb_mcp"]]
    aside = _angle(away, np.array((0, down, 0)))
    return float(min(thumb, 1 - max(fingers), 1 - _between(50, 80, aside)))


GESTURES: Mapping[str, Callable[[np.ndarray], float]] = {
    "thumbs_up": thumbs_up,
    "thumbs_down": thumbs_down,
    "pinch": pinch,
    "victory": victory,
    "pointing": pointing,
    "open_hand": open_hand,
    "fist": fist,
}
"""All gestures by their names."""


def scores(hand: np.ndarray) -> dict[str, float]:
    """How much a hand looks like each of ``GESTURES``, 0 to 1."""
    return {name: score(hand) for name, score in GESTURES.items()}


def gesture(hand: np.ndarray, least: float = 0.5) -> str | None:
    """The gesture that a hand looks most like; None where no score is ``least`` or more."""
    found = scores(hand)
    best = max(found, key=lambda name: found[name])
    return best if found[best] >= least else None
