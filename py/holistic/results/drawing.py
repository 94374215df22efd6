"""Overlays on a native machine: the landmarks drawn into a frame, by OpenCV."""

from __future__ import annotations

import cv2
import numpy as np

from holistic.results.result import Person, Result
from holistic.shared.connections import BODY, FACE, HAND

VISIBLE = 0.5
"""Body points that are less visible are not drawn."""

_FRACTION_BITS = 4  # of the coordinates that OpenCV gets: sixteenths of a pixel
_MESH_OPACITY = 0.4  # a small face would disappear behind its 1,322 lines
_BACKGROUND = 0.35  # of its brightness is left where a mask says that nobody is
_BODY_COLOUR = (255, 255, 255)
_FACE_COLOUR = (120, 200, 180)
_LEFT_COLOUR = (255, 150, 60)
_RIGHT_COLOUR = (80, 170, 255)


def _draw(
    frame: np.ndarray,
    points: np.ndarray,
    lines: np.ndarray,
    colour: tuple[int, int, int],
    width: int,
) -> None:
    """Draw ``lines`` (n, 2), pairs of point numbers, between ``points`` (m, 2 or more)."""
    height, breadth = frame.shape[:2]
    pixels = (points[:, :2] * (breadth, height) * (1 << _FRACTION_BITS)).round().astype(np.int32)
    cv2.polylines(frame, list(pixels[lines]), False, colour, width, cv2.LINE_AA, _FRACTION_BITS)


def draw_person(frame: np.ndarray, person: Person) -> None:
    """Draw a person into the RGB ``frame`` (H, W, 3), in place."""
    width = max(1, min(frame.shape[:2]) // 240)
    if person.face is not None:
        bare = frame.copy()
        _draw(frame, person.face, np.array(FACE).reshape(-1, 2), _FACE_COLOUR, 1)
        cv2.addWeighted(frame, _MESH_OPACITY, bare, 1 - _MESH_OPACITY, 0, dst=frame)
    if person.pose is not None:
        body = np.array(BODY).reshape(-1, 2)
        visible = person.pose.visibility >= VISIBLE
        _draw(frame, person.pose, body[visible[body].all(axis=1)], _BODY_COLOUR, width)
    for hand, colour in ((person.left_hand, _LEFT_COLOUR), (person.right_hand, _RIGHT_COLOUR)):
        if hand is not None:
            _draw(frame, hand, np.array(HAND).reshape(-1, 2), colour, width)


def _dimmed(frame: np.ndarray, mask: np.ndarray) -> np.ndarray:
    """A copy of the frame that is dark where the (H, W) mask is 0."""
    light = _BACKGROUND + (1 - _BACKGROUND) * mask
    return np.asarray((frame * light[..., None]).round().astype(np.uint8))


def draw(frame: np.ndarray, result: Result) -> np.ndarray:
    """A copy of the RGB ``frame`` (H, W, 3) with everybody in ``result`` drawn into it.

    Where people have masks, what is behind them is darker.
    """
    masks = [person.mask for person in result.people if person.mask is not None]
    picture = _dimmed(frame, np.max(masks, axis=0)) if masks else frame.copy()
    for person in result.people:
        draw_person(picture, person)
    return picture
