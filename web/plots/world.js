// The body in space: a person's world landmarks, seen from any side. Dragging turns it, the arrow
// keys too; a double click or Home looks from the front again.
//
// The hands' world landmarks have an origin of their own, so they are hung on the body's wrists. The
// face has none: its image landmarks are hung on the nose, at the scale by which the body's own image
// landmarks are metres. People without a body are not shown.

import { Sheet } from './sheet.js';

const INTERVAL = 40; // ms between two drawings
const POSE_VALUES = 5;
const NOSE = 0;
const HANDS = { leftHand: 15, rightHand: 16 }; // and their wrists
const FACE_NOSE = 4; // the tip, of the mesh
const TRUNK = [11, 12, 23, 24];
const SURE = 0.5;
const ANKLES = [27, 28];
// What is looked at, in metres: how far it reaches around a middle that lies below the hips, and
// where the floor is; the upper body alone where the feet are out of sight.
const WHOLE = { reach: 1.1, below: 0.05, floor: 0.95 };
const UPPER = { reach: 0.62, below: -0.32, floor: 0.15 };
const DISTANCE = 3.2; // metres from the eye to the middle
const STEP = 0.12; // radians that an arrow key turns
const STEEP = 1.4; // radians up or down at most
const FLOOR = { half: 0.6, lines: 6 };
/** @type {(point: number) => boolean} */
const ALWAYS = () => true;

export class World {
  // `edges` has flat lists of point pairs, {pose, face, leftHand, rightHand}; `colours` has those and
  // that of the floor.
  constructor(canvas, edges, colours) {
    this.canvas = canvas;
    this.edges = edges;
    this.colours = colours;
    this.people = [];
    this.view = UPPER;
    this.sheet = new Sheet(canvas, INTERVAL, (...sheet) => this.#paint(...sheet));
    this.reset();
    this.#listen();
  }

  // Shows the people of a `landmarks` event.
  show({ people, width, height }) {
    this.people = people.filter(({ poseWorld }) => poseWorld);
    this.aspect = height / width;
    const standing = ({ pose }) => ANKLES.some((ankle) => pose[ankle * POSE_VALUES + 3] > SURE);
    if (this.people.length) this.view = this.people.some(standing) ? WHOLE : UPPER;
    this.sheet.draw();
  }

  reset() {
    this.turn = 0.5;
    this.tilt = 0.15;
    this.sheet.draw();
  }

  #paint(pen, width, height, scale) {
    this.pen = pen;
    this.unit = Math.min(width, height) / 2 / this.view.reach;
    this.#drawFloor(scale);
    for (const person of this.people) this.#drawPerson(person, scale);
  }

  #drawPerson(person, scale) {
    const { pose, poseWorld, face } = person;
    const body = points(poseWorld, 3, [1, 1, 1]);
    const seen = (point) => pose[point * POSE_VALUES + 3] > SURE && !(face && point < 11);
    this.#lines(body, this.edges.pose, this.colours.pose, 4 * scale, seen);
    const hung = (found, origin, place) => {
      const shift = body[place].map((value, axis) => value - found[origin][axis]);
      return found.map((point) => point.map((value, axis) => value + shift[axis]));
    };
    if (face) {
      const metres = metresInAWidth(pose, poseWorld, this.aspect);
      const mesh = points(face, 3, [metres, metres * this.aspect, metres]);
      this.#lines(hung(mesh, FACE_NOSE, NOSE), this.edges.face, this.colours.face, 0.5 * scale);
    }
    for (const [name, wrist] of Object.entries(HANDS)) {
      if (!person[name]) continue;
      const hand = points(person[`${name}World`], 3, [1, 1, 1]);
      this.#lines(hung(hand, 0, wrist), this.edges[name], this.colours[name], 2 * scale);
    }
  }

  #drawFloor(scale) {
    const { half, lines } = FLOOR;
    const { floor } = this.view;
    const ends = [];
    for (let i = 0; i <= lines; i++) {
      const at = half * ((2 * i) / lines - 1);
      ends.push([at, floor, -half], [at, floor, half], [-half, floor, at], [half, floor, at]);
    }
    this.#lines(ends, Array.from(ends.keys()), this.colours.floor, 0.5 * scale);
  }

  #lines(points, edges, colour, width, seen = ALWAYS) {
    const path = new Path2D();
    const places = points.map((point) => this.#project(point));
    for (let i = 0; i < edges.length; i += 2) {
      if (!seen(edges[i]) || !seen(edges[i + 1])) continue;
      const [from, to] = [places[edges[i]], places[edges[i + 1]]];
      path.moveTo(from[0], from[1]);
      path.lineTo(to[0], to[1]);
    }
    Object.assign(this.pen, { strokeStyle: colour, lineWidth: width, lineCap: 'round' });
    this.pen.stroke(path);
  }

  // Where a point in metres around the hips (x right, y down, z away) is on the canvas.
  #project([x, y, z]) {
    const [ct, st, cp, sp] = [this.turn, this.tilt].flatMap((angle) => [Math.cos(angle), Math.sin(angle)]);
    const across = x * ct + z * st;
    const deep = z * ct - x * st;
    const low = y - this.view.below;
    const down = low * cp + deep * sp;
    const depth = deep * cp - low * sp;
    const scale = (this.unit * DISTANCE) / Math.max(0.1, DISTANCE + depth);
    return [this.canvas.width / 2 + across * scale, this.canvas.height / 2 + down * scale];
  }

  #listen() {
    const { canvas } = this;
    canvas.addEventListener('pointerdown', ({ pointerId }) => canvas.setPointerCapture(pointerId));
    canvas.addEventListener('pointermove', ({ pointerId, movementX, movementY }) => {
      if (canvas.hasPointerCapture(pointerId)) this.#turnBy(movementX / 120, -movementY / 120);
    });
    canvas.addEventListener('dblclick', () => this.reset());
    const keys = {
      ArrowLeft: () => this.#turnBy(-STEP, 0),
      ArrowRight: () => this.#turnBy(STEP, 0),
      ArrowUp: () => this.#turnBy(0, STEP),
      ArrowDown: () => this.#turnBy(0, -STEP),
      Home: () => this.reset(),
    };
    canvas.addEventListener('keydown', (event) => {
      if (!keys[event.key]) return;
      event.preventDefault(); // the page would scroll
      keys[event.key]();
    });
  }

  #turnBy(turn, tilt) {
    this.turn += turn;
    this.tilt = Math.min(STEEP, Math.max(-STEEP, this.tilt + tilt));
    this.sheet.draw();
  }
}

function points(values, stride, [x, y, z]) {
  const found = [];
  for (let i = 0; i < values.length; i += stride) {
    found.push([values[i] * x, values[i + 1] * y, values[i + 2] * z]);
  }
  return found;
}

// How many metres a frame's width is where the person stands: by the extent of the trunk.
function metresInAWidth(pose, poseWorld, aspect) {
  const extent = (list) => {
    const corners = TRUNK.map((point) => list[point]);
    const middle = [0, 1].map((axis) => corners.reduce((sum, corner) => sum + corner[axis], 0) / 4);
    return Math.hypot(...corners.flatMap(([x, y]) => [x - middle[0], y - middle[1]]));
  };
  return extent(points(poseWorld, 3, [1, 1, 1])) / extent(points(pose, POSE_VALUES, [1, aspect, 1]));
}
