// Paints a frame and the people found in it: the loops over many points, which are too many for
// the page's MicroPython. One path a part, in the colours of the page's style sheet.

const SURE = 0.5; // body points less visible than this are not drawn
const POSE_VALUES = 5; // x, y, z, visibility, presence
const HEAD_POINTS = 11; // the body's own points on the head, needless where there is a face mesh
const DARK = '#0b1220'; // behind the landmarks when the picture is hidden

export class Painter {
  // `edges` has flat lists of point pairs, {body, face, hand}; `colours` has {body, face, leftHand,
  // rightHand}. What is drawn can be switched in `visible`.
  constructor(canvas, edges, colours) {
    this.canvas = canvas;
    this.context = canvas.getContext('2d');
    this.edges = edges;
    this.colours = colours;
    this.visible = { picture: true, body: true, face: true, leftHand: true, rightHand: true };
  }

  // Shows a frame's RGBA `pixels` (which may be in shared memory) and its `people`, as in the
  // detail of a `landmarks` event.
  show(pixels, width, height, people) {
    if (this.image?.width !== width || this.image.height !== height) {
      this.image = new ImageData(width, height);
      Object.assign(this.canvas, { width, height });
    }
    this.image.data.set(pixels);
    this.people = people;
    this.repaint();
  }

  repaint() {
    if (!this.image) return;
    this.#paintPicture();
    for (const person of this.people) this.#paintPerson(person);
  }

  #paintPicture() {
    const { width, height } = this.canvas;
    if (this.visible.picture) {
      this.context.putImageData(this.image, 0, 0);
    } else {
      this.context.fillStyle = DARK;
      this.context.fillRect(0, 0, width, height);
    }
  }

  #paintPerson({ pose, face, leftHand, rightHand }) {
    const { visible, edges } = this;
    const seen = (point) => pose[point * POSE_VALUES + 3] > SURE && !(face && point < HEAD_POINTS);
    if (visible.body) this.#skeleton(pose, POSE_VALUES, edges.body, 'body', 3.5, seen);
    if (visible.face && face) this.#mesh(face, edges.face);
    if (visible.leftHand && leftHand) this.#skeleton(leftHand, 3, edges.hand, 'leftHand', 2.2);
    if (visible.rightHand && rightHand) this.#skeleton(rightHand, 3, edges.hand, 'rightHand', 2.2);
  }

  #mesh(points, edges) {
    const { context } = this;
    context.lineWidth = 0.7 * this.#scale;
    context.strokeStyle = this.colours.face;
    context.stroke(this.#lines(points, 3, edges, () => true));
  }

  #skeleton(points, stride, edges, part, lineWidth, seen = () => true) {
    const { context } = this;
    context.lineCap = 'round';
    context.lineWidth = lineWidth * this.#scale;
    context.strokeStyle = context.fillStyle = this.colours[part];
    context.stroke(this.#lines(points, stride, edges, seen));
    context.fill(this.#dots(points, stride, lineWidth * this.#scale, seen));
  }

  // Line widths are for a frame 640 px long.
  get #scale() {
    return Math.max(this.canvas.width, this.canvas.height) / 640;
  }

  #lines(points, stride, edges, seen) {
    const { width, height } = this.canvas;
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
    const { width, height } = this.canvas;
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
