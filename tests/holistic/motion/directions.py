"""How far the bones of a posed skeleton are from the landmarks that they follow."""

import numpy as np

from holistic.motion.body import body
from holistic.motion.quaternions import rotate, unit
from holistic.motion.skeleton import posed, proportions, skeleton
from holistic.motion.solver import INDEX
from holistic.shared.bones import FINGERS, SIDES

LIMBS = (
    ("UpperArm", "LowerArm", "shoulder", "elbow"),
    ("LowerArm", "Hand", "elbow", "wrist"),
    ("UpperLeg", "LowerLeg", "hip", "knee"),
    ("LowerLeg", "Foot", "knee", "ankle"),
)


def directions(found, of, pose):
    """{bone: (direction of the posed bone, direction between its landmarks)}, of what is seen."""
    joints = pose.joints
    spine = found.pair("shoulder").mean(axis=0) - found.pair("hip").mean(axis=0)
    pairs = {"spine": (joints[INDEX["neck"]] - joints[INDEX["hips"]], spine)}
    for row, side in enumerate(SIDES):
        for bone, child, first, last in LIMBS:
            if found.sees(first, last)[row]:
                pairs[side + bone] = (
                    joints[INDEX[side + child]] - joints[INDEX[side + bone]],
                    found.pair(last)[row] - found.pair(first)[row],
                )
        if found.sees("hip", "knee", "ankle", "heel", "foot_index")[row]:
            sole = rotate(pose.rotations[INDEX[f"{side}Foot"]], np.array((0, 0, 1.0)))
            pairs[f"{side}Foot"] = (sole, found.pair("foot_index")[row] - found.pair("heel")[row])
        if found.hands_seen[row] and found.sees("shoulder", "elbow", "wrist")[row]:
            pairs |= _fingers(of, pose, side, found.hands[row])
    return pairs


def _fingers(of, pose, side, hand):
    pairs = {}
    for number, finger in enumerate(FINGERS):
        for place, bone in enumerate(finger):
            start = pose.joints[INDEX[side + bone]]
            last = place == len(finger) - 1
            end = (
                pose.end(of, side + bone) if last else pose.joints[INDEX[side + finger[place + 1]]]
            )
            point = 1 + 4 * number + place
            pairs[side + bone] = (end - start, hand[point + 1] - hand[point])
    return pairs


def errors(people, rotations, width, height):
    """{bone: [degrees]} over the frames of people, whose skeleton has their own proportions."""
    bodies = [body(person, width, height) for person in people]
    of = skeleton(proportions(bodies))
    found = {}
    for each, turned in zip(bodies, rotations, strict=True):
        for bone, (ours, theirs) in directions(each, of, posed(of, turned)).items():
            cosine = np.clip(unit(ours) @ unit(theirs), -1, 1)
            found.setdefault(bone, []).append(np.degrees(np.arccos(cosine)))
    return found
