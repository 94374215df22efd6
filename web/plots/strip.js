// A strip of a canvas on which some numbers run by from right to left, as on a chart recorder.

import { Sheet } from './sheet.js';

const SECONDS = 8; // that a strip shows
const CAPACITY = 1024; // values of a line that are kept: 128 a second
const INTERVAL = 100; // ms between two drawings, in which a line moves by a few pixels

export class Strip {
  // `lines` is {name: colour}; `range` is [least, most], or the least of it where the most grows with
  // what comes. What is out of range is drawn at the edge.
  constructor(canvas, lines, range) {
    this.lines = lines;
    this.range = range;
    this.sheet = new Sheet(canvas, INTERVAL, (...sheet) => this.#paint(...sheet));
    this.clear();
  }

  clear() {
    this.times = new Float64Array(CAPACITY).fill(-Infinity);
    this.values = Object.fromEntries(
      Object.keys(this.lines).map((name) => [name, new Float32Array(CAPACITY).fill(NaN)]),
    );
    this.next = 0;
  }

  // Takes in {name: number} of a time by performance.now(); what is missing leaves a gap.
  push(time, values) {
    this.times[this.next] = time;
    for (const [name, kept] of Object.entries(this.values)) kept[this.next] = values?.[name] ?? NaN;
    this.next = (this.next + 1) % CAPACITY;
    this.sheet.draw();
  }

  #paint(pen, width, height, scale) {
    const now = performance.now();
    Object.assign(pen, { lineWidth: 1.5 * scale, lineJoin: 'round' });
    const [least, most] = this.#limits();
    const margin = 2 * scale;
    const x = (time) => width * (1 - (now - time) / (SECONDS * 1000));
    const y = (value) => {
      const share = Math.min(1, Math.max(0, (value - least) / (most - least)));
      return margin + (1 - share) * (height - 2 * margin);
    };
    for (const [name, colour] of Object.entries(this.lines)) {
      pen.strokeStyle = colour;
      pen.stroke(this.#path(this.values[name], x, y));
    }
  }

  #path(values, x, y) {
    const path = new Path2D();
    let drawing = false;
    for (let i = 0; i < CAPACITY; i++) {
      const at = (this.next + i) % CAPACITY; // from the oldest on
      if (this.times[at] === -Infinity) continue;
      const there = !Number.isNaN(values[at]);
      if (there && drawing) path.lineTo(x(this.times[at]), y(values[at]));
      else if (there) path.moveTo(x(this.times[at]), y(values[at]));
      drawing = there;
    }
    return path;
  }

  #limits() {
    const [least, most] = this.range;
    if (most !== undefined) return [least, most];
    const all = Object.values(this.values).flatMap((values) => values.filter((value) => value > least));
    return [least, Math.max(...all.map((values) => Math.max(...values)), least + 1)];
  }
}
