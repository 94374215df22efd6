"""The bones' names are those of VRM 1.0's humanoid."""

from holistic.shared.bones import BONES, PARENTS


def test_parents_come_before_their_children():
    for row, bone in enumerate(BONES):
        parent = PARENTS[bone]
        assert parent is None if bone == "hips" else parent in BONES[:row]


def test_the_names_are_vrm_s():
    assert len(BONES) == len(set(BONES)) == 54
    for bone in ("upperChest", "leftThumbMetacarpal", "rightLittleIntermediate", "leftToes"):
        assert bone in BONES
    assert PARENTS["leftThumbMetacarpal"] == "leftHand"
    assert PARENTS["rightShoulder"] == "upperChest"
    assert PARENTS["leftEye"] == "head"
