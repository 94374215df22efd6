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

  // `picture` and `overlay` are canvases one above the other, and `shown` the names of what is
  // painted: picture, pose, face, leftHand, rightHand. `styleOf(part)` gives {colour, width} of a part;
  // `edges` its lines, as flat lists of point pairs: {pose, face, leftHand, rightHand}.
  constructor(picture, overlay, styleOf) {
    this.picture = picture.getContext('2d');
    this.overlay = overlay.getContext('2d');
    this.styleOf = styleOf;
    this.edges = {};
    this.shown = new Set();
    this.people = [];
  }

  // Shows a frame's RGBA `pixels` (which may be in shared memory) and its `people`, as in the
  // detail of a `landmarks` event.
  show(pixels, width, height, people) {
    if (this.image?.width !== width || this.image.height !== height) {
      this.image = new ImageData(width, height);
      for (const { canvas } of [this.picture, this.overlay]) Object.assign(canvas, { width, height });
    }
    this.image.data.set(pixels);
    this.people = people;
    this.repaint();
  }

  repaint() {
    if (!this.image) return;
    const { width, height } = this.image;
    if (this.shown.has('picture')) this.picture.putImageData(this.image, 0, 0);
    else this.picture.clearRect(0, 0, width, height);
    this.overlay.clearRect(0, 0, width, height);
    for (const person of this.people) this.#paint(person);
  }

  #paint(person) {
    const { pose, face } = person;
    const seen = (point) => pose[point * POSE_VALUES + 3] > SURE && !(face && point < HEAD_POINTS);
    if (pose) this.#paintPart('pose', pose, POSE_VALUES, seen);
    for (const part of ['face', 'leftHand', 'rightHand']) {
      this.overlay.globalAlpha = person.predicted?.includes(part) ? PREDICTED_OPACITY : 1;
      if (person[part]) this.#paintPart(part, person[part], 3, () => true);
    }
    this.overlay.globalAlpha = 1;
    if (person.irises && this.shown.has('face')) this.#paintIrises(person.irises);
  }

  #paintPart(part, points, stride, seen) {
    if (!this.shown.has(part)) return;
    const { overlay } = this;
    const { colour, width } = this.styleOf(part);
    overlay.lineCap = 'round';
    overlay.lineWidth = (width * WIDTHS[part] * Math.max(this.image.width, this.image.height)) / 640;
    overlay.strokeStyle = overlay.fillStyle = colour;
    overlay.stroke(this.#lines(points, stride, this.edges[part], seen));
    if (part !== 'face') overlay.fill(this.#dots(points, stride, overlay.lineWidth, seen));
  }

  // Dots, in the colour of the face.
  #paintIrises(points) {
    const { overlay } = this;
    const { colour, width } = this.styleOf('face');
    const radius = (2 * width * Math.max(this.image.width, this.image.height)) / 640;
    overlay.fillStyle = colour;
    overlay.fill(this.#dots(points, 3, radius, () => true));
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
