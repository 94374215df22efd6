// The slots of one ring, as the page uses them for every frame (py/holistic/shared/layout.py tells what is
// where, and the life of a slot). One call does what would be dozens of words of memory that MicroPython
// touches, each of which takes it microseconds.

import { LAYOUT } from '../shared/constants.js';

const { SLOTS, STATE, KINDS, FREE, WRITING, READY, BUSY, DONE } = LAYOUT;
const { HEADER_WORDS, FRAME, TIMESTAMP, WIDTH, HEIGHT } = LAYOUT;
const NONE = -1; // no slot

export class Slots {
  /** @type {Int32Array} */
  #control;
  /** @type {Float64Array} */
  #headers;

  // `control` (Int32Array) and `headers` (Float64Array) are those of the ring's blackboard.
  constructor(/** @type {Int32Array} */ control, /** @type {Float64Array} */ headers) {
    this.#control = control;
    this.#headers = headers;
  }

  // A slot to write a frame into: a free one, else one that no worker has admitted yet; or NONE.
  claim() {
    for (const wanted of [FREE, READY]) {
      for (let slot = 0; slot < SLOTS; slot++) {
        const state = this.#state(slot);
        if ((state & KINDS) === wanted && this.#change(slot, state, WRITING)) return slot;
      }
    }
    return NONE;
  }

  // Says in a slot's header which frame is in it: its number, its size in the ring, its time stamp.
  label(slot, number, width, height, frame) {
    const first = slot * HEADER_WORDS;
    this.#headers[first + FRAME] = number;
    this.#headers[first + WIDTH] = width;
    this.#headers[first + HEIGHT] = height;
    frame.stamp(this.#headers, first + TIMESTAMP);
  }

  // Offers a frame that was written, of which `parts` are to be computed, in place of any that waits.
  offer(slot, parts) {
    this.#change(slot, WRITING, READY | parts);
    for (let other = 0; other < SLOTS; other++) {
      const state = this.#state(other);
      if (other !== slot && (state & KINDS) === READY) this.#change(other, state, FREE);
    }
  }

  // A frame that was written needs no computing.
  finish(slot) {
    this.#change(slot, WRITING, DONE);
  }

  // The slot of the oldest frame that is done, or NONE.
  finished() {
    return this.#first((state) => (state & KINDS) === DONE, (slot) => this.#frame(slot));
  }

  // The slot of the newest frame that a worker has admitted, done or not, or NONE.
  admitted() {
    const isAdmitted = (state) => (state & KINDS) === BUSY || (state & KINDS) === DONE;
    return this.#first(isAdmitted, (slot) => -this.#frame(slot));
  }

  // Whether any slot is in use besides this one.
  areUsed(besides) {
    return this.#first((state, slot) => state !== FREE && slot !== besides, () => 0) !== NONE;
  }

  release(slot) {
    Atomics.store(this.#control, STATE + slot, FREE);
  }

  // Of the slots that are `wanted` by their state, the one of the lowest rank, or NONE.
  #first(wanted, rankOf) {
    let [first, lowest] = [NONE, Infinity];
    for (let slot = 0; slot < SLOTS; slot++) {
      if (!wanted(this.#state(slot), slot)) continue;
      const rank = rankOf(slot);
      if (rank < lowest) [first, lowest] = [slot, rank];
    }
    return first;
  }

  #frame(slot) {
    return this.#headers[slot * HEADER_WORDS + FRAME];
  }

  #state(slot) {
    return Atomics.load(this.#control, STATE + slot);
  }

  #change(slot, before, after) {
    return Atomics.compareExchange(this.#control, STATE + slot, before, after) === before;
  }
}
