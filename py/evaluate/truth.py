"""Annotated pictures in the format "simple-landmarks-v1", and how they are shown to a tracker.

A folder holds ``annotations.json`` and its pictures, or folders that do. What is asked of a
tracker is a *view*: a whole picture or a part of one. The policy:

- "one": the whole picture, where nobody or one person (or face, or pair of hands) is marked.
- "several": the whole picture where more are marked, or a crowd is. Who finds one person there
  misses the others.
- "cropped": each of the several alone, cut out with a quarter of its box's longer side on every
  side. It tells what a tracker of one person could do there.

Sets of faces and hands mark one of those that a picture shows, or some (``keypoints.ONE_MARKED``):
whoever is found beside them is unmarked, not invented.

Boxes of crowds and people with fewer than ``MIN_MARKS`` usable marks are nobody to find and
nobody invented.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from evaluate.keypoints import ONE_MARKED, OUTER_EYE_CORNERS, SETS, counterparts
from evaluate.views import EvaluationError, View

FORMAT = "simple-landmarks-v1"
SETTINGS = ("one", "several", "cropped")
MIN_MARKS = 4
CROP_MARGIN = 0.25

Box = tuple[float, float, float, float]
"""Left, top, right, bottom in pixels."""


@dataclass(frozen=True, eq=False)
class Truth:
    """One marked body, face or hand.

    Attributes:
        part: "body", "face" or "hand".
        box: around the whole of it.
        marks: (n, 2) pixels.
        indices: (n,) which of our points each mark is.
        scale: what errors are divided by, in pixels: the distance between the outer corners of
            the eyes for a face, the box's longer side for a body (PCK of Yang and Ramanan, 2013)
            and for a hand.
        by_hand: marks that a model made say whether something was found, not how exactly.
    """

    part: str
    box: Box
    marks: np.ndarray
    indices: np.ndarray
    scale: float
    by_hand: bool

    @property
    def side(self) -> float:
        """The box's longer side in pixels."""
        left, top, right, bottom = self.box
        return max(right - left, bottom - top)


class Question(NamedTuple):
    """A view, and what there is to find in it: its setting, its truths, its boxes to ignore.

    ``complete`` says whether all that it shows are marked.
    """

    view: View
    setting: str
    truths: tuple[Truth, ...]
    ignored: tuple[Box, ...]
    complete: bool = True


class Picture(NamedTuple):
    """One annotated picture."""

    path: Path
    size: tuple[int, int]
    truths: tuple[Truth, ...]
    ignored: tuple[Box, ...]
    several: bool
    complete: bool


def _corners(box: list[float]) -> Box:
    x, y, width, height = box
    return x, y, x + width, y + height


def _around(points: np.ndarray) -> Box:
    left, top = points.min(axis=0).tolist()
    right, bottom = points.max(axis=0).tolist()
    return left, top, right, bottom


def _truth(part: str, instance: dict[str, Any], names: list[str], points: dict[str, int]) -> Truth:
    """What an instance says of one part; it may have no marks at all."""
    rows, ours = counterparts(names, points)
    marks = np.array([instance["keypoints"][row] for row in rows], np.float64).reshape(-1, 3)
    marked = marks[:, 2] > 0
    places, indices = marks[marked, :2], np.array(ours, np.intp)[marked]
    own_box = instance["kind"] != "wholebody" or part == "body"
    box = _corners(instance["bbox"]) if own_box or not len(places) else _around(places)
    scale = max(box[2] - box[0], box[3] - box[1])
    if part == "face" and np.isin(OUTER_EYE_CORNERS, indices).all():
        corners = places[[indices.tolist().index(corner) for corner in OUTER_EYE_CORNERS]]
        scale = float(np.hypot(*(corners[1] - corners[0])))
    kind = "hand" if part.endswith("hand") else part
    return Truth(kind, box, places, indices, scale, not instance.get("pseudo"))


def _truths(instance: dict[str, Any], names: list[str]) -> Iterator[Truth]:
    for part, points in SETS[instance["kpt_set"]].items():
        # Whole bodies say face_valid, lefthand_valid, righthand_valid.
        if instance.get(part.replace("_", "") + "_valid", True):
            yield _truth(part, instance, names, points)


def _picture(folder: Path, image: dict[str, Any], sets: dict[str, list[str]]) -> Picture:
    instances = [each for each in image["instances"] if each["kpt_set"] in SETS]
    whole = [each["bbox"] for each in instances if each["kind"] == "wholebody"]
    truths, ignored = [], []
    of_bodies = [each for each in instances if each["kind"] not in ("wholebody", "hand")]
    several = len(of_bodies) > 1
    complete = not any(each["kpt_set"] in ONE_MARKED for each in instances)
    for instance in instances:
        if instance["kind"] == "person" and instance["bbox"] in whole:
            continue  # the same person is there again with all 133 marks
        # Some sets mark one of the people in a picture and say so in words.
        only_one = "only one" in instance.get("note", "")
        several = several or bool(instance.get("iscrowd")) or only_one
        complete = complete and not only_one
        for truth in _truths(instance, sets[instance["kpt_set"]]):
            if len(truth.marks) >= MIN_MARKS and truth.scale > 0:
                truths.append(truth)
            else:
                ignored.append(_corners(instance["bbox"]))
    size = image["width"], image["height"]
    return Picture(folder / image["file"], size, tuple(truths), tuple(ignored), several, complete)


def load(folder: Path) -> tuple[list[Picture], Counter[str]]:
    """The annotated pictures under ``folder``, and how many instances have sets we cannot map.

    Raises:
        EvaluationError: there are none, or they are in another format.
    """
    files = sorted(folder.rglob("annotations.json"))
    if not files:
        raise EvaluationError(
            f"there is no annotations.json in {folder} or below it: name a folder with pictures "
            f"in the format {FORMAT}"
        )
    pictures, unknown = [], Counter[str]()
    for file in files:
        content = json.loads(file.read_text(encoding="utf-8"))
        if content.get("format") != FORMAT:
            raise EvaluationError(
                f"{file} has the format {content.get('format')!r}, not {FORMAT!r}"
            )
        for image in content["images"]:
            sets = [instance["kpt_set"] for instance in image["instances"]]
            unknown.update(name for name in sets if name not in SETS)
            if not sets or any(name in SETS for name in sets):
                pictures.append(_picture(file.parent, image, content["keypoint_sets"]))
    return pictures, unknown


def _cropped(picture: Picture, truth: Truth) -> Question:
    margin = CROP_MARGIN * truth.side
    left, top, right, bottom = truth.box
    width, height = picture.size
    crop = (
        max(int(left - margin), 0),
        max(int(top - margin), 0),
        min(int(right + margin) + 1, width),
        min(int(bottom + margin) + 1, height),
    )
    # The neighbours that the crop cuts through are nobody invented.
    neighbours = tuple(other.box for other in picture.truths if other is not truth)
    ignored = picture.ignored + neighbours
    return Question(View(picture.path, crop), "cropped", (truth,), ignored, picture.complete)


def questions(pictures: list[Picture]) -> list[Question]:
    """What to ask, following the policy above, picture by picture."""
    asked = []
    for picture in pictures:
        setting = "several" if picture.several else "one"
        whole = View(picture.path)
        asked.append(Question(whole, setting, picture.truths, picture.ignored, picture.complete))
        if picture.several:
            asked += [_cropped(picture, truth) for truth in picture.truths]
    return asked
