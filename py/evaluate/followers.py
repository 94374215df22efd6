"""Who is measured on clips: the tracker in its variants, and MediaPipe in its own interpreter.

Everybody's raw answers are kept by clip, so that counting them anew takes seconds.
"""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import holistic
from evaluate.answers import fingerprint, slug
from evaluate.clips import SHAPES, Clip, Followed, Found
from evaluate.views import EvaluationError
from holistic import Result, Tracker
from holistic.inference import model_files


class Follower(Protocol):
    """Follows one person through a clip."""

    @property
    def name(self) -> str:
        """How the report calls it."""

    @property
    def sources(self) -> tuple[Path, ...]:
        """The folders of code and models that its answers depend on."""

    def follow(self, clip: Clip, file: Path) -> None:
        """Write what is in every frame of the clip into ``file``; see Followed."""


def kept(follower: Follower, clip: Clip, folder: Path) -> Followed:
    """What the follower found in the clip, from ``folder`` if it is there already."""
    folder.mkdir(parents=True, exist_ok=True)
    of = fingerprint(repr((follower, clip)), follower.sources)
    file = folder / f"{slug(follower.name)}-{slug(clip.path.stem)}-{of}.npz"
    if not file.exists():
        begun = file.with_suffix(".part.npz")
        follower.follow(clip, begun)
        begun.replace(file)
    return Followed.load(file)


def _found(result: Result) -> Found:
    """The first person's parts."""
    found: Found = {}
    for person in result.people[:1]:
        for part, (points, values) in SHAPES.items():
            if (each := getattr(person, part)) is not None:
                found[part] = each[:points, :values]
    return found


@dataclass(frozen=True)
class TrackerFollower:
    """Our tracker on a video. ``settings`` are Tracker's own."""

    name: str
    settings: dict[str, Any] = field(default_factory=dict)

    @property
    def sources(self) -> tuple[Path, ...]:
        """The tracker's package and its models."""
        return (Path(holistic.__file__).parent, model_files.folder(self.settings.get("models")))

    def follow(self, clip: Clip, file: Path) -> None:
        """Write what is in every frame of the clip into ``file``."""
        with Tracker(**self.settings) as tracker:
            clip.follow(lambda frame, time: _found(tracker.process(frame, time))).save(file)


@dataclass(frozen=True)
class MediapipeFollower:
    """MediaPipe Holistic on a video, run by ``python``."""

    name: str
    python: Path
    complexity: int = 1

    @property
    def sources(self) -> tuple[Path, ...]:
        """None: MediaPipe is of one version."""
        return ()

    def follow(self, clip: Clip, file: Path) -> None:
        """Write what is in every frame of the clip into ``file``.

        Raises:
            EvaluationError: MediaPipe failed; the message has its last words.
        """
        command = [str(self.python), "-m", "evaluate.reference_clips", str(self.complexity)]
        done = subprocess.run(
            [*command, str(clip.path.resolve()), str(clip.limit), str(file)],
            capture_output=True,
            text=True,
            env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[1])},
        )
        if done.returncode:
            words = done.stderr.strip().splitlines()[-1:] or ["it said nothing"]
            raise EvaluationError(f"MediaPipe could not follow {clip.path.name}: {words[0]}")
