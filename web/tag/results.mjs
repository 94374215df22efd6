// Reads a record (py/holistic/shared/layout.py tells what is in it) as the detail of a `landmarks` event:
// {frame, timestamp, times: {pose: {total, warp, network}, face, leftHand, rightHand}, people}, where
// a person is {id, pose, poseWorld, face, irises, leftHand, rightHand, leftHandWorld, rightHandWorld,
// leftHandedness, rightHandedness, scores: {pose, face, leftHand, rightHand}}. The arrays are
// copies, which a listener may keep; what was not found is null.
//
// `at` has the offsets, as ring.py names them.

const PARTS = ['pose', 'face', 'leftHand', 'rightHand'];

export function read(at, record, headers, slot) {
  const first = slot * at.header;
  const people = [];
  for (let start = at.head, row = 0; start < record.length; start += at.person, row++) {
    const section = record.subarray(start, start + at.person);
    if (PARTS.some((part) => section[at[part]] > 0)) people.push(person(at, section, row));
  }
  return {
    frame: headers[first + at.frame],
    timestamp: headers[first + at.timestamp],
    times: times(at, record),
    people,
  };
}

function person(at, section, row) {
  const numbered = section[at.pose] > 0 || section[at.face] > 0;
  const part = (score, from, to) => (section[score] > 0 ? section.slice(from, to) : null);
  const number = (score, offset) => (section[score] > 0 ? section[score + offset] : null);
  const hand = (score, from, to) => part(score, score + from, score + to);
  return {
    id: numbered ? section[at.id] : -1 - row, // nobody knows whose a hand without a body is
    pose: part(at.pose, at.poseLandmarks, at.poseWorld),
    poseWorld: part(at.pose, at.poseWorld, at.face),
    face: part(at.face, at.faceLandmarks, at.irises),
    irises: irises(at, section),
    leftHand: hand(at.leftHand, at.handLandmarks, at.handWorld),
    rightHand: hand(at.rightHand, at.handLandmarks, at.handWorld),
    leftHandWorld: hand(at.leftHand, at.handWorld, at.handFloats),
    rightHandWorld: hand(at.rightHand, at.handWorld, at.handFloats),
    leftHandedness: number(at.leftHand, at.handedness),
    rightHandedness: number(at.rightHand, at.handedness),
    scores: Object.fromEntries(PARTS.map((name) => [name, number(at[name], 0)])),
  };
}

// Null where the face was found without them: the tag has no attribute for them, or does too little.
function irises(at, section) {
  const points = section.slice(at.irises, at.leftHand);
  return points.some((value) => value) ? points : null;
}

function times(at, record) {
  return Object.fromEntries(
    PARTS.map((part, index) => {
      const [total, warp, network] = record.subarray(at.times + index * at.timeValues);
      return [part, { total, warp, network }];
    }),
  );
}
