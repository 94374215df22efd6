// Whether anything has moved since a frame: py/holistic/shared/stillness.py tells how it is seen.
// py/holistic/tracking/stillness.py does the same natively.

import { STILLNESS } from '../shared/constants.js';

const { BLOCKS_ACROSS, BLOCKS_DOWN, SAMPLES, NOISE, LEAST_CHANGE, MOST_CHANGE } = STILLNESS;
const ACROSS = BLOCKS_ACROSS * SAMPLES;
const DOWN = BLOCKS_DOWN * SAMPLES;

const changes = new Uint16Array(BLOCKS_ACROSS * BLOCKS_DOWN); // used again and again
const columns = new Uint32Array(ACROSS); // where in a line the samples are
let wide = 0; // the width of the frames for which they are there

// The brightness of the blocks of a frame's RGBA `pixels`: of each the sum of its samples.
export function brightness(pixels, width, height) {
  const sums = new Uint16Array(changes.length);
  if (width !== wide) place(width);
  for (let row = 0; row < DOWN; row++) {
    const line = 4 * width * Math.floor((row * height) / DOWN);
    let block = BLOCKS_ACROSS * Math.floor(row / SAMPLES);
    for (let column = 0; column < ACROSS; block++) {
      let sum = 0;
      for (const end = column + SAMPLES; column < end; column++) sum += pixels[line + columns[column]];
      sums[block] += sum;
    }
  }
  return sums;
}

function place(width) {
  for (let column = 0; column < ACROSS; column++) columns[column] = 4 * Math.floor((column * width) / ACROSS) + 1;
  wide = width;
}

// Whether the brightness of two frames says that something has moved between them.
export function hasMoved(now, before) {
  let most = 0;
  for (let block = 0; block < changes.length; block++) {
    changes[block] = Math.abs(now[block] - before[block]);
    if (changes[block] > most) most = changes[block];
  }
  const unit = SAMPLES * SAMPLES; // of a grey level
  if (most <= LEAST_CHANGE * unit || most > MOST_CHANGE * unit) return most > MOST_CHANGE * unit;
  return most > NOISE * median(changes);
}

function median(values) {
  values.sort();
  return (values[values.length / 2 - 1] + values[values.length / 2]) / 2;
}
