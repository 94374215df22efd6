"""Overlays on a native machine: the landmarks drawn into a frame, by Pillow."""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageDraw

from holistic.results.result import Person, Result
from holistic.shared.connections import BODY, FACE, HAND
from holistic.shared.schedule import HANDS

VISIBLE = 0.5
"""Body points that are less visible are not drawn."""

_SCALE = 4  # how much larger lines are drawn, so that their edges are smooth
_LARGE = 720  # pixels of a frame's shorter side above which half of it is smooth enough
_MESH_OPACITY = 0.4  # a small face would disappear behind its 1,322 lines
_PREDICTED_OPACITY = 0.4  # of a hand that is carried on
_BACKGROUND = 0.35  # of its brightness is left where a mask says that nobody is
COLOURS = {
    "pose": (255, 255, 255),
    "face": (120, 200, 180),
    "left_hand": (255, 150, 60),
    "right_hand": (80, 170, 255),
}
"""Of the parts: red, green, blue."""


def _draw(
    frame: np.ndarray,
    points: np.ndarray,
    lines: np.ndarray,
    colour: tuple[int, int, int],
    width: int,
    opacity: float = 1.0,
) -> None:
    """Draw ``lines`` (n, 2), pairs of point numbers, between ``points`` (m, 2 or more).

    They are drawn larger than they are, and what they then cover of each pixel is its colour.
    """
    if not len(lines):
        return
    height, breadth = frame.shape[:2]
    ends = (points[:, :2] * (breadth, height))[lines]
    left, top = np.floor(ends.min(axis=(0, 1)) - width).astype(int).clip(0, (breadth, height))
    right, bottom = np.ceil(ends.max(axis=(0, 1)) + width).astype(int).clip(0, (breadth, height))
    if left >= right or top >= bottom:
        return
    part = frame[top:bottom, left:right]
    scale = _SCALE if min(height, breadth) <= _LARGE else _SCALE // 2
    mask = Image.new("L", ((right - left) * scale, (bottom - top) * scale))
    pen = ImageDraw.Draw(mask)
    for line in ((ends - (left, top)) * scale - 0.5).reshape(-1, 4).tolist():
        pen.line(line, fill=255, width=width * scale)
    cover = mask.reduce(scale).point([round(level * opacity) for level in range(256)])
    drawn = Image.fromarray(part)
    drawn.paste(colour, mask=cover)
    part[:] = np.asarray(drawn)


def draw_person(frame: np.ndarray, person: Person) -> None:
    """Draw a person into the RGB ``frame`` (H, W, 3), in place."""
    width = max(1, min(frame.shape[:2]) // 240)
    if person.face is not None:
        mesh = np.array(FACE).reshape(-1, 2)
        _draw(frame, person.face, mesh, COLOURS["face"], 1, _MESH_OPACITY)
    if person.pose is not None:
        body = np.array(BODY).reshape(-1, 2)
        visible = person.pose.visibility >= VISIBLE
        _draw(frame, person.pose, body[visible[body].all(axis=1)], COLOURS["pose"], width)
    for side in HANDS:
        hand = getattr(person, side)
        if hand is not None:
            opacity = _PREDICTED_OPACITY if side in person.predicted else 1.0
            _draw(frame, hand, np.array(HAND).reshape(-1, 2), COLOURS[side], width, opacity)


def _dimmed(frame: np.ndarray, mask: np.ndarray) -> np.ndarray:
    """A copy of the frame that is dark where the (H, W) mask is 0."""
    light = _BACKGROUND + (1 - _BACKGROUND) * mask
    return np.asarray((frame * light[..., None]).round().astype(np.uint8))


def draw(frame: np.ndarray, result: Result) -> np.ndarray:
    """A copy of the RGB ``frame`` (H, W, 3) with everybody in ``result`` drawn into it.

    Where people have masks, what is behind them is darker.

    Raises:
        ValueError: the frame is no array of uint8 with this shape.
    """
    if frame.dtype != np.uint8 or frame.ndim != 3 or frame.shape[2] not in (3, 4):
        raise ValueError(
            "what is drawn into must be uint8 of the shape (height, width, 3), "
            f"not {frame.dtype} of {frame.shape}: make a grey or float picture RGB first"
        )
    masks = [person.mask for person in result.people if person.mask is not None]
    picture = _dimmed(frame, np.max(masks, axis=0)) if masks else frame.copy()
    for person in result.people:
        draw_person(picture, person)
    return picture
