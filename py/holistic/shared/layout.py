"""The shared memory of page and workers, declared once.

This is the room between all others: the page's MicroPython, Pyodide in the workers and CPython
read the same numbers here, so it imports nothing and knows no array library.

Two blocks of shared memory for each source:

*The frame ring*, ``SLOTS`` frames of RGBA bytes, each ``slot_bytes`` long. A camera frame goes
into a free slot; workers read it there.

*The blackboard*, which says what is in each slot and what was found in it:

=============  ==========  ==========================================================
section        type        content
=============  ==========  ==========================================================
control        int32       ``CONTROL_WORDS`` words: LEVEL and one STATE per slot
slot headers   float64     ``HEADER_WORDS`` per slot: frame, timestamp, width, height
slot records   float32     ``record_floats(people)`` per slot: stage times and landmarks
=============  ==========  ==========================================================

A slot's state is FREE, WRITING, DONE, READY plus one bit for each part that shall be computed (and
one for the bones' rotations), or BUSY plus one bit for each that is still to be computed. The life
of a slot::

    FREE -> WRITING -> READY | parts -> BUSY | parts -> BUSY -> DONE -> FREE
     page    page      page             pose worker    workers  last    page
                                        admits it               worker

The page may take a READY slot back (a newer frame replaces one that no worker has admitted), so the
camera never waits. Every change of state is an atomic operation on the state word.

Every source has a ring and a blackboard of its own. What all of them share is *the doorbell*,
``DOORBELL_WORDS`` words of int32: every change of state is followed by an increment of SIGNAL and a
notify on it, and every wait is on SIGNAL. The other words count the messages that the page
has sent to each worker: one that has received fewer leaves its loop to receive them.

A record is a head (the stage times) and then one section of ``PERSON_FLOATS`` for each of up to
MAX_PEOPLE people; how many there are is fixed when a tracker is made, one by default.

Coordinates in a record: x and y from 0 to 1 across the frame, z in frame widths; world
landmarks in metres.
"""

PARTS = ("pose", "face", "left_hand", "right_hand")
"""Names of the parts."""

COMPUTED = PARTS + ("rotations",)  # noqa: RUF005 (MicroPython)
"""What stages compute: the parts, and what is made of them.

The one with the number ``i`` has the bit ``1 << i`` in a slot's state.
"""

SLOTS = 5
"""One frame being written, one ready, two in flight, one that the page is showing."""

MAX_IN_FLIGHT = 2
"""Frames admitted at once: pose works on the next one while the hands finish the last one."""

MAX_WORKERS = 4
WORKERS = 3
"""So many unless somebody wants others: one for pose and face, and one for each hand."""

# Words of the doorbell (int32).
SIGNAL = 0
MAIL = 1
"""The first worker's; the others' follow."""
DOORBELL_WORDS = MAIL + MAX_WORKERS

# Control words (int32); an even number, since what follows is aligned to 8 bytes.
LEVEL = 0
"""The level of effort: its index in quality.LEVELS."""
STATE = 1
CONTROL_WORDS = STATE + SLOTS

# States of a slot, above the parts' bits.
FREE = 0
WRITING = 1 << 8
READY = 2 << 8
DONE = 3 << 8
BUSY = 4 << 8
KINDS = 7 << 8
"""The bits of a state that are not those of COMPUTED."""

# Words of a slot's header (float64).
FRAME = 0
TIMESTAMP = 1
WIDTH = 2
HEIGHT = 3
HEADER_WORDS = 4

POSE_POINTS = 33
FACE_POINTS = 468
IRIS_POINTS = 10  # after the face's: five of the right iris, five of the left one
BLENDSHAPE_COUNT = 52
HAND_POINTS = 21

POSE_VALUES = 5  # x, y, z, visibility, presence

MAX_PEOPLE = 16
"""The most people that a record can be made for."""

# A record's head (float32).
TIMES = 0
"""What each of COMPUTED took: ``TIME_VALUES`` each, in that order.

Milliseconds of the whole stage, of them those in warps, and those in networks; and 1 where nothing
was computed in this frame: what is there was carried on, or repeats the frame before.
"""
TIME_VALUES = 4
SKIPPED = 3
"""Offset of the last one among them."""
HEAD_FLOATS = TIMES + len(COMPUTED) * TIME_VALUES

# A person (float32), offsets inside the person's section. Each part begins with its score, which
# is 0 where the part is absent; a person of whom no part is there is not there. (A hand that is
# carried on has landmarks, though it was not found.)
POSE = 0
POSE_LANDMARKS = POSE + 1
POSE_WORLD = POSE_LANDMARKS + POSE_POINTS * POSE_VALUES
FACE = POSE_WORLD + POSE_POINTS * 3
FACE_LANDMARKS = FACE + 1
IRISES = FACE_LANDMARKS + FACE_POINTS * 3  # zero where the face is not refined
BLENDSHAPES = IRISES + IRIS_POINTS * 3  # zero where nobody asked for them
LEFT_HAND = BLENDSHAPES + BLENDSHAPE_COUNT
HAND_HANDEDNESS = 1  # offsets inside a hand's section: probability that it is a left hand,
HAND_PREDICTED = 2  # 1 where it was not found and is carried on (its score is 0, see below),
HAND_LANDMARKS = 3  # image landmarks,
HAND_WORLD = HAND_LANDMARKS + HAND_POINTS * 3  # world landmarks
HAND_FLOATS = HAND_WORLD + HAND_POINTS * 3
RIGHT_HAND = LEFT_HAND + HAND_FLOATS
PERSON_ID = RIGHT_HAND + HAND_FLOATS
"""The person's track id, from 0: the same from frame to frame."""
BONES = 54  # of bones.BONES: how many there are
ROTATIONS = PERSON_ID + 1
"""The bones' rotations, four floats each; zero where they are not asked for."""
HIPS_POSITION = ROTATIONS + BONES * 4
"""The hips' position, three floats; NaN where it is not known."""
PERSON_FLOATS = HIPS_POSITION + 3

SECTIONS = {
    "pose": (POSE, FACE),
    "face": (FACE, LEFT_HAND),
    "left_hand": (LEFT_HAND, RIGHT_HAND),
    "right_hand": (RIGHT_HAND, PERSON_ID),
    "rotations": (ROTATIONS, PERSON_FLOATS),
}
"""First float and end of the section in a person's of everything that is computed."""

HEADERS_OFFSET = CONTROL_WORDS * 4
RECORDS_OFFSET = HEADERS_OFFSET + SLOTS * HEADER_WORDS * 8
"""Offsets of the blackboard's sections, in bytes."""


def person_start(person: int) -> int:
    """First float in a record of the section of the person with this index."""
    return HEAD_FLOATS + person * PERSON_FLOATS


def record_floats(people: int = 1) -> int:
    """Length of a record for ``people`` people; raises ValueError unless 1 to MAX_PEOPLE."""
    if not 1 <= people <= MAX_PEOPLE:
        raise ValueError(f"the number of people must be 1 to {MAX_PEOPLE}, not {people!r}")
    return person_start(people)


def board_bytes(people: int = 1) -> int:
    """Size of the blackboard for ``people`` people."""
    return RECORDS_OFFSET + SLOTS * record_floats(people) * 4


def written(task: tuple[str, ...], people: int, leads: bool) -> list[tuple[int, int]]:
    """The (start, end) in a record of what the stage of the parts ``task`` writes.

    That is its times and its section of each person; and, if it ``leads``, all track ids.
    """
    first_time = TIMES + COMPUTED.index(task[0]) * TIME_VALUES
    spans = [(first_time, first_time + TIME_VALUES)]
    for person in range(people):
        start = person_start(person)
        for part in task:
            first, end = SECTIONS[part]
            spans.append((start + first, start + end))
        if leads:
            spans.append((start + PERSON_ID, start + PERSON_ID + 1))
    return spans
