"""The landmarks' names: which point of the pose, a hand or the face is what.

Like ``layout`` and ``connections`` it imports nothing, so that the page's MicroPython and CPython
both read it. Left is the person's left.

Source: the numbering of MediaPipe's pose, hand and face mesh models. The face mesh's points have
no official names: those that people ask for most have one here, and a region is the list of its
points.
"""

POSE = (
    "nose",
    "left_eye_inner",
    "left_eye",
    "left_eye_outer",
    "right_eye_inner",
    "right_eye",
    "right_eye_outer",
    "left_ear",
    "right_ear",
    "mouth_left",
    "mouth_right",
    "left_shoulder",
    "right_shoulder",
    "left_elbow",
    "right_elbow",
    "left_wrist",
    "right_wrist",
    "left_pinky",
    "right_pinky",
    "left_index",
    "right_index",
    "left_thumb",
    "right_thumb",
    "left_hip",
    "right_hip",
    "left_knee",
    "right_knee",
    "left_ankle",
    "right_ankle",
    "left_heel",
    "right_heel",
    "left_foot_index",
    "right_foot_index",
)
"""The body's points in order. "pinky", "index" and "thumb" are knuckles."""

HAND = (
    "wrist",
    "thumb_cmc",
    "thumb_mcp",
    "thumb_ip",
    "thumb_tip",
    "index_finger_mcp",
    "index_finger_pip",
    "index_finger_dip",
    "index_finger_tip",
    "middle_finger_mcp",
    "middle_finger_pip",
    "middle_finger_dip",
    "middle_finger_tip",
    "ring_finger_mcp",
    "ring_finger_pip",
    "ring_finger_dip",
    "ring_finger_tip",
    "pinky_mcp",
    "pinky_pip",
    "pinky_dip",
    "pinky_tip",
)
"""A hand's points in order: the wrist, then each finger from its root to its tip."""

FACE = {
    "nose_tip": 1,
    "nose_bridge": 168,
    "forehead": 10,
    "chin": 152,
    "right_eye_outer": 33,
    "right_eye_inner": 133,
    "right_eye_top": 159,
    "right_eye_bottom": 145,
    "left_eye_inner": 362,
    "left_eye_outer": 263,
    "left_eye_top": 386,
    "left_eye_bottom": 374,
    "mouth_right": 61,
    "mouth_left": 291,
    "upper_lip": 13,
    "lower_lip": 14,
    "right_cheek": 234,
    "left_cheek": 454,
    "right_iris": 468,
    "left_iris": 473,
}
"""Numbers of the face's named points; the lips' are on their inner edges, an iris's its centre."""


def _points(text: str) -> tuple[int, ...]:
    """Point numbers from a text: MicroPython cannot join tuples by stars."""
    return tuple(int(point) for point in text.split())


FACE_REGIONS = {
    "lips_outer": _points("61 146 91 181 84 17 314 405 321 375 291 409 270 269 267 0 37 39 40 185"),
    "lips_inner": _points("78 95 88 178 87 14 317 402 318 324 308 415 310 311 312 13 82 81 80 191"),
    "left_eye_contour": _points("263 249 390 373 374 380 381 382 362 398 384 385 386 387 388 466"),
    "right_eye_contour": _points("33 7 163 144 145 153 154 155 133 173 157 158 159 160 161 246"),
    "left_eyebrow": _points("276 283 282 295 285 336 296 334 293 300"),
    "right_eyebrow": _points("46 53 52 65 55 107 66 105 63 70"),
    "face_oval": _points(
        "10 338 297 332 284 251 389 356 454 323 361 288 397 365 379 378 400 377 152 148 "
        "176 149 150 136 172 58 132 93 234 127 162 21 54 103 67 109"
    ),
    "left_iris_contour": _points("474 475 476 477"),
    "right_iris_contour": _points("469 470 471 472"),
}
"""Numbers of the points of the face's outlines, each once around."""
