// A canvas of the page that is drawn while it can be seen, as large as it is shown, and no more often
// than somebody looks: landmarks come faster than that.

export class Sheet {
  // `paint(pen, width, height, scale)` draws on a clear canvas of width x height pixels, `scale` of
  // which are one of the page's; `interval` is the least time between two drawings in milliseconds.
  constructor(canvas, interval, paint) {
    this.canvas = canvas;
    this.interval = interval;
    this.paint = paint;
    this.seen = false;
    this.drawn = -Infinity;
    this.size = [0, 0];
    new ResizeObserver((entries) => this.#fit(entries.at(-1).contentRect)).observe(canvas);
    new IntersectionObserver((entries) => {
      this.seen = entries.at(-1).isIntersecting;
      this.draw();
    }).observe(canvas);
  }

  // Has it drawn as soon as it is time and it is in view.
  draw() {
    if (!this.seen || this.timer) return;
    const wait = this.drawn + this.interval - performance.now();
    if (wait <= 0) this.#paintNow();
    else this.timer = setTimeout(() => this.#paintNow(), wait);
  }

  #fit({ width, height }) {
    this.size = [width, height].map((side) => Math.round(side * devicePixelRatio));
    this.draw();
  }

  #paintNow() {
    this.timer = undefined;
    const [width, height] = this.size;
    if (!width || !height) return;
    const { canvas } = this;
    const pen = canvas.getContext('2d');
    if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
    else pen.clearRect(0, 0, width, height);
    this.paint(pen, width, height, devicePixelRatio);
    this.drawn = performance.now();
  }
}
