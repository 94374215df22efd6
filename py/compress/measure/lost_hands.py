"""Hands that the tracker loses in clips, and what a hand network makes of them.

A hand is in view where the pose puts its wrist, knuckles and thumb well inside the frame and is
sure of the wrist; it is lost where it has no landmarks all the same.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from compress.data.inputs import to_input
from compress.data.regions import SUBJECTS, crop
from compress.measure.evaluate import PRESENT
from compress.measure.stability import frames
from compress.tflite.runner import Runner
from holistic.inference.landmarkers import HandRecrop
from holistic.inference.model_files import load
from holistic.inference.roi import Region
from holistic.results.result import Person
from holistic.shared import landmarks
from holistic.tracker import Tracker
from holistic.tracking.regions import palm_region
from holistic.tracking.roi_tracks import VISIBILITY, HandTrack

SIDES = ("left", "right")

_MARGIN = 0.025
"""Of the frame, within which no point of a hand in view lies."""

_SURE = 0.5
"""Visibility of the wrist of a hand in view."""

_OWN = (0.6, 0.75, 1.0)
"""Sides of the looks around the pose's own region, in sides of it."""


@dataclass(frozen=True)
class Hand:
    """A hand in view: whether the original finds it, and crops (n, size, size, 3) uint8 of it.

    The first crop of a lost hand is the re-crop's region, then there are those of the pose's own;
    one that is found has the region of its landmarks.
    """

    found: bool
    crops: np.ndarray


def pixels(person: Person, width: int, height: int) -> np.ndarray:
    """The pose (33, 5) in pixels of the frame."""
    assert person.pose is not None
    return np.asarray(person.pose) * (width, height, width, 1, 1)


def in_view(pose: np.ndarray, side: str, width: int, height: int) -> bool:
    """Whether this hand of a pose (33, 5) in pixels is in the frame."""
    names = ("wrist", "pinky", "index", "thumb")
    points = pose[[landmarks.POSE.index(f"{side}_{name}") for name in names]]
    places = points[:, :2] / (width, height)
    inside = bool(((places > _MARGIN) & (places < 1 - _MARGIN)).all())
    return inside and bool(points[0, VISIBILITY] > _SURE)


def hands(clip: Path, models: Path, size: int = SUBJECTS["hand"].size) -> Iterator[Hand]:
    """Every hand in view of a clip, as the float tracker follows its first person."""
    tracker = Tracker(1, models)
    recrop = HandRecrop(load("hand_recrop", models))
    for frame, person in _tracked(clip, tracker):
        height, width = frame.shape[:2]
        pose = pixels(person, width, height)
        for side in SIDES:
            if in_view(pose, side, width, height):
                points = getattr(person, f"{side}_hand")
                found = points is not None
                looks = (
                    [palm_region(np.asarray(points) * (width, height, width))]
                    if found
                    else _looks(frame, pose, side, recrop)
                )
                yield Hand(found, np.stack([crop(frame, region, size) for region in looks]))
    tracker.close()


def _tracked(clip: Path, tracker: Tracker) -> Iterator[tuple[np.ndarray, Person]]:
    for number, frame in enumerate(frames(clip)):
        person = tracker.process(frame, number * 1000 / 30).person
        if person is not None and person.pose is not None:
            yield frame, person


def _looks(frame: np.ndarray, pose: np.ndarray, side: str, recrop: HandRecrop) -> list[Region]:
    """The re-crop's region, and some sizes of the pose's own."""
    own: list[Region] = []
    refined: list[Region] = []

    def check(picture: np.ndarray, region: Region) -> Region:
        own.append(region)
        refined.append(recrop(picture, region))
        return refined[0]

    HandTrack(f"{side}_hand").update(frame, pose, check, lambda *_: None)  # type: ignore[arg-type]
    return refined + [region._replace(size=region.size * part) for region in own for part in _OWN]


def share_lost(clips: Sequence[Path], complexity: int, models: Path, variant: str) -> list[int]:
    """How many hands in view a variant's tracker loses in these clips, and of how many."""
    lost = seen = 0
    for clip in clips:
        tracker = Tracker(complexity, models, variant=variant)
        for frame, person in _tracked(clip, tracker):
            height, width = frame.shape[:2]
            pose = pixels(person, width, height)
            for side in SIDES:
                if in_view(pose, side, width, height):
                    seen += 1
                    lost += getattr(person, f"{side}_hand") is None
        tracker.close()
    return [lost, seen]


def presences(network: Runner, crops: np.ndarray) -> np.ndarray:
    """A hand network's presence in each of the crops (n, size, size, 3), (n,)."""
    if not len(crops):
        return np.zeros(0)
    return np.asarray(network(to_input(crops, 0.0))[1]).reshape(-1)


def seen_again(network: Runner, of: Sequence[Hand]) -> dict[str, float]:
    """What a network believes of hands in view, at a presence of 0.5.

    ``first`` and ``any`` are parts of the lost hands that it sees in the re-crop's region and in
    any of its looks; ``kept`` is the part of the found ones.
    """
    scores = [(hand.found, presences(network, hand.crops)) for hand in of]
    lost = [one for found, one in scores if not found]
    return {
        "lost": len(lost),
        "first": _part([bool(one[0] > PRESENT) for one in lost]),
        "any": _part([bool(one.max() > PRESENT) for one in lost]),
        "found": len(scores) - len(lost),
        "kept": _part([bool(one[0] > PRESENT) for found, one in scores if found]),
    }


def _part(flags: list[bool]) -> float:
    return round(sum(flags) / len(flags), 4) if flags else 0.0
