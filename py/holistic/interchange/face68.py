"""The 68 points of a face that iBUG 300-W, dlib, OpenPose and COCO-WholeBody mark.

MediaPipe's mesh has no official correspondence to them. This is the one of Peizhi Yan's
Mediapipe_2_Dlib_Landmarks, with the first mesh point where he takes the mean of two, so that each
of the 68 is a point of the mesh. Points on the jaw differ in kind: the data sets mark the visible
outline of a turned face, the mesh follows the skin.

The order is that of the data sets: from the person's right to the left. Brows begin at the
person's right too; the nose goes down its bridge, then along its base; eyes and lips run clockwise
in the picture.
"""

from __future__ import annotations

import numpy as np

JAW = (127, 234, 93, 132, 58, 136, 150, 176, 152, 400, 379, 365, 288, 361, 323, 454, 356)
RIGHT_BROW = (70, 63, 105, 66, 107)
LEFT_BROW = (336, 296, 334, 293, 300)
NOSE_BRIDGE = (168, 197, 5, 4)
NOSE_BASE = (75, 97, 2, 326, 305)
RIGHT_EYE = (33, 160, 158, 133, 153, 144)
LEFT_EYE = (362, 385, 387, 263, 373, 380)
OUTER_LIPS = (61, 39, 37, 0, 267, 269, 291, 321, 314, 17, 84, 91)
INNER_LIPS = (78, 82, 13, 312, 308, 317, 14, 87)

FACE68 = (
    *JAW, *RIGHT_BROW, *LEFT_BROW, *NOSE_BRIDGE, *NOSE_BASE, *RIGHT_EYE, *LEFT_EYE, *OUTER_LIPS,
    *INNER_LIPS,
)  # fmt: skip
"""The mesh point that stands for each of the 68."""

PUPILS = (468, 473)
"""The irises' centres, right and left, which only a refined face has."""


def face68(face: np.ndarray) -> np.ndarray:
    """(68, values) of a face (468 or 478, values)."""
    return face[list(FACE68)]
