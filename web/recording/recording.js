// A recording: what was found in every frame of one source, in memory.
//
// It keeps the arrays of the `landmarks` events as they are (they are copies that a listener may
// keep), so it costs what was found: about 14 MB a minute for one person at 30 frames a second.

export const LIMIT = 512 * 2 ** 20; // bytes
const BLENDSHAPES_BYTES = 52 * 16; // about what they take as an object,
const BONES_BYTES = 54 * 80; // and rotations, each a list of four numbers

// Why a recording takes no more frames.
export const FULL = 'full';
export const OTHER_SOURCE = 'other-source';

// The parts of a person in the order of the files: their names in events and in files.
export const PARTS = {
  pose: 'pose',
  poseWorld: 'pose_world',
  face: 'face',
  leftHand: 'left_hand',
  rightHand: 'right_hand',
  leftHandWorld: 'left_hand_world',
  rightHandWorld: 'right_hand_world',
};

// How much a hand looks like a left one, and how sure the tracker is of a part: the same.
export const HANDEDNESS = { leftHandedness: 'left_handedness', rightHandedness: 'right_handedness' };
export const SCORES = { pose: 'pose', face: 'face', leftHand: 'left_hand', rightHand: 'right_hand' };

// What says in files that blendshapes are approximate.
export const APPROXIMATE = 'blendshapes_approximate';

// Blendshapes are {name: number} in events and in JSON; elsewhere they are in this order.
export { BLENDSHAPES } from '../shared/constants.js';

export class Recording {
  // `source` is the name that files give it, `fps` its frames a second where they are known.
  constructor(source, { fps = null, limit = LIMIT } = {}) {
    this.source = source;
    this.fps = fps;
    this.limit = limit;
    this.frames = [];
    this.width = this.height = undefined; // the first frame's
    this.bytes = 0;
    this.end = null;
  }

  // The time stamp of the last frame, in milliseconds.
  get last() {
    return this.frames.at(-1)?.timestamp ?? -Infinity;
  }

  // Takes in the detail of a `landmarks` event, and says whether it did. Where it did not, `end`
  // says why: it is FULL, or the frame is of another source, whose size or clock does not go on.
  add({ timestamp, width, height, people, still = false, skipped = [] }) {
    if (!this.frames.length) [this.width, this.height] = [width, height];
    const size = sizeOf(people);
    if (width !== this.width || height !== this.height || timestamp <= this.last) {
      this.end = OTHER_SOURCE;
    } else if (this.bytes + size > this.limit) {
      this.end = FULL;
    }
    if (this.end) return false;
    this.frames.push({ timestamp, people, still, skipped });
    this.bytes += size;
    return true;
  }

  // The frame that was shown at this time in milliseconds, or null before the first.
  at(timestamp) {
    let [first, end] = [0, this.frames.length];
    while (first < end) {
      const middle = (first + end) >> 1;
      if (this.frames[middle].timestamp <= timestamp) first = middle + 1;
      else end = middle;
    }
    return this.frames[first - 1] ?? null;
  }
}

function sizeOf(people) {
  return people.reduce((sum, person) => sum + bytesOf(person), 0);
}

function bytesOf(person) {
  const arrays = Object.values(person).filter(ArrayBuffer.isView);
  const named = (person.blendshapes ? BLENDSHAPES_BYTES : 0) + (person.bones ? BONES_BYTES : 0);
  return arrays.reduce((sum, array) => sum + array.byteLength, named);
}
