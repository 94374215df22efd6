// Paints a scene, and finds how finely it can: it measures how long a picture takes until it is
// painted. Where that is dear, as without a graphics card, pictures get simpler light, then fewer
// pixels, then longer intervals; where it is cheap they get more pixels than there are, for smooth edges.

import { MeshLambertMaterial, WebGLRenderer } from '../three/three.module.js';

const SHORTEST = 1000 / 30; // ms between two pictures,
const LONGEST = 200; // also where a picture is dearer than that allows
const SHARE = 1 / 2; // of the time that painting takes at the most
const DEAR = 8; // ms of a picture that shall become simpler,
const CHEAP = 2.5; // and of one that may become finer
const LOOK = 2; // ms between two looks whether a picture is painted
const TRIED = 8; // pictures that tell how dear they are
const UNSURE = 3; // pictures after a change that do not: programs are compiled, buffers are made

// From the least to the finest: pixels of the canvas for one of the page, each way, and whether
// materials are the model's own.
const GRADES = [
  { pixels: 0.6, own: false },
  { pixels: 0.8, own: false },
  { pixels: 1, own: false },
  { pixels: 1, own: true },
  { pixels: 2, own: true },
];
const FIRST = 2;

export class Painter {
  #gl;
  #renderer;
  #materials = new Map(); // mesh -> {own, simple}
  #grade = FIRST;
  #changed = true; // the grade or the size has, since the last picture
  #finest = GRADES.length - 1;
  #costs = []; // ms of the last pictures
  #unsure = UNSURE;
  #cost = 0; // ms, of those that others hardly interrupted
  #busy = false; // a picture is being painted

  // Called when a picture is painted; a stage sets it.
  onpainted = () => {};

  // Throws an Error where the browser has no WebGL.
  constructor(canvas) {
    this.#gl = canvas.getContext('webgl2', { alpha: true, antialias: false });
    if (!this.#gl) throw new Error('The avatar cannot be drawn: switch on WebGL in this browser.');
    this.#renderer = new WebGLRenderer({ canvas, context: this.#gl });
  }

  get canvas() {
    return this.#renderer.domElement;
  }

  // How it paints now: {pixels, own} as in GRADES, and the ms of a picture and of the interval.
  get grade() {
    return { ...GRADES[this.#grade], cost: this.#cost, interval: this.interval };
  }

  // Milliseconds from one picture to the next.
  get interval() {
    return Math.min(LONGEST, Math.max(SHORTEST, this.#cost / SHARE));
  }

  // Whether the last picture is still being painted.
  get busy() {
    return this.#busy;
  }

  // Another model comes: how dear it is will be seen. The former gets its own materials back.
  begin(model) {
    for (const [mesh, { own, simple }] of this.#materials) {
      mesh.material = own;
      for (const each of [simple].flat()) if (![own].flat().includes(each)) each.dispose();
    }
    this.#materials.clear();
    model.traverse((mesh) => mesh.material && this.#materials.set(mesh, kinds(mesh.material)));
    this.#restart();
  }

  paint(scene, camera) {
    if (this.#gl.isContextLost()) return;
    if (this.#changed) this.#apply();
    this.#renderer.render(scene, camera);
    this.#measure();
  }

  // The canvas has another size on the page.
  resize() {
    this.#restart();
  }

  #restart() {
    this.#finest = GRADES.length - 1;
    this.#take(FIRST);
  }

  #take(grade) {
    this.#grade = grade;
    this.#changed = true;
    this.#costs = [];
    this.#unsure = UNSURE;
  }

  // Just before a picture is painted, since a canvas whose size changes is empty.
  #apply() {
    this.#changed = false;
    const { own, pixels } = GRADES[this.#grade];
    for (const [mesh, kinds] of this.#materials) mesh.material = own ? kinds.own : kinds.simple;
    const { clientWidth, clientHeight } = this.canvas;
    this.#renderer.setPixelRatio(pixels);
    this.#renderer.setSize(clientWidth, clientHeight, false);
  }

  // Waits, without holding up the page, until the picture is painted.
  #measure() {
    const gl = this.#gl;
    const begin = performance.now();
    const fence = gl.fenceSync(gl.SYNC_GPU_COMMANDS_COMPLETE, 0);
    gl.flush();
    this.#busy = true;
    const look = () => {
      const lost = gl.isContextLost();
      if (!lost && gl.getSyncParameter(fence, gl.SYNC_STATUS) !== gl.SIGNALED) setTimeout(look, LOOK);
      else {
        this.#busy = false;
        gl.deleteSync(fence);
        if (!lost) this.#note(performance.now() - begin);
        this.onpainted();
      }
    };
    setTimeout(look, 0);
  }

  #note(cost) {
    if (this.#unsure > 0) {
      this.#unsure--;
      return;
    }
    this.#costs.push(cost);
    if (this.#costs.length < TRIED) return;
    this.#cost = this.#costs.sort((a, b) => a - b)[TRIED / 4];
    this.#costs = [];
    this.#judge();
  }

  #judge() {
    if (this.#cost > DEAR && this.#grade > 0) {
      this.#finest = this.#grade - 1; // it is not tried again
      this.#take(this.#finest);
    } else if (this.#cost < CHEAP && this.#grade < this.#finest) this.#take(this.#grade + 1);
  }
}

// {own, simple}: a mesh's material or materials, and such as are painted in less time.
function kinds(own) {
  return { own, simple: Array.isArray(own) ? own.map(simpler) : simpler(own) };
}

// Light without gloss, and no outlines; drawn figures' own materials are left. Expressions that change a
// colour change it in both.
function simpler(material) {
  if (material.isOutline) return Object.assign(material.clone(), { visible: false });
  if (!material.isMeshStandardMaterial) return material;
  const { name, map, side, transparent, opacity, alphaTest, vertexColors, color, emissive } = material;
  const kept = { name, map, side, transparent, opacity, alphaTest, vertexColors };
  return Object.assign(new MeshLambertMaterial(kept), { color, emissive });
}
