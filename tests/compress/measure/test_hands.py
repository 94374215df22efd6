"""What a hand network sees of blurred, lost and absent hands."""

import numpy as np

from compress.measure import blurred, lost_hands


class Bright:
    """A hand network that believes in what is brighter than a grey level, at its centre."""

    def __call__(self, images):
        points = np.full((len(images), 63), 112.0, np.float32)
        return [points, (images.mean(axis=(1, 2, 3)) > 0.5).astype(np.float32)[:, None]]


def test_blur_is_measured_against_the_sharp_hands_of_the_original():
    size = blurred.SIZE
    shown = np.stack([np.full((size, size, 3), level, np.uint8) for level in (50, 200)])
    of = blurred.sharp(Bright(), shown)
    assert len(of.crops) == 1  # the other is no hand
    rows = blurred.under_blur(Bright(), of)
    assert [row["length"] for row in rows] == list(blurred.LENGTHS)
    assert all(row["seen"] == 1 and row["pixels"] == 0 for row in rows)
    assert blurred.false_finds(Bright(), shown)["sharp"] == 0.5


def pose(x=0.5, y=0.5, visibility=0.9):
    points = np.zeros((33, 5))
    points[:, :2] = np.array([x, y]) * (640, 480)
    points[:, 3] = visibility
    return points


def test_a_hand_in_view_is_well_inside_the_frame_and_its_wrist_is_sure():
    assert lost_hands.in_view(pose(), "left", 640, 480)
    assert not lost_hands.in_view(pose(y=0.99), "left", 640, 480)
    assert not lost_hands.in_view(pose(x=-0.1), "right", 640, 480)
    assert not lost_hands.in_view(pose(visibility=0.4), "right", 640, 480)


def test_what_a_network_believes_of_lost_and_of_found_hands():
    dark, bright = (np.full((224, 224, 3), level, np.uint8) for level in (50, 200))
    hands = [
        lost_hands.Hand(False, np.stack([dark, bright])),
        lost_hands.Hand(False, np.stack([bright, dark])),
        lost_hands.Hand(False, np.stack([dark, dark])),
        lost_hands.Hand(True, np.stack([bright])),
    ]
    seen = lost_hands.seen_again(Bright(), hands)
    assert seen == {"lost": 3, "first": 0.3333, "any": 0.6667, "found": 1, "kept": 1.0}
