"""Gestures of one hand: small functions on its points in metres.

Each says from 0 to 1 how much a hand looks so. All but thumbs up and thumbs down are the same
however the hand is turned, and however large it is. The points are a hand's (21, 3), whose axes
have one unit and whose second one goes down: ``left_hand_world`` or ``right_hand_world``, or image
landmarks in pixels (``Result.pixels``). Left hands and right hands are alike.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

import numpy as np

from holistic.results.named_points import HandPoints

FINGERS = ("thumb", "index_finger", "middle_finger", "ring_finger", "pinky")

_POINT = HandPoints.names
_WRIST, _THUMB = _POINT["wrist"], (_POINT["thumb_mcp"], _POINT["thumb_tip"])
_TIPS = [_POINT[f"{finger}_tip"] for finger in FINGERS]
_KNUCKLES = [_POINT[f"{finger}_mcp"] for finger in FINGERS]
_DOWN = np.array((0.0, 1.0, 0.0))
_TINY = 1e-9


class Limits(NamedTuple):
    """From where a measure begins to count, and where it counts fully; see ``Measures``.

    Attributes:
        finger: of ``reach``, for a finger that is stretched.
        thumb: of ``thumb``, for a thumb that is stretched.
        thumb_across: of ``thumb``, for one that does not lie across the palm.
        apart: of ``spread``, in degrees.
        touching: of ``gap``, for tips that do not touch.
        straight: of a finger's openness, for an index finger that is too straight to pinch.
        curled: of ``reach``, for an index finger that is too bent to pinch, as in a fist.
        aside: degrees from the vertical, for a thumb that points neither up nor down.
    """

    finger: tuple[float, float] = (1.2, 1.65)
    thumb: tuple[float, float] = (1.28, 1.88)
    thumb_across: tuple[float, float] = (0.88, 1.18)
    apart: tuple[float, float] = (6, 16)
    touching: tuple[float, float] = (0.4, 0.9)
    straight: tuple[float, float] = (0.7, 0.9)
    curled: tuple[float, float] = (0.9, 1.1)
    aside: tuple[float, float] = (50, 80)


LIMITS = Limits()
"""Chosen on pictures of hands: ``python -m evaluate.gestures``, docs/gestures.md."""


class Measures(NamedTuple):
    """What gestures are told by, of one hand or of many.

    Attributes:
        reach: (..., 4) how much further from the wrist a finger's tip is than its knuckle.
        thumb: (...) the thumb's tip from the little finger's knuckle, in widths of the palm.
        spread: (...) degrees between the index and the middle finger.
        gap: (...) between the tips of thumb and index finger, in lengths of the palm.
        fall: (...) degrees of the thumb from straight down.
    """

    reach: np.ndarray
    thumb: np.ndarray
    spread: np.ndarray
    gap: np.ndarray
    fall: np.ndarray


def measures(hands: np.ndarray) -> Measures:
    """The measures of hands (..., 21, 3).

    Raises:
        TypeError: None, where no hand was found.
        ValueError: other shapes.
    """
    if hands is None:
        raise TypeError("there is no hand to measure: ask first whether one was found")
    points = np.asarray(hands, np.float64)
    if points.ndim < 2 or points.shape[-2] != 21 or points.shape[-1] < 3:
        raise ValueError(f"a hand has the shape (21, 3), not {points.shape}")
    points = points[..., :3]
    reach = _lengths(points - points[..., _WRIST : _WRIST + 1, :])
    index, middle, little = (points[..., _KNUCKLES[row], :] for row in (1, 2, 4))
    thumb_tip, index_tip, middle_tip = (points[..., _TIPS[row], :] for row in range(3))
    width, length = _lengths(index - little), _lengths(points[..., _WRIST, :] - middle)
    return Measures(
        reach[..., _TIPS[1:]] / np.maximum(reach[..., _KNUCKLES[1:]], _TINY),
        _lengths(thumb_tip - little) / np.maximum(width, _TINY),
        _degrees(index_tip - index, middle_tip - middle),
        _lengths(thumb_tip - index_tip) / np.maximum(length, _TINY),
        _degrees(points[..., _THUMB[1], :] - points[..., _THUMB[0], :], _DOWN),
    )


def _lengths(vectors: np.ndarray) -> np.ndarray:
    return np.asarray(np.linalg.norm(vectors, axis=-1))


def _degrees(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Degrees between directions (..., 3), 90 where one has no length."""
    sizes = np.maximum(_lengths(one) * _lengths(other), _TINY**2)
    return np.asarray(np.degrees(np.arccos(np.clip((one * other).sum(axis=-1) / sizes, -1, 1))))


def _passed(limit: tuple[float, float], values: np.ndarray) -> np.ndarray:
    """How far values are on their way through a limit, 0 to 1."""
    low, high = limit
    return np.clip((values - low) / (high - low), 0, 1)


def judged(measured: Measures, limits: Limits = LIMITS) -> dict[str, np.ndarray]:
    """(...) from 0 to 1 by gesture, how much hands with these measures look so."""
    fingers = _passed(limits.finger, measured.reach)
    index, middle, ring, little = np.moveaxis(fingers, -1, 0)
    thumb = _passed(limits.thumb, measured.thumb)
    all_bent, least = 1 - fingers.max(axis=-1), fingers.min(axis=-1)
    outer_bent = 1 - np.maximum(ring, little)
    thumb_up = np.minimum(thumb, all_bent)
    apart = _passed(limits.apart, measured.spread)
    touch = 1 - _passed(limits.touching, measured.gap)
    bent = 1 - _passed(limits.straight, index)
    hooked = np.minimum(bent, _passed(limits.curled, measured.reach[..., 0]))
    return {
        "thumbs_up": np.minimum(thumb_up, 1 - _passed(limits.aside, 180 - measured.fall)),
        "thumbs_down": np.minimum(thumb_up, 1 - _passed(limits.aside, measured.fall)),
        "pinch": _least(touch, hooked, fingers.max(axis=-1)),
        "victory": _least(index, middle, outer_bent, 1 - thumb, apart),
        "pointing": _least(index, 1 - middle, outer_bent),
        "open_hand": np.minimum(least, _passed(limits.thumb_across, measured.thumb)),
        "fist": np.minimum(all_bent, 1 - thumb),
    }


def _least(*scores: np.ndarray) -> np.ndarray:
    return np.asarray(np.minimum.reduce(scores))


def openness(hand: np.ndarray) -> np.ndarray:
    """(5,) how far each of ``FINGERS`` is stretched: 0 in a fist, 1 in an open hand."""
    measured = measures(hand)
    fingers = _passed(LIMITS.finger, measured.reach)
    return np.array([float(_passed(LIMITS.thumb, measured.thumb)), *fingers])


def fist(hand: np.ndarray) -> float:
    """All fingers are bent, and the thumb lies on them."""
    return scores(hand)["fist"]


def open_hand(hand: np.ndarray) -> float:
    """All fingers are stretched, spread or not, and the thumb does not lie across the palm."""
    return scores(hand)["open_hand"]


def pointing(hand: np.ndarray) -> float:
    """The index finger is stretched, and the other three are bent."""
    return scores(hand)["pointing"]


def victory(hand: np.ndarray) -> float:
    """Index and middle finger are stretched and apart, the others are bent."""
    return scores(hand)["victory"]


def pinch(hand: np.ndarray) -> float:
    """The tips of thumb and index finger touch: the index finger is bent, but not into a fist."""
    return scores(hand)["pinch"]


def thumbs_up(hand: np.ndarray) -> float:
    """The thumb is stretched upwards, and the fingers are bent."""
    return scores(hand)["thumbs_up"]


def thumbs_down(hand: np.ndarray) -> float:
    """The thumb is stretched downwards, and the fingers are bent."""
    return scores(hand)["thumbs_down"]


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
    return {name: float(score) for name, score in judged(measures(hand)).items()}


def gesture(hand: np.ndarray, least: float = 0.5) -> str | None:
    """The gesture that a hand looks most like; None where no score is ``least`` or more."""
    found = scores(hand)
    best = max(found, key=lambda name: found[name])
    return best if found[best] >= least else None
