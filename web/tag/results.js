// Reads a record (py/holistic/shared/layout.py tells what is in it) as the detail of a `landmarks` event:
// {frame, timestamp, times: {pose: {total, warp, network}, face, leftHand, rightHand}, people}, where
// a person is {id, pose, poseWorld, face, irises, leftHand, rightHand, leftHandWorld, rightHandWorld,
// leftHandedness, rightHandedness, scores: {pose, face, leftHand, rightHand}}. The arrays are
// copies, which a listener may keep; what was not found is null.

import { LAYOUT } from '../shared/constants.js';

// In the order of the layout: the parts' names in events, and where each begins in a person.
const PARTS = {
  pose: LAYOUT.POSE,
  face: LAYOUT.FACE,
  leftHand: LAYOUT.LEFT_HAND,
  rightHand: LAYOUT.RIGHT_HAND,
};

export function read(record, headers, slot) {
  const { HEADER_WORDS, HEAD_FLOATS, PERSON_FLOATS, FRAME, TIMESTAMP } = LAYOUT;
  const first = slot * HEADER_WORDS;
  const people = [];
  for (let start = HEAD_FLOATS, row = 0; start < record.length; start += PERSON_FLOATS, row++) {
    const section = record.subarray(start, start + PERSON_FLOATS);
    if (Object.values(PARTS).some((score) => section[score] > 0)) people.push(person(section, row));
  }
  return {
    frame: headers[first + FRAME],
    timestamp: headers[first + TIMESTAMP],
    times: times(record),
    people,
  };
}

function person(section, row) {
  const { POSE, POSE_LANDMARKS, POSE_WORLD, FACE, FACE_LANDMARKS, IRISES } = LAYOUT;
  const { HAND_LANDMARKS, HAND_WORLD, HAND_FLOATS, HAND_HANDEDNESS, PERSON_ID } = LAYOUT;
  const numbered = section[POSE] > 0 || section[FACE] > 0;
  const part = (score, from, to) => (section[score] > 0 ? section.slice(from, to) : null);
  const number = (score, offset) => (section[score] > 0 ? section[score + offset] : null);
  const hand = (score, from, to) => part(score, score + from, score + to);
  return {
    id: numbered ? section[PERSON_ID] : -1 - row, // nobody knows whose a hand without a body is
    pose: part(POSE, POSE_LANDMARKS, POSE_WORLD),
    poseWorld: part(POSE, POSE_WORLD, FACE),
    face: part(FACE, FACE_LANDMARKS, IRISES),
    irises: irises(section),
    leftHand: hand(PARTS.leftHand, HAND_LANDMARKS, HAND_WORLD),
    rightHand: hand(PARTS.rightHand, HAND_LANDMARKS, HAND_WORLD),
    leftHandWorld: hand(PARTS.leftHand, HAND_WORLD, HAND_FLOATS),
    rightHandWorld: hand(PARTS.rightHand, HAND_WORLD, HAND_FLOATS),
    leftHandedness: number(PARTS.leftHand, HAND_HANDEDNESS),
    rightHandedness: number(PARTS.rightHand, HAND_HANDEDNESS),
    scores: Object.fromEntries(Object.entries(PARTS).map(([name, score]) => [name, number(score, 0)])),
  };
}

// Null where the face was found without them: the tag has no attribute for them, or does too little.
function irises(section) {
  const points = section.slice(LAYOUT.IRISES, LAYOUT.LEFT_HAND);
  return points.some((value) => value) ? points : null;
}

function times(record) {
  return Object.fromEntries(
    Object.keys(PARTS).map((part, index) => {
      const [total, warp, network] = record.subarray(LAYOUT.TIMES + index * LAYOUT.TIME_VALUES);
      return [part, { total, warp, network }];
    }),
  );
}
