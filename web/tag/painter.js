// Paints a frame and the people found in it: the loops over many points, which are too many for
// the page's MicroPython. One path a part.

const SURE = 0.5; // body points less visible than this are not drawn
const POSE_VALUES = 5; // x, y, z, visibility, presence
const HEAD_POINTS = 11; // the body's own points on the head, needless where there is a face mesh
const PREDICTED_OPACITY = 0.4;
const WIDTHS = { pose: 3.5, face: 0.7, leftHand: 2.2, rightHand: 2.2 }; // px in a frame 640 px long

export class Painter {
  /** @type {any} An ImageData, or {width, height} of a frame that is shown elsewhere. */
  image;

  #picture; // the canvas of drawings with a picture: opaque, which is cheaper to show
  #joined; // the canvas of streams, once there has been one
  #mirrored;
  #streams = [];

  // `shown` has the names of what is painted: picture, pose, face, leftHand, rightHand. Without the
  // picture it is painted on the canvas `overlay`, with it all is on the canvas `picture`; the other one
  // is hidden. `styleOf(part)` gives {colour, width} of a part, of the picture the colour of a veil over
  // it; `edges` a part's lines, as flat lists of point pairs: {pose, face, leftHand, rightHand}.
  constructor(overlay, styleOf, picture = null) {
    this.overlay = overlay.getContext('2d');
    this.#picture = picture?.getContext('2d', { alpha: false });
    this.styleOf = styleOf;
    this.edges = {};
    this.shown = new Set();
    this.people = [];
  }

  // Shows a frame's RGBA `pixels` (which may be in shared memory) and its `people`, as in the
  // detail of a `landmarks` event.
  show(pixels, width, height, people) {
    if (!hasSize(this.image, width, height)) this.image = new ImageData(width, height);
    this.image.data.set(pixels);
    this.people = people;
    this.repaint();
  }

  repaint() {
    if (!this.image) return;
    for (const pen of [this.overlay, this.#picture]) pen?.canvas.toggleAttribute('hidden', pen !== this.#pen);
    fit(this.#pen.canvas, this.image);
    this.#paintGround();
    for (const person of this.people) this.#paint(person);
    this.#join();
  }

  // Where everything is painted.
  get #pen() {
    return this.#picture && this.shown.has('picture') ? this.#picture : this.overlay;
  }

  // A MediaStream of what is painted; `mirrored()` says whether its pictures are. Without a `frameRate`
  // there is a frame of it for every one that is shown.
  captureStream(frameRate, mirrored) {
    this.#joined ??= document.createElement('canvas').getContext('2d');
    this.#mirrored = mirrored;
    const { canvas } = this.#joined;
    fit(canvas, this.#pen.canvas);
    const stream = frameRate === undefined ? canvas.captureStream() : canvas.captureStream(frameRate);
    this.#streams.push(stream);
    this.#join();
    return stream;
  }

  // Paints the streams' canvas, as long as somebody looks at a stream.
  #join() {
    this.#streams = this.#streams.filter((stream) => stream.getTracks().some(isLive));
    if (!this.#streams.length) return;
    const context = this.#joined;
    fit(context.canvas, this.#pen.canvas);
    const { width, height } = context.canvas;
    const side = this.#mirrored() ? -1 : 1;
    context.setTransform(side, 0, 0, 1, side < 0 ? width : 0, 0);
    context.clearRect(0, 0, width, height);
    context.drawImage(this.#pen.canvas, 0, 0);
  }

  // What lies below the landmarks.
  #paintGround() {
    const pen = this.#pen;
    const { width, height } = this.image;
    if (pen === this.overlay) {
      pen.clearRect(0, 0, width, height);
      return;
    }
    pen.putImageData(this.image, 0, 0);
    pen.fillStyle = this.styleOf('picture').colour;
    pen.fillRect(0, 0, width, height);
  }

  #paint(person) {
    const { pose, face } = person;
    const seen = (point) => pose[point * POSE_VALUES + 3] > SURE && !(face && point < HEAD_POINTS);
    if (pose) this.#paintPart('pose', pose, POSE_VALUES, seen);
    for (const part of ['face', 'leftHand', 'rightHand']) {
      this.#pen.globalAlpha = person.predicted?.includes(part) ? PREDICTED_OPACITY : 1;
      if (person[part]) this.#paintPart(part, person[part], 3, () => true);
    }
    this.#pen.globalAlpha = 1;
    if (person.irises && this.shown.has('face')) this.#paintIrises(person.irises);
  }

  #paintPart(part, points, stride, seen) {
    if (!this.shown.has(part)) return;
    const pen = this.#pen;
    const { colour, width } = this.styleOf(part);
    pen.lineCap = 'round';
    pen.lineWidth = (width * WIDTHS[part] * Math.max(this.image.width, this.image.height)) / 640;
    pen.strokeStyle = pen.fillStyle = colour;
    pen.stroke(this.#lines(points, stride, this.edges[part], seen));
    if (part !== 'face') pen.fill(this.#dots(points, stride, pen.lineWidth, seen));
  }

  // Dots, in the colour of the face.
  #paintIrises(points) {
    const pen = this.#pen;
    const { colour, width } = this.styleOf('face');
    const radius = (2 * width * Math.max(this.image.width, this.image.height)) / 640;
    pen.fillStyle = colour;
    pen.fill(this.#dots(points, 3, radius, () => true));
  }

  #lines(points, stride, edges, seen) {
    const { width, height } = this.image;
    const path = new Path2D();
    for (let i = 0; i < edges.length; i += 2) {
      const from = edges[i];
      const to = edges[i + 1];
      if (!seen(from) || !seen(to)) continue;
      path.moveTo(points[from * stride] * width, points[from * stride + 1] * height);
      path.lineTo(points[to * stride] * width, points[to * stride + 1] * height);
    }
    return path;
  }

  #dots(points, stride, radius, seen) {
    const { width, height } = this.image;
    const path = new Path2D();
    for (let point = 0; point * stride < points.length; point++) {
      if (!seen(point)) continue;
      const x = points[point * stride] * width;
      const y = points[point * stride + 1] * height;
      path.moveTo(x + radius, y);
      path.arc(x, y, radius, 0, 2 * Math.PI);
    }
    return path;
  }
}

// Gives a canvas the size of a picture, which empties it where it had another.
function fit(canvas, { width, height }) {
  if (!hasSize(canvas, width, height)) Object.assign(canvas, { width, height });
}

function hasSize(picture, width, height) {
  return picture?.width === width && picture.height === height;
}

function isLive({ readyState }) {
  return readyState === 'live';
}
