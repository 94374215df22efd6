"""Landmarks that the native tracker found, sent in a page as the tag's events.

What only listens to ``landmarks`` is tested with them: no worker boots, and the numbers are known.
"""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from playwright.sync_api import Page

from holistic import Tracker
from holistic.results.angles import head_pose, head_rotation
from holistic.results.blendshapes import Blendshapes
from holistic.results.named_points import Rotations
from holistic.results.result import Person, Result
from holistic.shared.bones import BONES

PARTS = {
    "pose": "pose",
    "poseWorld": "pose_world",
    "face": "face",
    "leftHand": "left_hand",
    "rightHand": "right_hand",
    "leftHandWorld": "left_hand_world",
    "rightHandWorld": "right_hand_world",
}
"""The names of a person's arrays in an event, and natively."""

SCORED = ("pose", "face", "leftHand", "rightHand")
"""The parts that have a score."""

SEND = """async ([target, details, pause]) => {
    const stage = (total) => ({total, warp: total / 20, network: total / 2});
    const times = {pose: stage(20), face: stage(5), leftHand: stage(18), rightHand: stage(16)};
    const array = (values) => values && Float32Array.from(values.flat());
    for (const detail of details) {
        const people = detail.people.map((person) => Object.fromEntries(Object.entries(person).map(
            ([name, values]) => [name, Array.isArray(values) ? array(values) : values])));
        const event = {bubbles: true, composed: true, detail: {...detail, people, times}};
        document.querySelector(target).dispatchEvent(new CustomEvent('landmarks', event));
        if (pause) await new Promise((resolve) => setTimeout(resolve, pause));
    }
}"""


def track(clip: Path) -> list[Result]:
    """The native tracker's results of a clip's frames, 30 a second."""
    results = []
    video = cv2.VideoCapture(str(clip))
    with Tracker(variant="float") as tracker:
        while (read := video.read())[0]:
            frame = cv2.cvtColor(read[1], cv2.COLOR_BGR2RGB)
            results.append(tracker.process(frame, len(results) * 100 / 3))
    return results


def smiling(results: Sequence[Result]) -> list[Result]:
    """The same with an expression of everybody's: each blendshape shows a little more.

    It is approximate, as that of a face without irises is.
    """
    shown = {"blendshapes": Blendshapes.of(np.linspace(0, 1, 52)), "blendshapes_approximate": True}
    return [
        replace(each, people=tuple(replace(person, **shown) for person in each.people))
        for each in results
    ]


def turning(results: Sequence[Result]) -> list[Result]:
    """The same with all of everybody's bones turned by 60 degrees."""
    turned = Rotations.of(np.tile((0, 0, 0.5, np.sqrt(0.75)), (len(BONES), 1)))
    return [
        replace(each, people=tuple(replace(person, rotations=turned) for person in each.people))
        for each in results
    ]


def details(results: Sequence[Result]) -> list[dict[str, Any]]:
    """The details of the events that tell of these results."""
    return [
        {
            "frame": number,
            "timestamp": result.timestamp,
            "width": result.width,
            "height": result.height,
            "latency": 40,
            "complete": True,
            "people": [
                {"id": person.id}
                | {name: _plain(getattr(person, native)) for name, native in PARTS.items()}
                | {
                    "leftHandedness": person.left_handedness,
                    "rightHandedness": person.right_handedness,
                    "blendshapes": _named(person.blendshapes),
                    "blendshapesApproximate": person.blendshapes_approximate,
                    "scores": {name: person.scores.get(PARTS[name]) for name in SCORED},
                    "head": _head(person, result),
                    "bones": _bones(person),
                    "hipsPosition": _plain(person.hips_position),
                }
                for person in result.people
            ],
        }
        for number, result in enumerate(results, 1)
    ]


def send(page: Page, target: str, events: Sequence[dict[str, Any]], pause: int = 0) -> None:
    """Dispatch ``landmarks`` with these details from the element that ``target`` selects.

    ``pause`` is the time between two of them in milliseconds.
    """
    page.evaluate(SEND, [target, list(events), pause])


def _named(blendshapes: Blendshapes | None) -> dict[str, float] | None:
    return None if blendshapes is None else blendshapes.as_dict()


def _head(person: Person, result: Result) -> dict[str, Any] | None:
    if person.face is None:
        return None
    size = result.width, result.height
    matrix = head_rotation(person.face, *size).ravel().tolist()
    return {"matrix": matrix, **head_pose(person.face, *size)._asdict()}


def _bones(person: Person) -> dict[str, list[float]] | None:
    if person.rotations is None:
        return None
    return {name: person.rotations[name].tolist() for name in person.rotations.names}


def _plain(points: Any) -> Any:
    return None if points is None else points.astype(float).tolist()
