// A recording from the JSON that was saved of it, here or by the native package.

import { HANDEDNESS, PARTS, Recording, SCORES } from './recording.mjs';

const FORMAT = 'holistic-landmarks-1';

// Promises the Recording in a Blob; rejects with an Error whose message is for the visitor.
export async function readRecording(file) {
  try {
    const { format, source, fps, width, height, frames } = JSON.parse(await file.text());
    if (format !== FORMAT) throw new Error(`its format is ${format}, not ${FORMAT}`);
    const recording = new Recording(source, { fps, limit: Infinity });
    for (const { timestamp, people } of frames) {
      recording.add({ timestamp, width, height, people: people.map(person) });
    }
    if (recording.end) throw new Error('its frames are not in order');
    return recording;
  } catch (error) {
    throw new Error(`${file.name} is no recording (${error.message}). Choose a JSON file that was saved here or by the native package.`);
  }
}

function person(parts) {
  const arrays = Object.entries(PARTS).map(([part, name]) => [
    part,
    parts[name] ? Float32Array.from(parts[name].flat()) : null,
  ]);
  const values = (names, from) =>
    Object.fromEntries(Object.entries(names).map(([key, name]) => [key, from?.[name] ?? null]));
  const scores = values(SCORES, parts.scores);
  return { id: parts.id, ...Object.fromEntries(arrays), ...values(HANDEDNESS, parts), scores };
}
