// Reads a record (py/holistic/shared/layout.py tells what is in it) as the detail of a `landmarks` event:
// {frame, timestamp, times: {pose: {total, warp, network}, face, leftHand, rightHand}, skipped, people},
// where `skipped` names the parts that were not computed in this frame, but carried on or repeated;
// a person is {id, pose, poseWorld, face, irises, blendshapes: {name: number}, blendshapesApproximate,
// leftHand, rightHand, leftHandWorld, rightHandWorld, leftHandedness, rightHandedness, scores: {pose,
// face, leftHand, rightHand}, predicted, head: {matrix, yaw, pitch, roll}, bones: {name: [x, y, z, w]},
// hipsPosition}.
// The arrays are copies, which a listener may keep; what was not found, or not asked for, is null.
// `predicted` names the hands that were not found and are carried on: they have landmarks, and the
// score 0.

import { BLENDSHAPES, BONES, LAYOUT } from '../shared/constants.js';
import { headOf } from './head.js';

// In the order of the layout: the parts' names in events, and where each begins in a person.
const PARTS = {
  pose: LAYOUT.POSE,
  face: LAYOUT.FACE,
  leftHand: LAYOUT.LEFT_HAND,
  rightHand: LAYOUT.RIGHT_HAND,
};

const HANDS = ['leftHand', 'rightHand'];

export function read(record, headers, slot) {
  const { HEADER_WORDS, HEAD_FLOATS, PERSON_FLOATS, FRAME, TIMESTAMP, WIDTH, HEIGHT } = LAYOUT;
  const first = slot * HEADER_WORDS;
  const size = [headers[first + WIDTH], headers[first + HEIGHT]];
  const people = [];
  for (let start = HEAD_FLOATS, row = 0; start < record.length; start += PERSON_FLOATS, row++) {
    const section = record.subarray(start, start + PERSON_FLOATS);
    if (isThere(section)) people.push(person(section, row, size));
  }
  return {
    frame: headers[first + FRAME],
    timestamp: headers[first + TIMESTAMP],
    times: times(record),
    skipped: Object.keys(PARTS).filter((_, part) => record[timesOf(part) + LAYOUT.SKIPPED]),
    people,
  };
}

// Adds what is not in the record: the size of the source's frame, and when it came by performance.now().
export function label(detail, width, height, still, complete, arrival) {
  Object.assign(detail, { width, height, still, complete, latency: performance.now() - arrival });
}

// A part was found, or a hand of nobody's is carried on (its person has an id below zero).
function isThere(section) {
  const carried = ([name, score]) =>
    HANDS.includes(name) && section[LAYOUT.PERSON_ID] < 0 && section[score + LAYOUT.HAND_PREDICTED];
  return Object.entries(PARTS).some((part) => section[part[1]] > 0 || carried(part));
}

// Whether a detail has somebody, and everybody in it has all of `parts`, the bits of the layout's.
export function foundEverything({ people }, parts) {
  const names = Object.keys(PARTS).filter((_, part) => parts & (1 << part));
  return people.length > 0 && people.every(({ scores }) => names.every((name) => scores[name] > 0));
}

function person(section, row, size) {
  const { POSE, POSE_LANDMARKS, POSE_WORLD, FACE, FACE_LANDMARKS, IRISES } = LAYOUT;
  const { HAND_LANDMARKS, HAND_WORLD, HAND_FLOATS, HAND_HANDEDNESS } = LAYOUT;
  const { HAND_PREDICTED, PERSON_ID } = LAYOUT;
  const numbered = section[POSE] > 0 || section[FACE] > 0;
  const predicted = HANDS.filter((name) => section[PARTS[name] + HAND_PREDICTED]);
  const there = (name) => section[PARTS[name]] > 0 || predicted.includes(name);
  const part = (name, from, to) => (there(name) ? section.slice(from, to) : null);
  const hand = (name, from, to) => part(name, PARTS[name] + from, PARTS[name] + to);
  const number = (name, offset) => (there(name) ? section[PARTS[name] + offset] : null);
  const face = part('face', FACE_LANDMARKS, IRISES);
  return {
    id: numbered ? section[PERSON_ID] : -1 - row, // nobody knows whose a hand without a body is
    pose: part('pose', POSE_LANDMARKS, POSE_WORLD),
    poseWorld: part('pose', POSE_WORLD, FACE),
    face,
    irises: irises(section),
    ...expression(section),
    leftHand: hand('leftHand', HAND_LANDMARKS, HAND_WORLD),
    rightHand: hand('rightHand', HAND_LANDMARKS, HAND_WORLD),
    leftHandWorld: hand('leftHand', HAND_WORLD, HAND_FLOATS),
    rightHandWorld: hand('rightHand', HAND_WORLD, HAND_FLOATS),
    leftHandedness: number('leftHand', HAND_HANDEDNESS),
    rightHandedness: number('rightHand', HAND_HANDEDNESS),
    scores: Object.fromEntries(Object.keys(PARTS).map((name) => [name, number(name, 0)])),
    predicted,
    head: face && headOf(face, ...size),
    ...motion(section),
  };
}

function motion(section) {
  const rotations = section.subarray(LAYOUT.ROTATIONS, LAYOUT.HIPS_POSITION);
  if (!rotations.some((value) => value)) return { bones: null, hipsPosition: null };
  const quaternion = (at) => Array.from(rotations.subarray(at * 4, at * 4 + 4));
  const position = section.slice(LAYOUT.HIPS_POSITION, LAYOUT.PERSON_FLOATS);
  return {
    bones: Object.fromEntries(BONES.map((name, at) => [name, quaternion(at)])),
    hipsPosition: position.some(Number.isNaN) ? null : position,
  };
}

// Null where the face was found without them: the tag has no attribute for them, or does too little.
function irises(section) {
  const points = section.slice(LAYOUT.IRISES, LAYOUT.BLENDSHAPES);
  return points.some((value) => value) ? points : null;
}

// Null where nobody asked for blendshapes: at least one is not 0. Those of a face without irises are
// approximate.
function expression(section) {
  const numbers = section.subarray(LAYOUT.BLENDSHAPES, LAYOUT.LEFT_HAND);
  if (!numbers.some((value) => value)) return { blendshapes: null, blendshapesApproximate: false };
  return {
    blendshapes: Object.fromEntries(BLENDSHAPES.map((name, index) => [name, numbers[index]])),
    blendshapesApproximate: irises(section) === null,
  };
}

function times(record) {
  return Object.fromEntries(
    Object.keys(PARTS).map((part, index) => {
      const [total, warp, network] = record.subarray(timesOf(index));
      return [part, { total, warp, network }];
    }),
  );
}

// Where the times of the part with this index begin in a record.
function timesOf(part) {
  return LAYOUT.TIMES + part * LAYOUT.TIME_VALUES;
}
