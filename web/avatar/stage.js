// The stage on which an avatar stands: lights, a camera that frames it, and a loop that has it painted
// whenever there is something new, as often as the painter says. Where nothing new comes for a while it
// paints how the avatar glides on; where nothing moves, it sleeps.

import {
  AmbientLight,
  Box3,
  DirectionalLight,
  PerspectiveCamera,
  Scene,
  Vector3,
} from '../three/three.module.js';
import { Painter } from './painter.js';

const EARLY = 8; // ms that a picture may come too early: most screens tick every 16.7
const OVERDUE = 1.5; // intervals after which it does not wait any longer for something new
const SETTLING = 2; // seconds that hair and clothes may swing after the last change
const LONGEST = 400; // ms that pass at once: a tab may have been asleep
const FIELD = 24; // degrees of the view's height
const MARGIN = 1.08;

export const FRAMES = ['face', 'upper', 'body'];

export class Stage {
  #scene = new Scene();
  #camera = new PerspectiveCamera(FIELD, 1, 0.1, 50);
  #painter;
  #avatar = null;
  #frame = 'upper';
  #stale = true;
  #settled = 0; // seconds since the last change
  #before = 0; // ms, when the last picture was painted,
  #due = 0; // and when the next one may be, so that there are no more than the painter says
  #resting = true; // nothing has moved of late
  #asked = false; // the screen's next tick is asked for
  #late = false; // a picture was due while the one before was still being painted
  #timer;

  // Throws an Error where the browser has no WebGL.
  constructor(canvas) {
    this.#painter = new Painter(canvas);
    this.#painter.onpainted = () => this.#late && this.#wake();
    const sun = new DirectionalLight(0xffffff, 2.2);
    sun.position.set(0.6, 1.2, 1.4);
    this.#scene.add(new AmbientLight(0xdfe8ff, 1.3), sun);
    new ResizeObserver(() => this.#resize()).observe(canvas);
    canvas.addEventListener('webglcontextrestored', () => this.#spoil());
  }

  // Puts an Avatar on the stage; returns the one that stood there.
  put(avatar) {
    const former = this.#avatar;
    if (former) this.#scene.remove(former.vrm.scene);
    this.#avatar = avatar;
    avatar.onshow = () => this.#wake();
    this.#painter.begin(avatar.vrm.scene);
    this.#scene.add(avatar.vrm.scene);
    this.#settled = 0;
    this.#aim();
    return former;
  }

  // How finely it is painted, and what that costs: {pixels, own, cost, interval}.
  get grade() {
    return this.#painter.grade;
  }

  // How much of the avatar is in view: face, upper (body) or (whole) body.
  set frame(name) {
    this.#frame = name;
    this.#aim();
  }

  #resize() {
    const { clientWidth: width, clientHeight: height } = this.#painter.canvas;
    if (!width || !height) return;
    this.#painter.resize();
    this.#camera.aspect = width / height;
    this.#aim();
  }

  #aim() {
    this.#spoil();
    if (!this.#avatar) return;
    const { bottom, top, width } = extent(this.#avatar.vrm, this.#frame);
    const tall = Math.max(top - bottom, width / this.#camera.aspect) * MARGIN;
    const distance = tall / 2 / Math.tan((FIELD * Math.PI) / 360);
    this.#camera.position.set(0, (top + bottom) / 2, distance);
    this.#camera.updateProjectionMatrix();
  }

  // What was painted does not hold any more.
  #spoil() {
    this.#stale = true;
    this.#wake();
  }

  // There is something new to paint, or it is time to look.
  #wake() {
    clearTimeout(this.#timer);
    if (this.#asked) return;
    this.#asked = true;
    requestAnimationFrame((now) => {
      this.#asked = false;
      this.#tick(now);
    });
  }

  #tick(now) {
    this.#late = this.#painter.busy;
    if (this.#late) return;
    const left = this.#due - EARLY - now;
    if (left > 0) this.#sleep(left);
    else this.#goOn(now);
  }

  #goOn(now) {
    const { interval } = this.#painter;
    const passed = this.#resting ? interval : Math.min(now - this.#before, LONGEST);
    this.#before = now;
    this.#due = Math.max(this.#due, now - interval) + interval;
    this.#resting = !this.#moves(passed / 1000) && !this.#stale;
    if (this.#resting) return;
    this.#stale = false;
    this.#painter.paint(this.#scene, this.#camera);
    this.#sleep(OVERDUE * interval - EARLY);
  }

  // By a timer, since each tick of the screen that a page asks for costs something.
  #sleep(ms) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#wake(), ms);
  }

  #moves(seconds) {
    if (!this.#avatar) return false;
    this.#settled = this.#avatar.update(seconds) ? 0 : this.#settled + seconds;
    return this.#settled === 0 || (this.#avatar.swings && this.#settled < SETTLING);
  }
}

// What a frame shows of a model at rest, in metres: {bottom, top, width}.
function extent(vrm, frame) {
  const top = new Box3().setFromObject(vrm.scene).max.y;
  const height = (bone) => vrm.humanoid.getNormalizedBoneNode(bone).getWorldPosition(new Vector3()).y;
  const neck = height('head');
  const head = top - neck;
  if (frame === 'face') return { bottom: neck - 0.35 * head, top: top + 0.25 * head, width: head };
  if (frame === 'body') return { bottom: -0.05, top: top + 0.3 * head, width: 0.9 * top };
  return { bottom: height('hips'), top: top + 0.3 * head, width: 0.55 * top };
}
