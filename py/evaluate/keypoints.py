"""Which marks of a data set are which of our landmarks.

``SETS`` is the one table: for each keypoint set and each part the marks that have a counterpart
among ours, by name. Marks without one (the top of the head, the neck, a point of the jaw, where
the mesh's contour is another line than the annotators') are left out.

Sources: the body's points are MediaPipe's BlazePose topology; COCO's, COCO-WholeBody's, AI
Challenger's, CrowdPose's, JHMDB's and MPII's names are those of their papers. The 51 inner points
of Multi-PIE's 68 (iBUG 300-W) are on the mesh where its canonical model (MediaPipe's
``face_geometry`` module) has the same feature: brows, bridge and base of the nose, lids and lips.
The 98 points of WFLW, the 106 of LaPa, the 19 of AFLW and the 29 of COFW have eyes, noses, mouths
and chins in common with it; their brows and contours are other lines, and pupils need irises.
Hands have the same 21 points in every set.
"""

from __future__ import annotations

from collections.abc import Sequence

from holistic.shared import landmarks

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


_EYES_OF_EIGHT = (
    *(33, 161, 159, 157, 133, 154, 145, 163),
    *(362, 384, 386, 388, 263, 390, 374, 381),
)
"""Right eye from its outer corner, left eye from its inner one, each by way of the upper lid."""
_MOUTH = (*_FACE_FEATURES["mouth_outer"], *_FACE_FEATURES["mouth_inner"])
_NOSE = (*_FACE_FEATURES["nose_bridge"], *_FACE_FEATURES["nose_base"])


def _numbered(prefix: str, *runs: tuple[int, Sequence[int]]) -> dict[str, int]:
    """Names by number: each run is its first number and our points from there on."""
    return {
        f"{prefix}_{first + i}": point for first, points in runs for i, point in enumerate(points)
    }


WFLW = _numbered("wflw", (51, _NOSE), (60, _EYES_OF_EIGHT), (76, _MOUTH))
LAPA = _numbered(
    "lapa",
    (51, _FACE_FEATURES["nose_bridge"]),
    (66, _EYES_OF_EIGHT[:8]),
    (75, _EYES_OF_EIGHT[8:]),
    (84, _MOUTH),
)
AFLW = _numbered("aflw", (6, (33,)), (8, (133, 362)), (11, (263, 64)), (14, (294, 61)))
AFLW |= _numbered("aflw", (17, (291, 152)))
COFW = _numbered("cofw", (8, (33, 263, 133, 362, 159, 145, 386, 374)), (18, (64, 294, 4, 2)))
COFW |= _numbered("cofw", (22, (61, 291, 0, 13, 14, 17, 152)))


SETS: dict[str, dict[str, dict[str, int]]] = {
    **{name: {"body": BODY} for name in ("coco17", "aic14", "crowdpose14", "jhmdb15", "mpii16")},
    "coco_wholebody133": {
        "body": BODY,
        "face": _prefixed("face_", FACE),
        "left_hand": _prefixed("left_hand_", HAND),
        "right_hand": _prefixed("right_hand_", HAND),
    },
    "face68": {"face": FACE},
    "wflw98": {"face": WFLW},
    "lapa106": {"face": LAPA},
    "aflw19": {"face": AFLW},
    "cofw29": {"face": COFW},
    "hand21": {"hand": HAND},
}
"""Keypoint set -> part -> name of a mark -> index among our points of the part."""

ONE_MARKED = frozenset(("face68", "aflw19", "cofw29", "lapa106", "wflw98", "hand21"))
"""Sets whose pictures may show more than is marked: data sets of single faces and hands."""


def counterparts(names: list[str], points: dict[str, int]) -> tuple[list[int], list[int]]:
    """Indices into ``names`` of the marks that have a counterpart, and those counterparts."""
    pairs = [(i, points[name]) for i, name in enumerate(names) if name in points]
    return [i for i, _ in pairs], [ours for _, ours in pairs]
