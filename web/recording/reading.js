// A recording from a file that was saved of it, here or by the native package: JSON, CSV or NPZ.

import { BONES } from '../shared/constants.js';
import { COLUMNS, FORMAT } from './export.js';
import { arraysOf } from './npz.js';
import { APPROXIMATE, BLENDSHAPES, HANDEDNESS, PARTS, Recording, SCORES } from './recording.js';

const READERS = { json, csv, npz };

// Whether a file's name is that of a recording.
export function isRecording({ name }) {
  return Object.hasOwn(READERS, suffix(name));
}

// Promises the Recording in a file; rejects with an Error whose message is for the visitor. `video`,
// the Blob of the video that it is of, tells the size of frames where the file does not.
export async function readRecording(file, video) {
  try {
    const { source, fps, width, height, frames } = await READERS[suffix(file.name)](file, video);
    const recording = new Recording(source ?? video.name, { fps, limit: Infinity });
    for (const { timestamp, people, still, skipped: names = [] } of frames) {
      const skipped = Object.keys(SCORES).filter((part) => names.includes(SCORES[part]));
      recording.add({ timestamp, width, height, people: people.map(person), still, skipped });
    }
    if (recording.end) throw new Error('its frames are not in order');
    return recording;
  } catch (error) {
    throw new Error(`${file.name} is no recording (${error.message}). Choose a JSON, CSV or NPZ file that was saved here or by the native package.`);
  }
}

function suffix(name) {
  return name.split('.').at(-1).toLowerCase();
}

// All readers promise {source, fps, width, height, frames}, whose people are as in JSON.
async function json(file) {
  const content = JSON.parse(await file.text());
  if (content.format !== FORMAT) throw new Error(`its format is ${content.format}, not ${FORMAT}`);
  return content;
}

async function csv(file, video) {
  const [head, ...lines] = (await file.text()).trimEnd().split(/\r?\n/);
  if (head !== COLUMNS) throw new Error(`its first line is not ${COLUMNS}`);
  const frames = new Map(); // time stamp -> id -> person
  for (const line of lines) {
    const [timestamp, id, part, , name, ...numbers] = line.split(',');
    const people = entry(frames, timestamp, () => new Map());
    const person = entry(people, id, () => ({ id: Number(id), scores: {} }));
    if (part === 'blendshapes' || part === APPROXIMATE) {
      (person.blendshapes ??= {})[name] = Number(numbers.at(-1));
      person[APPROXIMATE] = part === APPROXIMATE;
    }
    else addPoint(person, part, numbers);
  }
  const listed = Array.from(frames, ([timestamp, people]) => ({
    timestamp: Number(timestamp),
    people: [...people.values()],
  }));
  return { ...(await sizeOf(video)), frames: listed };
}

function addPoint(person, part, [x, y, z, visibility, presence, handedness, score]) {
  const values = [x, y, z, visibility, presence].filter(Boolean).map(Number);
  (person[part] ??= []).push(...values);
  if (handedness) person[`${part}edness`] = Number(handedness);
  if (score) person.scores[part] = Number(score);
}

async function npz(file) {
  const { timestamps, size, frame, id, scores, blendshapes, ...columns } = await arraysOf(file);
  const frames = Array.from(timestamps.values, (timestamp) => ({ timestamp, people: [] }));
  const names = Object.values(SCORES);
  id.values.forEach((number, row) => {
    const found = Object.entries(columns).map(([name, column]) => [name, rowOf(column, row)]);
    const sure = names.map((name, at) => [name, scores.values[row * names.length + at]]);
    frames[Number(frame.values[row])].people.push({
      id: Number(number),
      ...Object.fromEntries(found),
      blendshapes: namedRow(blendshapes, row),
      scores: Object.fromEntries(sure.filter(([, score]) => !Number.isNaN(score))),
    });
  });
  const [width, height] = Array.from(size.values, Number);
  return { width, height, frames };
}

// What an array says of a person: a number, or the points that there are; null for none.
function rowOf({ shape: [, points, values = 1], values: all }, row) {
  if (!points) return Number.isNaN(all[row]) ? null : all[row];
  const found = all.subarray(row * points * values, (row + 1) * points * values);
  const there = found.filter((value) => !Number.isNaN(value));
  return there.length ? there : null;
}

// {name: number} of a person's row of blendshapes, or null where there are none.
function namedRow(column, row) {
  const start = row * BLENDSHAPES.length;
  if (!column || Number.isNaN(column.values[start])) return null;
  return Object.fromEntries(BLENDSHAPES.map((name, at) => [name, column.values[start + at]]));
}

function person(parts) {
  const arrays = Object.entries(PARTS).map(([part, name]) => [
    part,
    parts[name] ? Float32Array.from(Array.from(parts[name]).flat()) : null,
  ]);
  const values = (names, from) =>
    Object.fromEntries(Object.entries(names).map(([key, name]) => [key, from?.[name] ?? null]));
  const scores = values(SCORES, parts.scores);
  const predicted = Object.keys(SCORES).filter((part) => scores[part] === 0);
  return {
    id: parts.id,
    ...Object.fromEntries(arrays),
    ...values(HANDEDNESS, parts),
    blendshapes: parts.blendshapes ?? null,
    blendshapesApproximate: Boolean(parts[APPROXIMATE]),
    scores,
    predicted,
    bones: bones(parts.rotations),
    hipsPosition: position(parts.hips_position),
  };
}

function bones(rotations) {
  const numbers = rotations && Array.from(rotations).flat();
  return numbers ? Object.fromEntries(BONES.map((name, at) => [name, numbers.slice(at * 4, at * 4 + 4)])) : null;
}

function position(numbers) {
  return numbers ? Float32Array.from(numbers) : null;
}

function entry(map, key, make) {
  if (!map.has(key)) map.set(key, make());
  return map.get(key);
}

// Promises {width, height} of a video's frames.
async function sizeOf(file) {
  const video = document.createElement('video');
  video.preload = 'metadata';
  video.src = URL.createObjectURL(file);
  try {
    await new Promise((resolve, reject) => {
      video.onloadedmetadata = resolve;
      video.onerror = () => reject(new Error(`${file.name} is no video, which would tell the frames' size`));
    });
    return { width: video.videoWidth, height: video.videoHeight };
  } finally {
    URL.revokeObjectURL(video.src);
  }
}
