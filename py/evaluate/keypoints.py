"""Which marks of a data set are which of our landmarks.

``SETS`` is the one table: for each keypoint set and each part the marks that have a counterpart
among ours, by name. Marks without one (the top of the head, the neck, a point of the jaw, where
the mesh's contour is another line than the annotators') are left out.

Sources: the body's points are MediaPipe's BlazePose topology; COCO's, COCO-WholeBody's, AI
Challenger's, CrowdPose's, JHMDB's and MPII's names are those of their papers. The 51 inner points
of Multi-PIE's 68 (iBUG 300-W) are on the mesh where its canonical model (MediaPipe's
``face_geometry`` module) has the same feature: brows, bridge and base of the nose, lids and lips.
Hands have the same 21 points in every set.
"""

from __future__ import annotations

from holistic import landmarks

BODY = {name: row for row, name in enumerate(landmarks.POSE)} | {
    f"{side}_big_toe": landmarks.POSE.index(f"{side}_foot_index") for side in ("left", "right")
}
"""Name -> index among the pose's 33 points."""

_FACE_FEATURES = {
    "right_brow": (70, 63, 105, 66, 107),
    "left_brow": (336, 296, 334, 293, 300),
    "nose_bridge": (168, 197, 5, 4),
    "nose_base": (75, 97, 2, 326, 305),
    "right_eye": (33, 160, 158, 133, 153, 144),
    "left_eye": (362, 385, 387, 263, 373, 380),
    "mouth_outer": (61, 40, 37, 0, 267, 270, 291, 321, 314, 17, 84, 91),
    "mouth_inner": (78, 81, 13, 311, 308, 402, 14, 178),
}

FACE = {
    f"{feature}_{i}": point
    for feature, points in _FACE_FEATURES.items()
    for i, point in enumerate(points)
}
"""Name -> index among the face's 468 points."""

OUTER_EYE_CORNERS = (FACE["right_eye_0"], FACE["left_eye_3"])
"""What face errors are measured in: the distance between these two."""

HAND = {name.replace("_finger", ""): row for row, name in enumerate(landmarks.HAND)}
"""Name -> index among a hand's 21 points."""


def _prefixed(prefix: str, points: dict[str, int]) -> dict[str, int]:
    return {prefix + name: index for name, index in points.items()}


SETS: dict[str, dict[str, dict[str, int]]] = {
    **{name: {"body": BODY} for name in ("coco17", "aic14", "crowdpose14", "jhmdb15", "mpii16")},
    "coco_wholebody133": {
        "body": BODY,
        "face": _prefixed("face_", FACE),
        "left_hand": _prefixed("left_hand_", HAND),
        "right_hand": _prefixed("right_hand_", HAND),
    },
    "face68": {"face": FACE},
    "hand21": {"hand": HAND},
}
"""Keypoint set -> part -> name of a mark -> index among our points of the part."""


def counterparts(names: list[str], points: dict[str, int]) -> tuple[list[int], list[int]]:
    """Indices into ``names`` of the marks that have a counterpart, and those counterparts."""
    pairs = [(i, points[name]) for i, name in enumerate(names) if name in points]
    return [i for i, _ in pairs], [ours for _, ours in pairs]
