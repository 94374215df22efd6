// The stage on which an avatar stands: lights, a camera that frames it, and a loop that has it painted
// when something has changed, as often as the painter says.

import {
  AmbientLight,
  Box3,
  DirectionalLight,
  PerspectiveCamera,
  Scene,
  Vector3,
} from '../three/three.module.js';
import { Painter } from './painter.js';

const EARLY = 4; // ms that a frame may come too early: screens tick every 16.7
const SETTLING = 2; // seconds that hair and clothes may swing after the last change
const LONGEST = 0.4; // seconds that pass at once: a tab may have been asleep
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
  #before = 0;

  // Throws an Error where the browser has no WebGL.
  constructor(canvas) {
    this.#painter = new Painter(canvas);
    const sun = new DirectionalLight(0xffffff, 2.2);
    sun.position.set(0.6, 1.2, 1.4);
    this.#scene.add(new AmbientLight(0xdfe8ff, 1.3), sun);
    new ResizeObserver(() => this.#resize()).observe(canvas);
    canvas.addEventListener('webglcontextrestored', () => (this.#stale = true));
    requestAnimationFrame((now) => this.#tick(now));
  }

  // Puts an Avatar on the stage; returns the one that stood there.
  put(avatar) {
    const former = this.#avatar;
    if (former) this.#scene.remove(former.vrm.scene);
    this.#avatar = avatar;
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
    this.#stale = true;
    if (!this.#avatar) return;
    const { bottom, top, width } = extent(this.#avatar.vrm, this.#frame);
    const tall = Math.max(top - bottom, width / this.#camera.aspect) * MARGIN;
    const distance = tall / 2 / Math.tan((FIELD * Math.PI) / 360);
    this.#camera.position.set(0, (top + bottom) / 2, distance);
    this.#camera.updateProjectionMatrix();
  }

  #tick(now) {
    requestAnimationFrame((next) => this.#tick(next));
    if (this.#painter.busy || now - this.#before < this.#painter.interval - EARLY) return;
    const seconds = Math.min((now - this.#before) / 1000, LONGEST);
    this.#before = now;
    if (!this.#moves(seconds) && !this.#stale) return;
    this.#stale = false;
    this.#painter.paint(this.#scene, this.#camera);
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
