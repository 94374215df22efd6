"""Running stages at levels of effort."""

import numpy as np

from holistic.options import Options
from holistic.shared import quality
from holistic.tracking.stage_runner import StageRunner

FRAME = np.zeros((4, 6, 3), np.uint8)


class Recorded:
    """A stage that notes what is done with it."""

    def __init__(self):
        self.did = []

    def __call__(self, *_):
        self.did.append("compute")

    def reset(self):
        self.did.append("reset")

    def clear(self, _):
        self.did.append("clear")


def test_at_the_simplest_level_hands_are_not_computed_and_forgotten():
    runner, hand, pose = StageRunner(Options()), Recorded(), Recorded()
    for task, stage in ((("pose",), pose), (("left_hand",), hand)):
        runner.run(task, stage, quality.SIMPLE, FRAME, 0.0, np.zeros(9))
    assert pose.did == ["compute"]
    assert hand.did == ["reset", "clear"]
