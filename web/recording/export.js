// A recording as a file: JSON, CSV or NPZ, in the very formats of holistic/results/writers.py, which
// holistic/results/readers.py reads; or one person's movement as BVH, glTF or VRM animation.

import { BONES } from '../shared/constants.js';
import { converted } from './converting.js';
import { npz } from './npz.js';
import { pauses } from './pauses.js';
import { APPROXIMATE, BLENDSHAPES, HANDEDNESS, PARTS, SCORES } from './recording.js';

export const FORMAT = 'holistic-landmarks-1';
const DECIMALS = 1e5; // as holistic/results/result.py rounds
export const COLUMNS = 'timestamp,person,part,point,name,x,y,z,visibility,presence,handedness,score';

// [points, values] of a person's arrays.
const SHAPES = {
  pose: [33, 5],
  pose_world: [33, 3],
  face: [468, 3],
  left_hand: [21, 3],
  right_hand: [21, 3],
  left_hand_world: [21, 3],
  right_hand_world: [21, 3],
};

// What stands beside the points of a hand, in the plane and in metres.
const HANDS = { leftHand: 'leftHandedness', rightHand: 'rightHandedness' };

// Promises a recording as a Blob of the `format` json, csv, npz, bvh, glb or vrma. `names` has the points' names:
// {pose: [...], hand: [...], face: {number: name}}.
export function exported(recording, format, names) {
  return WRITERS[format](recording, names);
}

const WRITERS = {
  json: (recording) => joined(json(recording), 'application/json'),
  csv: (recording, names) => joined(csv(recording, names), 'text/csv'),
  npz: (recording) => npz(arrays(recording)),
  bvh: (recording) => motionFile(recording, 'bvh', 'text/plain'),
  glb: (recording) => motionFile(recording, 'glb', 'model/gltf-binary'),
  vrma: (recording) => motionFile(recording, 'vrma', 'model/gltf-binary'),
};

async function motionFile(recording, format, type) {
  const text = await (await WRITERS.json(recording)).text();
  return new Blob([await converted(text, format)], { type });
}

function* json({ source, width, height, fps, frames }) {
  const head = { format: FORMAT, source, width, height, fps: fps && rounded(fps, 1e3) };
  yield `${JSON.stringify(head).slice(0, -1)}, "frames": [`;
  for (const [index, { timestamp, people, ...effort }] of frames.entries()) {
    const frame = { index, timestamp: rounded(timestamp, 1e3), ...spared(effort), people: people.map(plain) };
    yield (index ? ',\n' : '\n') + JSON.stringify(frame);
  }
  yield '\n]}\n';
}

// What was not computed in a frame, where there is such a thing.
function spared({ still, skipped }) {
  const parts = skipped.map((part) => SCORES[part]);
  return { ...(still && { still }), ...(parts.length && { skipped: parts }) };
}

function plain(person) {
  const parts = Object.entries(PARTS).map(([part, name]) => [name, rows(name, person[part])]);
  const hands = Object.entries(HANDEDNESS).map(([key, name]) => [name, short(person[key])]);
  const scores = Object.entries(SCORES).map(([key, name]) => [name, short(person.scores?.[key])]);
  return {
    id: person.id,
    ...Object.fromEntries([...parts, ...hands]),
    blendshapes: expression(person),
    ...(person.blendshapesApproximate && { [APPROXIMATE]: true }),
    scores: Object.fromEntries(scores.filter(([, score]) => score !== null)),
    predicted: (person.predicted ?? []).map((part) => SCORES[part]),
    ...motion(person),
  };
}

// Rotations of bones, row by row, and the hips' position, where there are any.
function motion({ bones, hipsPosition }) {
  const numbers = (values) => Array.from(values, (value) => rounded(value, DECIMALS));
  return {
    ...(bones && { rotations: BONES.map((name) => numbers(bones[name])) }),
    ...(hipsPosition && { hips_position: numbers(hipsPosition) }),
  };
}

function expression({ blendshapes }) {
  if (!blendshapes) return null;
  return Object.fromEntries(BLENDSHAPES.map((name) => [name, short(blendshapes[name])]));
}

function rows(name, values) {
  if (!values) return null;
  const stride = SHAPES[name][1];
  const numbers = Array.from(values, (value) => rounded(value, DECIMALS));
  return Array.from({ length: numbers.length / stride }, (_, row) =>
    numbers.slice(row * stride, (row + 1) * stride),
  );
}

function* csv({ frames }, { pose, hand, face }) {
  const named = { pose, pose_world: pose, face };
  yield `${COLUMNS}\n`;
  for (const { timestamp, people } of frames) {
    for (const person of people) {
      const start = `${rounded(timestamp, 1e3)},${person.id}`;
      for (const [part, name] of Object.entries(PARTS)) {
        const found = part.replace('World', '');
        const ends = [short(person[HANDS[found]]), short(person.scores?.[found])];
        const lines = (rows(name, person[part]) ?? []).map((numbers, row) => {
          const values = [...[...numbers, '', ''].slice(0, 5), ...ends.map((end) => end ?? '')];
          return `${start},${name},${row},${(named[name] ?? hand)[row] ?? ''},${values}\n`;
        });
        yield lines.join('');
      }
      const scores = Object.entries(expression(person) ?? {});
      const kind = person.blendshapesApproximate ? APPROXIMATE : 'blendshapes';
      const lines = scores.map(([name, score], row) => `${start},${kind},${row},${name},,,,,,,${score}\n`);
      yield lines.join('');
    }
  }
}

function arrays({ frames, width, height }) {
  const people = frames.flatMap((frame, index) => frame.people.map((person) => [index, person]));
  const whole = (numbers) => ({
    shape: [numbers.length],
    type: BigInt64Array,
    pieces: [BigInt64Array.from(numbers, BigInt)],
  });
  const found = {
    timestamps: {
      shape: [frames.length],
      type: Float64Array,
      pieces: [Float64Array.from(frames, ({ timestamp }) => timestamp)],
    },
    size: whole([width, height]),
    frame: whole(people.map(([index]) => index)),
    id: whole(people.map(([, { id }]) => id)),
  };
  for (const [part, name] of Object.entries(PARTS)) {
    const shape = SHAPES[name];
    const absent = new Float32Array(shape[0] * shape[1]).fill(NaN);
    const pieces = people.map(([, person]) => person[part] ?? absent);
    found[name] = { shape: [people.length, ...shape], type: Float32Array, pieces };
  }
  Object.assign(found, motionArrays(people.map(([, person]) => person)));
  const numbers = (read) => Float32Array.from(people, ([, person]) => read(person) ?? NaN);
  for (const [key, name] of Object.entries(HANDEDNESS)) {
    const pieces = [numbers((person) => person[key])];
    found[name] = { shape: [people.length], type: Float32Array, pieces };
  }
  const scores = Object.keys(SCORES);
  found.scores = {
    shape: [people.length, scores.length],
    type: Float32Array,
    pieces: people.map(([, person]) =>
      Float32Array.from(scores, (key) => person.scores?.[key] ?? NaN),
    ),
  };
  if (people.some(([, { blendshapes }]) => blendshapes)) {
    found.blendshapes = {
      shape: [people.length, BLENDSHAPES.length],
      type: Float32Array,
      pieces: people.map(([, { blendshapes }]) =>
        Float32Array.from(BLENDSHAPES, (name) => blendshapes?.[name] ?? NaN),
      ),
    };
  }
  if (people.some(([, { blendshapesApproximate }]) => blendshapesApproximate)) {
    const pieces = [numbers(({ blendshapesApproximate }) => (blendshapesApproximate ? 1 : NaN))];
    found[APPROXIMATE] = { shape: [people.length], type: Float32Array, pieces };
  }
  return found;
}

function motionArrays(people) {
  if (!people.some(({ bones }) => bones)) return {};
  const nothing = (length) => new Float32Array(length).fill(NaN);
  const flat = (bones) => Float32Array.from(BONES.flatMap((name) => bones[name]));
  return {
    rotations: {
      shape: [people.length, BONES.length, 4],
      type: Float32Array,
      pieces: people.map(({ bones }) => (bones ? flat(bones) : nothing(BONES.length * 4))),
    },
    hips_position: {
      shape: [people.length, 3],
      type: Float32Array,
      pieces: people.map(({ hipsPosition }) => hipsPosition ?? nothing(3)),
    },
  };
}

async function joined(texts, type) {
  const pieces = [];
  const pause = pauses();
  for (const text of texts) {
    pieces.push(text);
    await pause();
  }
  return new Blob(pieces, { type });
}

function short(value) {
  return value == null ? null : rounded(value, DECIMALS);
}

function rounded(value, decimals) {
  return Math.round(value * decimals) / decimals;
}
