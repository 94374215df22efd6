"""Whatever way a picture is stored, natively the same person is seen at the same place.

The page is tried with the same files in tests/browser/test_shown_frames.py.
"""

from pathlib import Path

import looks
import numpy as np
import pytest
from PIL import Image

from holistic import Tracker
from holistic.batch.media import Source

CLOSE = 6
"""Levels of 255 that a file's pixels may be from the picture, on average: what encoders do."""

NEAR = 0.01
"""How far the body's landmarks may be from those of the picture, as a part of its size."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if not looks.available():
        pytest.skip("there is no ffmpeg: apt install ffmpeg")
    folder = tmp_path_factory.mktemp("looks")
    looks.make(folder)
    return folder


def body(tracker: Tracker, frame: np.ndarray) -> np.ndarray:
    """The (33, 2) landmarks of the one person in a frame that stands alone."""
    (person,) = tracker.process(frame).people
    assert person.pose is not None
    return person.pose[:, :2]


def test_every_file_shows_the_same_person(folder: Path) -> None:
    with Tracker(parts=["pose"], mode="picture") as tracker:
        expected = body(tracker, np.asarray(looks.upright()))
        for path in sorted(folder.iterdir()):
            frames = list(Source(str(path)))
            picture = looks.on_white() if path.name.startswith("alpha") else looks.upright()
            frame = Image.fromarray(frames[0][1])
            odd = (321, 241) if path.name.startswith("odd") else looks.SIZE
            assert frame.size == odd, path.name
            difference = np.asarray(frame.resize(looks.SIZE), float) - np.asarray(picture)
            assert np.abs(difference).mean() < CLOSE, path.name
            assert np.abs(difference.mean((0, 1))).max() < CLOSE / 2, f"colours of {path.name}"
            found = body(tracker, frames[0][1])
            assert np.abs(found - expected).mean() < NEAR, path.name
            if path.name in looks.TIMES:
                times = [timestamp for timestamp, _ in frames]
                assert times == pytest.approx(looks.TIMES[path.name], abs=1), path.name
