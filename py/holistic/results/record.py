"""Reading and writing a frame's record, the flat array that stages and page share.

``layout`` says where everything is; here are the named views of it. A record is float32
(record_floats(people),), and a person one section of it, (PERSON_FLOATS,). In it x and y run from
0 to 1 across the frame and z is in frame widths; a part that was not found has the score 0, also a
hand that is carried on without being found.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from holistic.shared import layout
from holistic.shared.schedule import HANDS

SCORE = 0  # offset of the score in every section


def empty(people: int = 1) -> np.ndarray:
    """A new record without people."""
    return np.zeros(layout.record_floats(people), np.float32)


def people(record: np.ndarray) -> np.ndarray:
    """(people, PERSON_FLOATS): every person's section, those of absent people too."""
    return record[layout.HEAD_FLOATS :].reshape(-1, layout.PERSON_FLOATS)


def section(person: np.ndarray, part: str) -> np.ndarray:
    """The part's section: its score and then its values."""
    start, end = layout.SECTIONS[part]
    return person[start:end]


def found(person: np.ndarray, part: str) -> bool:
    """Whether the part was found."""
    return bool(section(person, part)[SCORE] > 0)


def predicted(person: np.ndarray, part: str) -> bool:
    """Whether the part was not found, and is a hand that is carried on."""
    return part in HANDS and bool(section(person, part)[layout.HAND_PREDICTED])


def is_there(person: np.ndarray) -> bool:
    """Whether there is a person: a part was found, or a hand of nobody's is carried on.

    Who has a face or a body is not kept by a carried hand.
    """
    hands_alone = person[layout.PERSON_ID] < 0
    return any(
        found(person, part) or (hands_alone and predicted(person, part)) for part in layout.PARTS
    )


def pose_points(person: np.ndarray) -> np.ndarray:
    """(33, 5): x, y, z, visibility, presence."""
    return person[layout.POSE_LANDMARKS : layout.POSE_WORLD].reshape(-1, layout.POSE_VALUES)


def pose_world(person: np.ndarray) -> np.ndarray:
    """(33, 3) in metres."""
    return person[layout.POSE_WORLD : layout.FACE].reshape(-1, 3)


def face_points(person: np.ndarray) -> np.ndarray:
    """(468, 3)."""
    return person[layout.FACE_LANDMARKS : layout.IRISES].reshape(-1, 3)


def face_and_irises(person: np.ndarray) -> np.ndarray:
    """(478, 3): the face's points, then ten of the irises, which are zero in an unrefined face."""
    return person[layout.FACE_LANDMARKS : layout.BLENDSHAPES].reshape(-1, 3)


def refined(person: np.ndarray) -> bool:
    """Whether the face has irises."""
    return bool(person[layout.IRISES : layout.BLENDSHAPES].any())


def blendshapes(person: np.ndarray) -> np.ndarray:
    """(52,): 0 to 1 each, in the order of ``shared.blendshapes.NAMES``; zero if not computed."""
    return person[layout.BLENDSHAPES : layout.LEFT_HAND]


def hand_points(person: np.ndarray, side: str) -> np.ndarray:
    """(21, 3) of "left_hand" or "right_hand"."""
    return section(person, side)[layout.HAND_LANDMARKS : layout.HAND_WORLD].reshape(-1, 3)


def hand_world(person: np.ndarray, side: str) -> np.ndarray:
    """(21, 3) in metres."""
    return section(person, side)[layout.HAND_WORLD :].reshape(-1, 3)


def rotations(person: np.ndarray) -> np.ndarray:
    """(54, 4) of the bones; zero where they were not asked for."""
    return person[layout.ROTATIONS : layout.HIPS_POSITION].reshape(layout.BONES, 4)


def hips_position(person: np.ndarray) -> np.ndarray:
    """(3,) in metres; NaN where it is not known."""
    return person[layout.HIPS_POSITION : layout.PERSON_FLOATS]


def image_points(person: np.ndarray, part: str) -> np.ndarray:
    """(n, 3 or more): x, y and z of a part's landmarks, those of a face with its irises."""
    if part == "pose":
        return pose_points(person)
    return face_and_irises(person) if part == "face" else hand_points(person, part)


def skipped(record: np.ndarray, parts: Sequence[str]) -> tuple[str, ...]:
    """Those of ``parts`` that were not computed in this frame, but carried on or repeated."""
    return tuple(part for part in parts if times(record, part)[layout.SKIPPED])


def note_skipped(record: np.ndarray, parts: Sequence[str] = layout.COMPUTED) -> None:
    """Note that nothing was computed for these parts of the record: they are of frames before."""
    for part in parts:
        times(record, part)[:] = 0
        times(record, part)[layout.SKIPPED] = 1


def times(record: np.ndarray, part: str) -> np.ndarray:
    """(4,) milliseconds that one of COMPUTED took: in all, in warps, in networks.

    The last number is 1 where nothing was computed in this frame.
    """
    start = layout.TIMES + layout.COMPUTED.index(part) * layout.TIME_VALUES
    return record[start : start + layout.TIME_VALUES]
