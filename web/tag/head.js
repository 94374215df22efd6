// Where a head is turned to, as holistic/results/angles.py defines it.

import { cross, degrees, dot, minus, unit } from '../shared/vectors.js';

const [FOREHEAD, CHIN, RIGHT_EYE, LEFT_EYE] = [10, 152, 33, 263];

// {matrix, yaw, pitch, roll} of a face in a frame of that size in pixels. The columns of the matrix
// (nine numbers, row by row) are the head's left, its downward and its backward direction in the frame.
// 0, 0, 0 looks into the camera; yaw is positive to the person's own left, pitch upwards, roll towards
// the own left shoulder, in degrees.
export function headOf(face, width, height) {
  const point = pixelsOf(face, width, height);
  const across = minus(point(LEFT_EYE), point(RIGHT_EYE));
  const down = unit(minus(point(CHIN), point(FOREHEAD)));
  const backward = unit(cross(across, down));
  const left = unit(cross(down, backward));
  const [x, y, z] = backward.map((value) => -value); // where the nose points to
  const yaw = Math.atan2(x, -z);
  const pitch = Math.asin(Math.min(1, Math.max(-1, -y)));
  // Without yaw and pitch the head's left would be the frame's right, turned by the roll alone.
  const level = [Math.cos(yaw), 0, Math.sin(yaw)];
  const roll = Math.atan2(dot(left, cross(backward, level)), dot(left, level));
  const matrix = [0, 1, 2].flatMap((row) => [left[row], down[row], backward[row]]);
  return { matrix, yaw: degrees(yaw), pitch: degrees(pitch), roll: degrees(roll) };
}

// A function of a point's number that gives it in pixels, z too.
export function pixelsOf(face, width, height) {
  return (point) => [face[point * 3] * width, face[point * 3 + 1] * height, face[point * 3 + 2] * width];
}
