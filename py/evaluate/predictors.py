"""Who is measured: the tracker, and MediaPipe's solutions in an interpreter of their own.

A predictor is anything that follows ``Predictor``: to measure a variant, write one more.
"""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import numpy as np

import holistic
from evaluate.scores import Found
from evaluate.views import EvaluationError, View
from holistic import Result, Tracker
from holistic.inference import model_files
from holistic.shared.layout import MAX_PEOPLE

PARTS = ("body", "face", "hand")

COUNTERPARTS = {
    "holistic": "mediapipe holistic",
    "one look": "mediapipe holistic",
    "holistic people": "mediapipe holistic",
    "holistic face": "mediapipe face_mesh",
    "holistic hands": "mediapipe hands",
}
"""Which of MediaPipe's solutions each of our trackers is compared with."""


class Predictor(Protocol):
    """Finds bodies, faces and hands in views."""

    @property
    def name(self) -> str:
        """How the report calls it."""

    @property
    def parts(self) -> tuple[str, ...]:
        """What of PARTS it is measured on."""

    @property
    def sources(self) -> tuple[Path, ...]:
        """The folders of code and models that its answers depend on."""

    def predict(self, views: Sequence[View]) -> Iterator[Found]:
        """What is in each view, in order, in pixels of the view."""


def _found(result: Result) -> Found:
    found: Found = {part: [] for part in PARTS}
    size = np.array((result.width, result.height))
    for person in result.people:
        for part, points in (
            ("body", person.pose),
            ("face", person.face),
            ("hand", person.left_hand),
            ("hand", person.right_hand),
        ):
            if points is not None:
                found[part].append(points[:, :2] * size)
    return found


@dataclass(frozen=True)
class TrackerPredictor:
    """Our tracker, looking at pictures one by one. ``settings`` are Tracker's own."""

    name: str = "holistic"
    parts: tuple[str, ...] = PARTS
    settings: dict[str, Any] = field(default_factory=dict)

    @property
    def sources(self) -> tuple[Path, ...]:
        """The tracker's package and its models."""
        return (Path(holistic.__file__).parent, model_files.folder(self.settings.get("models")))

    def predict(self, views: Sequence[View]) -> Iterator[Found]:
        """What is in each view, in order."""
        with Tracker(mode="picture", **self.settings) as tracker:
            for view in views:
                yield _found(tracker.process(view.read(), 0.0))


def trackers(settings: dict[str, Any]) -> list[TrackerPredictor]:
    """Ours: of one person, also as MediaPipe Holistic, of many, and of parts without a body."""
    many = {**settings, "max_people": MAX_PEOPLE}
    hands = ("left_hand", "right_hand")
    return [
        TrackerPredictor("holistic", PARTS, settings),
        TrackerPredictor("one look", PARTS, {**settings, "second_look": False}),
        TrackerPredictor("holistic people", PARTS, many),
        TrackerPredictor("holistic face", ("face",), {**many, "parts": ("face",)}),
        TrackerPredictor("holistic hands", ("hand",), {**many, "parts": hands}),
    ]


@dataclass(frozen=True)
class MediapipePredictor:
    """A solution of MediaPipe ("holistic", "face_mesh", "hands"), run by ``python``."""

    name: str
    parts: tuple[str, ...]
    python: Path
    solution: str
    complexity: int = 1

    @property
    def sources(self) -> tuple[Path, ...]:
        """None: MediaPipe is of one version."""
        return ()

    def predict(self, views: Sequence[View]) -> Iterator[Found]:
        """What is in each view, in order.

        Raises:
            EvaluationError: MediaPipe ended early; the message has its last words.
        """
        package = str(Path(__file__).parents[1])
        command = [str(self.python), "-m", "evaluate.reference", self.solution]
        with (
            tempfile.TemporaryFile("w+", encoding="utf-8") as questions,
            tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as log,
        ):
            json.dump([(str(view.path.resolve()), view.crop) for view in views], questions)
            questions.seek(0)
            answers = 0
            with subprocess.Popen(
                [*command, str(self.complexity)],
                stdin=questions,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                env={**os.environ, "PYTHONPATH": package},
            ) as process:
                assert process.stdout
                for line in process.stdout:
                    answers += 1
                    content = json.loads(line)
                    yield {part: [np.array(points) for points in content[part]] for part in PARTS}
            if answers != len(views):
                log.seek(0)
                words = log.read().strip().splitlines()[-1:] or ["it said nothing"]
                raise EvaluationError(
                    f"MediaPipe's {self.solution} answered {answers} of {len(views)} pictures and "
                    f"ended with exit code {process.returncode}: {words[0]}"
                )
