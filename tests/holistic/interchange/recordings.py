"""People and recordings of them, made up."""

import numpy as np

from holistic.results.named_points import KINDS
from holistic.results.readers import Recording
from holistic.results.result import HANDEDNESS, SHAPES, Person, Result
from holistic.shared import layout

WIDTH, HEIGHT, FPS = 640, 480, 25.0


def person(number, *parts, irises=False):
    """A person whose points are random: image landmarks inside the frame, others about a metre."""
    rng = np.random.default_rng([number, len(parts)])
    shapes = SHAPES | ({"face": (478, 3)} if irises else {})
    points = {part: KINDS[part].of(rng.random(shapes[part], np.float32)) for part in parts}
    hands = {HANDEDNESS[part]: 0.75 for part in parts if part in HANDEDNESS}
    scores = {part: 0.5 for part in parts if part in layout.PARTS}
    return Person(id=number, **points, **hands, scores=scores)


def recorded(*frames):
    results = [
        Result(number * 1000 / FPS, WIDTH, HEIGHT, people) for number, people in enumerate(frames)
    ]
    return Recording(tuple(results), WIDTH, HEIGHT, "walk.mp4", FPS)
