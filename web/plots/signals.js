// Numbers that people look at, from a person of a `landmarks` event: angles of the body's joints in
// degrees, and how far eyes and mouth are open, as holistic/results/angles.py defines them.

import { degrees, dot, minus } from '../shared/vectors.js';
import { pixelsOf } from '../tag/head.js';

const JOINTS = {
  left_elbow: [11, 13, 15],
  right_elbow: [12, 14, 16],
  left_shoulder: [23, 11, 13],
  right_shoulder: [24, 12, 14],
  left_hip: [11, 23, 25],
  right_hip: [12, 24, 26],
  left_knee: [23, 25, 27],
  right_knee: [24, 26, 28],
  left_ankle: [25, 27, 31],
  right_ankle: [26, 28, 32],
};

// Lids, or lips, and the corners beside them.
const OPENINGS = {
  left_eye: [386, 374, 362, 263],
  right_eye: [159, 145, 133, 33],
  mouth: [13, 14, 61, 291],
};

// {joint: degrees}, from world landmarks; 180 is a stretched arm or leg.
export function jointAngles(poseWorld) {
  const entries = Object.entries(JOINTS).map(([joint, points]) => {
    const [first, vertex, last] = points.map((point) => poseWorld.subarray(point * 3, point * 3 + 3));
    return [joint, angle(minus(first, vertex), minus(last, vertex))];
  });
  return Object.fromEntries(entries);
}

// {left_eye, right_eye, mouth}: the distance between the lids, or the lips, as a part of that between
// the corners. An open eye has about 0.3, a shut one 0.1; a mouth is shut at 0 and wide open at 1.
export function openings(face, width, height) {
  const point = pixelsOf(face, width, height);
  const entries = Object.entries(OPENINGS).map(([name, [top, bottom, inner, outer]]) => {
    const open = Math.hypot(...minus(point(top), point(bottom)));
    return [name, open / Math.hypot(...minus(point(inner), point(outer)))];
  });
  return Object.fromEntries(entries);
}

function angle(a, b) {
  const scale = Math.hypot(...a) * Math.hypot(...b);
  return degrees(Math.acos(Math.min(1, Math.max(-1, dot(a, b) / scale))));
}

// {name: 0 to 1} of blendshapes, and `smile`, the mean of the mouth's two corners.
export function expression(blendshapes) {
  return { ...blendshapes, smile: (blendshapes.mouthSmileLeft + blendshapes.mouthSmileRight) / 2 };
}

// {bone: degrees} from its place in the T-pose, of quaternions by bones' names.
export function turns(bones) {
  const turn = ([x, y, z, w]) => degrees(2 * Math.atan2(Math.hypot(x, y, z), Math.abs(w)));
  return Object.fromEntries(Object.entries(bones).map(([bone, rotation]) => [bone, turn(rotation)]));
}
