// Numbers that people look at, from a person of a `landmarks` event: angles of the body's joints and
// of the head in degrees, and how far eyes and mouth are open, as holistic/results/angles.py defines them.

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
const [FOREHEAD, CHIN, RIGHT_EYE, LEFT_EYE] = [10, 152, 33, 263];

// {joint: degrees}, from world landmarks; 180 is a stretched arm or leg.
export function jointAngles(poseWorld) {
  const entries = Object.entries(JOINTS).map(([joint, points]) => {
    const [first, vertex, last] = points.map((point) => poseWorld.subarray(point * 3, point * 3 + 3));
    return [joint, angle(minus(first, vertex), minus(last, vertex))];
  });
  return Object.fromEntries(entries);
}

// {yaw, pitch, roll} of a face in a frame of that size in pixels; 0, 0, 0 looks into the camera. Yaw
// is positive to the person's own left, pitch upwards, roll towards the own left shoulder.
export function headPose(face, width, height) {
  const point = pixels(face, width, height);
  const across = minus(point(LEFT_EYE), point(RIGHT_EYE));
  const down = minus(point(CHIN), point(FOREHEAD));
  const backward = unit(cross(across, down));
  const left = unit(cross(down, backward));
  const [x, y, z] = backward.map((value) => -value); // where the nose points to
  const yaw = Math.atan2(x, -z);
  const pitch = Math.asin(Math.min(1, Math.max(-1, -y)));
  // Without yaw and pitch the head's left would be the frame's right, turned by the roll alone.
  const level = [Math.cos(yaw), 0, Math.sin(yaw)];
  const roll = Math.atan2(dot(left, cross(backward, level)), dot(left, level));
  return { yaw: degrees(yaw), pitch: degrees(pitch), roll: degrees(roll) };
}

// {left_eye, right_eye, mouth}: the distance between the lids, or the lips, as a part of that between
// the corners. An open eye has about 0.3, a shut one 0.1; a mouth is shut at 0 and wide open at 1.
export function openings(face, width, height) {
  const point = pixels(face, width, height);
  const entries = Object.entries(OPENINGS).map(([name, [top, bottom, inner, outer]]) => {
    const open = Math.hypot(...minus(point(top), point(bottom)));
    return [name, open / Math.hypot(...minus(point(inner), point(outer)))];
  });
  return Object.fromEntries(entries);
}

function pixels(face, width, height) {
  return (point) => [face[point * 3] * width, face[point * 3 + 1] * height, face[point * 3 + 2] * width];
}

function angle(a, b) {
  const scale = Math.hypot(...a) * Math.hypot(...b);
  return degrees(Math.acos(Math.min(1, Math.max(-1, dot(a, b) / scale))));
}

/** @type {(a: Iterable<number>, b: Iterable<number>) => number[]} */
function minus([a, b, c], [x, y, z]) {
  return [a - x, b - y, c - z];
}

/** @type {(a: Iterable<number>, b: Iterable<number>) => number} */
function dot([a, b, c], [x, y, z]) {
  return a * x + b * y + c * z;
}

/** @type {(a: Iterable<number>, b: Iterable<number>) => number[]} */
function cross([a, b, c], [x, y, z]) {
  return [b * z - c * y, c * x - a * z, a * y - b * x];
}

function unit(a) {
  const length = Math.hypot(...a);
  return a.map((value) => value / length);
}

function degrees(radians) {
  return (radians * 180) / Math.PI;
}
