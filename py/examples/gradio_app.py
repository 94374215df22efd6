"""A Gradio app: a picture or a webcam's stream in, the drawing and the angles out.

After ``pip install holistic-tracking gradio`` run it by ``python gradio_app.py``.
"""

from __future__ import annotations

import gradio
import numpy as np

from holistic import Tracker, angles
from holistic.drawing import draw

TRACKER = Tracker(mode="picture", max_people=4)
"""One for all visitors: a tracker of pictures is safe to share."""


def track(picture: np.ndarray | None) -> tuple[np.ndarray | None, list[list[object]]]:
    """The picture (H, W, 3) with everybody drawn into it, and a table of joints in degrees."""
    if picture is None:
        return None, []
    result = TRACKER.process(picture)
    rows: list[list[object]] = [
        [person.id, joint.replace("_", " "), round(degrees, 1)]
        for person in result.people
        if person.pose_world is not None
        for joint, degrees in angles.joint_angles(person.pose_world).items()
    ]
    return draw(picture, result), rows


app = gradio.Interface(
    track,
    gradio.Image(sources=["upload", "webcam"], label="Picture"),
    [
        gradio.Image(label="Landmarks"),
        gradio.Dataframe(headers=["person", "joint", "degrees"], label="Angles"),
    ],
    title="Whole-body landmarks",
    flagging_mode="never",
)

if __name__ == "__main__":
    app.launch()
