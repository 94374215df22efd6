"""The shared memory of page and workers, declared once.

This is the room between all others: the page's MicroPython, Pyodide in the workers and CPython
read the same numbers here, so it imports nothing and knows no array library.

Two blocks of shared memory:

*The frame ring*, ``SLOTS`` frames of RGBA bytes, each ``slot_bytes`` long. A camera frame goes
into a free slot; workers read it there.

*The blackboard*, which says what is in each slot and what was found in it:

=============  ==========  ==========================================================
section        type        content
=============  ==========  ==========================================================
control        int32       ``CONTROL_WORDS`` words: RUN, SIGNAL and one STATE per slot
slot headers   float64     ``HEADER_WORDS`` per slot: frame, timestamp, width, height
slot records   float32     ``RECORD_FLOATS`` per slot: the landmarks and stage times
=============  ==========  ==========================================================

A slot's state is FREE, WRITING, READY, DONE, or BUSY plus one bit for each part that is still to
be computed. The life of a slot::

    FREE -> WRITING -> READY -> BUSY | parts -> BUSY -> DONE -> FREE
     page    page      page     pose worker    workers  last    page
                                admits it               worker

The page may take a READY slot back (a newer frame replaces one that nobody admitted), so the
camera never waits. Every change of state is an atomic operation on the state word, followed by
an increment of SIGNAL and a notify on it; whoever waits, waits on SIGNAL.

Coordinates in a record: x and y from 0 to 1 across the frame, z in frame widths; world
landmarks in metres.
"""

PARTS = ("pose", "face", "left_hand", "right_hand")
"""Names of the parts; part ``i`` has the bit ``1 << i`` in a slot's state."""

ALL_PARTS = (1 << len(PARTS)) - 1

SLOTS = 5
"""One frame being written, one ready, two in flight, one that the page is showing."""

MAX_IN_FLIGHT = 2
"""Frames admitted at once: pose works on the next one while the hands finish the last one."""

# Control words (int32).
RUN = 0
SIGNAL = 1
STATE = 2
CONTROL_WORDS = STATE + SLOTS + 1  # one spare word keeps what follows aligned to 8 bytes

# States of a slot. BUSY is a flag above the parts' bits.
FREE = 0
WRITING = 1 << 8
READY = 2 << 8
DONE = 3 << 8
BUSY = 4 << 8

# Words of a slot's header (float64).
FRAME = 0
TIMESTAMP = 1
WIDTH = 2
HEIGHT = 3
HEADER_WORDS = 4

POSE_POINTS = 33
FACE_POINTS = 468
HAND_POINTS = 21

POSE_VALUES = 5  # x, y, z, visibility, presence

# A record (float32). Each part has a section that begins with its score: 0 where it is absent.
POSE = 0
POSE_LANDMARKS = POSE + 1
POSE_WORLD = POSE_LANDMARKS + POSE_POINTS * POSE_VALUES
FACE = POSE_WORLD + POSE_POINTS * 3
FACE_LANDMARKS = FACE + 1
LEFT_HAND = FACE_LANDMARKS + FACE_POINTS * 3
HAND_HANDEDNESS = 1  # offsets inside a hand's section: probability that it is a left hand,
HAND_LANDMARKS = 2  # image landmarks,
HAND_WORLD = HAND_LANDMARKS + HAND_POINTS * 3  # world landmarks
HAND_FLOATS = HAND_WORLD + HAND_POINTS * 3
RIGHT_HAND = LEFT_HAND + HAND_FLOATS
TIMES = RIGHT_HAND + HAND_FLOATS
"""Milliseconds spent on each part: ``TIME_VALUES`` each, in the order of PARTS."""
TIME_VALUES = 3  # the whole stage, the part of it in warps, the part of it in networks
RECORD_FLOATS = TIMES + len(PARTS) * TIME_VALUES

SECTIONS = {
    "pose": (POSE, FACE),
    "face": (FACE, LEFT_HAND),
    "left_hand": (LEFT_HAND, RIGHT_HAND),
    "right_hand": (RIGHT_HAND, TIMES),
}
"""First float and end of each part's section in a record."""

HEADERS_OFFSET = CONTROL_WORDS * 4
RECORDS_OFFSET = HEADERS_OFFSET + SLOTS * HEADER_WORDS * 8
BOARD_BYTES = RECORDS_OFFSET + SLOTS * RECORD_FLOATS * 4
"""Offsets and size of the blackboard's sections, in bytes."""


def assignment(workers: int) -> tuple[tuple[str, ...], ...]:
    """Which parts each of ``workers`` (1 to 4) workers computes: a tuple of part names a worker.

    The pose comes first since every other part begins from it; the split balances the networks'
    cost (a hand costs about as much as the pose, the face a fifth of it).
    """
    plans = {
        1: (PARTS,),
        2: (("pose", "face"), ("left_hand", "right_hand")),
        3: (("pose", "face"), ("left_hand",), ("right_hand",)),
        4: (("pose",), ("face",), ("left_hand",), ("right_hand",)),
    }
    if workers not in plans:
        raise ValueError(f"workers must be 1 to 4, not {workers!r}")
    return plans[workers]
