"""The bones of a humanoid: their names and who hangs on whom.

Like ``landmarks`` it imports nothing, so that the page's MicroPython and CPython both read it. Left
is the person's left.

Source: the humanoid of VRM 1.0 without its jaw, https://github.com/vrm-c/vrm-specification. Unity
has the same bones; its thumbs are called Proximal, Intermediate and Distal.
"""

TRUNK = ("hips", "spine", "chest", "upperChest", "neck", "head")
EYES = ("leftEye", "rightEye")
LEG = ("UpperLeg", "LowerLeg", "Foot", "Toes")
ARM = ("Shoulder", "UpperArm", "LowerArm", "Hand")
FINGERS = (
    ("ThumbMetacarpal", "ThumbProximal", "ThumbDistal"),
    ("IndexProximal", "IndexIntermediate", "IndexDistal"),
    ("MiddleProximal", "MiddleIntermediate", "MiddleDistal"),
    ("RingProximal", "RingIntermediate", "RingDistal"),
    ("LittleProximal", "LittleIntermediate", "LittleDistal"),
)
"""Each finger from its root to its tip, in the order of a hand's landmarks."""
SIDES = ("left", "right")


def _chains() -> "list[tuple[str, str | None]]":
    """Every bone and its parent, which comes before it."""
    pairs: list[tuple[str, str | None]] = [("hips", None)]
    pairs += list(zip(TRUNK[1:], TRUNK[:-1]))  # noqa: B905 (MicroPython knows no strict)
    pairs += [(eye, "head") for eye in EYES]
    for root, chain in [("hips", LEG), ("upperChest", ARM)] + [("Hand", each) for each in FINGERS]:
        for side in SIDES:
            parent = side + root if root == "Hand" else root
            for bone in chain:
                pairs.append((side + bone, parent))
                parent = side + bone
    return pairs


PARENTS = dict(_chains())
"""The parent of every bone, None of the hips."""

BONES = tuple([bone for bone, _ in _chains()])
"""The bones' names, in the order in which their rotations are listed: parents come first."""
