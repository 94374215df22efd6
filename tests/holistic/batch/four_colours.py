"""A picture whose four quarters tell how it is turned, mirrored and coloured."""

import numpy as np

RED, GREEN, BLUE, YELLOW = (240, 20, 20), (20, 240, 20), (20, 20, 240), (240, 240, 20)
WHITE = (255, 255, 255)
QUARTERS = (RED, GREEN, BLUE, YELLOW)
"""The picture of most tests, 64 x 48: upper left, upper right, lower left, lower right."""


def four_colours(width=64, height=48):
    frame = np.empty((height, width, 3), np.uint8)
    for index, colour in enumerate(QUARTERS):
        rows = slice(height // 2, None) if index >= 2 else slice(height // 2)
        columns = slice(width // 2, None) if index % 2 else slice(width // 2)
        frame[rows, columns] = colour
    return frame


def seen(frame):
    """The colours of a frame's quarters: upper left, upper right, lower left, lower right."""
    height, width = frame.shape[:2]
    return [tuple(frame[y * height // 4, x * width // 4].tolist()) for y in (1, 3) for x in (1, 3)]


def assert_seen(frame, expected, tolerance=12):
    np.testing.assert_allclose(seen(frame), expected, atol=tolerance)
