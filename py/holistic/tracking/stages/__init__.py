"""The stages: each computes one part, or a few, of every person in a frame's record.

The pose's stage comes first: it says who is there, and the stages of the face and the hands begin
from it, person by person. Without a pose, detectors of their own find faces and hands, and both
hands are one stage. Rotations of bones come last. In the browser every worker runs some of the
stages; ``tracker`` runs all.

- ``base``: what a stage is
- ``sections``: reading and writing people's sections of a record
- ``face_writer``: writing faces, smoothed and with their blendshapes
- ``hand_writer``: writing hands, smoothed, and carried on where they are lost
- ``smoother``: smoothing the landmarks of one part, person by person
- ``pose``, ``face``, ``hand``: the stages of a tracker with a pose
- ``without_pose``: faces and hands on their own
- ``persistent``: faces and hands that are looked for twice, and without a body
- ``rotations``: the rotations of the bones, made of all parts
- ``make``: the stage of some parts
"""

from holistic.tracking.stages.base import Stage, Task
from holistic.tracking.stages.face import FaceStage
from holistic.tracking.stages.hand import HandStage
from holistic.tracking.stages.make import make_stage, stage, stages
from holistic.tracking.stages.persistent import PersistentHandStage
from holistic.tracking.stages.pose import PoseStage
from holistic.tracking.stages.without_pose import FaceOnlyStage, HandsOnlyStage

__all__ = [
    "FaceOnlyStage",
    "FaceStage",
    "HandStage",
    "HandsOnlyStage",
    "PersistentHandStage",
    "PoseStage",
    "Stage",
    "Task",
    "make_stage",
    "stage",
    "stages",
]
