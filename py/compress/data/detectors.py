"""What a compressed detector still finds of all that its float original does.

Both are decoded and merged (non-maximum suppression) as the tracker does it; a detection counts as
found where the other model has one that overlaps it by half.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from holistic.inference.detector import Detection, anchor_centres, decode, merged, overlaps

OVERLAP = 0.5
"""Intersection over union from which on two detections are of one object."""

LIMIT = 16


@dataclass(frozen=True)
class Detector:
    """How a detector's outputs are read: input side, anchor strides, and the least score."""

    size: int
    strides: tuple[int, ...]
    min_score: float = 0.5


DETECTORS = {
    "pose_detector": Detector(224, (8, 16, 32, 32, 32)),
    "face_detector": Detector(128, (8, 16, 16, 16)),
    "palm_detector": Detector(192, (8, 16, 16, 16)),
}


@dataclass(frozen=True)
class Recall:
    """Objects that the original finds, and what the other model makes of them.

    ``lost`` is the part of the original's detections that the other misses, ``lost_first`` the
    part of pictures whose best detection it misses, ``invented`` the part of the other's own that
    the original does not have; ``pixels`` the mean distance of keypoints of what both find, in
    pixels of the input.
    """

    objects: int
    lost: float
    lost_first: float
    invented: float
    pixels: float


def detections(name: str, outputs: list[np.ndarray]) -> list[list[Detection]]:
    """Detections of each picture, from a detector's stacked outputs (boxes and logits)."""
    settings = DETECTORS[name]
    anchors = anchor_centres(settings.size, settings.strides)
    boxes, logits = outputs
    return [
        merged(
            *decode(values, scores.ravel(), anchors, settings.size, settings.min_score), limit=LIMIT
        )
        for values, scores in zip(boxes, logits, strict=True)
    ]


def recall(name: str, found: list[np.ndarray], wanted: list[np.ndarray]) -> Recall:
    """Compare a detector's outputs with the original's for the same pictures."""
    pairs = list(zip(detections(name, found), detections(name, wanted), strict=True))
    partners = [_partner(one, mine) for mine, theirs in pairs for one in theirs]
    first = [_partner(theirs[0], mine) for mine, theirs in pairs if theirs]
    invented = [_partner(one, theirs) is None for mine, theirs in pairs for one in mine]
    originals = [one for _, theirs in pairs for one in theirs]
    distances = [
        float(np.linalg.norm(one.keypoints - other.keypoints, axis=1).mean())
        for one, other in zip(originals, partners, strict=True)
        if other is not None
    ]
    return Recall(
        objects=len(originals),
        lost=_part([partner is None for partner in partners]),
        lost_first=_part([partner is None for partner in first]),
        invented=_part(invented),
        pixels=float(np.mean(distances)) * DETECTORS[name].size if distances else float("nan"),
    )


def _part(flags: list[bool]) -> float:
    return float(np.mean(flags)) if flags else 0.0


def _partner(one: Detection, others: list[Detection]) -> Detection | None:
    """The detection among ``others`` that is of the same object."""
    if not others:
        return None
    shared = overlaps(np.array(one.box), np.array([other.box for other in others]))
    best = int(np.argmax(shared))
    return others[best] if shared[best] > OVERLAP else None
