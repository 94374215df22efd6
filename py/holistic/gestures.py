"""Gestures of one hand: ``results.gestures``."""

from holistic.results.gestures import (
    FINGERS,
    GESTURES,
    fist,
    gesture,
    open_hand,
    openness,
    pinch,
    pointing,
    scores,
    thumbs_down,
    thumbs_up,
    victory,
)

__all__ = [
    "FINGERS",
    "GESTURES",
    "fist",
    "gesture",
    "open_hand",
    "openness",
    "pinch",
    "pointing",
    "scores",
    "thumbs_down",
    "thumbs_up",
    "victory",
]
