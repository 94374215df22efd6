"""Pictures as cameras spoil them, and regions that only look like a hand's."""

import json

import cv2
import numpy as np
import pytest

from compress.data import crops
from compress.data.degradation import LONGEST, degraded, moving

SIDE = 64


def texture(count=1):
    """Pictures of coarse noise, without black in them."""
    rough = np.random.default_rng(0).integers(60, 250, (count, 16, 16, 3), np.uint8)
    return np.stack([cv2.resize(one, (SIDE, SIDE)) for one in rough])


def dot():
    picture = np.zeros((SIDE, SIDE, 3), np.uint8)
    picture[SIDE // 2, SIDE // 2] = 255
    return picture


def test_motion_spreads_a_point_along_its_direction_and_not_across():
    spread = np.argwhere(moving(dot(), 20, 0.0)[..., 0])
    rows, columns = spread.T
    assert np.ptp(columns) == pytest.approx(20, abs=2)
    assert np.ptp(rows) <= 1
    diagonal = np.argwhere(moving(dot(), 20, np.pi / 4)[..., 0])
    assert np.ptp(diagonal[:, 0]) == pytest.approx(20 * np.sqrt(0.5), abs=2)


def test_the_middle_of_the_way_is_where_the_point_was():
    seen = moving(dot() // 2, 12, 1.1)[..., 0].astype(float)
    places = np.indices(seen.shape).reshape(2, -1)
    centre = (places * seen.ravel()).sum(axis=1) / seen.sum()
    assert centre == pytest.approx([SIDE / 2, SIDE / 2], abs=0.3)


def test_an_unequal_exposure_is_weaker_where_the_motion_begins():
    seen = moving(dot(), 20, 0.0, slowest=0.3)[SIDE // 2, :, 0].astype(float)
    assert seen[SIDE // 2 - 9 : SIDE // 2].sum() < 0.8 * seen[SIDE // 2 + 1 : SIDE // 2 + 10].sum()


def test_light_is_only_moved():
    picture = texture()[0]
    assert moving(picture, 18, 0.7).mean() == pytest.approx(picture.mean(), abs=3)
    assert moving(picture, 18, 0.7).std() < 0.8 * picture.std()


def test_the_part_of_the_pictures_that_is_degraded_is_what_was_asked():
    pictures = texture(200)
    np.testing.assert_array_equal(degraded(pictures, 0.0, (1,)), pictures)
    changed = (degraded(pictures, 0.6, (1,)) != pictures).any(axis=(1, 2, 3)).mean()
    assert changed == pytest.approx(0.58, abs=0.1)


def test_the_same_seed_degrades_alike():
    pictures = texture(8)
    once = degraded(pictures, 0.9, (4, 2))
    np.testing.assert_array_equal(once, degraded(pictures, 0.9, (4, 2)))
    assert (once != degraded(pictures, 0.9, (4, 3))).any()
    assert once.dtype == np.uint8


def test_some_pictures_are_darker_and_some_partly_covered():
    pictures = np.repeat(texture(), 200, axis=0)
    seen = degraded(pictures, 1.0, (5,)).reshape(200, -1)
    assert (seen.mean(axis=1) < 0.7 * pictures[0].mean()).mean() > 0.1
    black = (seen < 20).mean(axis=1)
    assert (black > 0.05).mean() > 0.05
    assert black.max() < 0.9  # most of it stays in view


def test_motion_is_at_most_a_third_of_the_side():
    assert 0.3 <= LONGEST <= 0.4


def test_hands_get_faces_and_joints_without_a_hand_as_negatives(tmp_path, monkeypatch):
    asked = []

    class Two:
        """Finds two distractors, in one of which the original sees a hand all the same."""

        def __init__(self, models):
            asked.append(models)

        def __call__(self, image):
            return [crops.Region(20, 20, 16, 0.0), crops.Region(40, 20, 16, 0.0)]

        def hand_in(self, image, region):
            return region.x == 40

    monkeypatch.setattr(crops, "Distractors", Two)
    monkeypatch.setattr(crops, "Finder", lambda subject, models: lambda image: [])
    pictures = tmp_path / "pictures"
    pictures.mkdir()
    cv2.imwrite(str(pictures / "one.png"), np.full((40, 60, 3), 128, np.uint8))
    for wanted in (False, True):
        out = tmp_path / f"out-{wanted}"
        crops.cut(pictures, tmp_path, out, ["hand"], frozenset(), distracted=wanted)
        rows = json.loads((out / "hand.json").read_text())
        assert [row["found"] for row in rows] == [False] * (1 + wanted)
    assert asked == [tmp_path]
