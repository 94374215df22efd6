// An avatar that does what a tracked person does: bones, hips and face glide to what the last event
// said. Where nobody is in view it slowly goes back to a relaxed pose.

import { Quaternion, Vector3 } from '../three/three.module.js';
import { BLENDSHAPES, BONES } from '../shared/constants.js';
import { looks, presets } from './expressions.js';

const SWIFT = 0.05; // seconds after which about two thirds of the way to a new pose are done,
const SLOW = 0.5; // and to the relaxed one
const STILL = 1e-4; // smaller changes are not seen
const HIPS = 0.9; // metres above the floor, of the person that the tracker's lengths are of
const ARM_DOWN = 1.2; // radians from the T-pose
const PERFECT = 26; // of the 52 names: a model with so many has ARKit's face ("Perfect Sync")

// What a model's bones do for those that it lacks: the turn of the chest goes into the spine's, and
// that of shoulders and neck before those of arms and head.
const INTO_PARENT = { upperChest: 'chest', chest: 'spine' };
const BEFORE_CHILD = { leftShoulder: 'leftUpperArm', rightShoulder: 'rightUpperArm', neck: 'head' };

const RELAXED = {
  leftUpperArm: turned('z', -ARM_DOWN),
  rightUpperArm: turned('z', ARM_DOWN),
  leftLowerArm: turned('y', -0.25),
  rightLowerArm: turned('y', 0.25),
};

export class Avatar {
  #bones = []; // {node, target, relaxed} of those that the model has
  #hips; // {node, rest, target}
  #faces = new Map(); // expression -> {value, target}
  #looks; // whether expressions turn the eyes
  #arkit; // ARKit's name -> the model's, where it has these
  #pace = SLOW;

  // Called when there is something new to show; a stage sets it.
  onshow = () => {};

  // `vrm` is one of three-vrm, as model.js reads it.
  constructor(vrm) {
    this.vrm = vrm;
    const old = vrm.meta.metaVersion === '0';
    this.flip = old ? -1 : 1; // VRM 0.x looks along -z: its x and z are the others
    for (const name of BONES) {
      const node = vrm.humanoid.getNormalizedBoneNode(name);
      const relaxed = this.#quaternion(RELAXED[name] ?? [0, 0, 0, 1]);
      if (node) this.#bones.push({ name, node, target: relaxed.clone(), relaxed });
    }
    for (const { node, relaxed } of this.#bones) node.quaternion.copy(relaxed);
    const node = vrm.humanoid.getNormalizedBoneNode('hips');
    this.#hips = { node, rest: node.position.clone(), target: node.position.clone() };
    this.#readExpressions();
    vrm.update(0);
  }

  // Whether hair or clothes swing by themselves for a while.
  get swings() {
    return this.vrm.springBoneManager?.joints.size > 0;
  }

  // Whether the model shows ARKit's expressions themselves, not VRM's few.
  get perfectSync() {
    return this.#arkit !== null;
  }

  // Shows a person of a `landmarks` event: {bones, hipsPosition, blendshapes}; null for nobody.
  show(person) {
    this.#pace = person ? SWIFT : SLOW;
    if (person && !person.bones) return; // only a hand is in view: the rest stays
    const turns = person && this.#turns(person.bones);
    for (const { name, target, relaxed } of this.#bones) target.copy(turns?.[name] ?? relaxed);
    this.#moveHips(person?.hipsPosition);
    this.#express(person?.blendshapes);
    this.onshow();
  }

  // Goes on by `seconds`; whether anything has moved.
  update(seconds) {
    const share = 1 - Math.exp(-seconds / this.#pace);
    let change = 0;
    for (const { node, target } of this.#bones) {
      const gap = node.quaternion.angleTo(target);
      change = Math.max(change, gap);
      if (gap < STILL) node.quaternion.copy(target);
      else node.quaternion.slerp(target, share);
    }
    const { node, target } = this.#hips;
    change = Math.max(change, node.position.distanceTo(target));
    node.position.lerp(target, share);
    for (const [name, face] of this.#faces) {
      change = Math.max(change, Math.abs(face.target - face.value));
      face.value += (face.target - face.value) * share;
      this.vrm.expressionManager.setValue(name, face.value);
    }
    this.vrm.update(seconds);
    return change > STILL;
  }

  // {bone: quaternion} for the bones that the model has.
  #turns(bones) {
    const turns = Object.fromEntries(BONES.map((name) => [name, this.#quaternion(bones[name])]));
    const lacks = (bone) => !this.#bones.some(({ name }) => name === bone);
    for (const [bone, parent] of Object.entries(INTO_PARENT)) {
      if (lacks(bone)) turns[parent].multiply(turns[bone]);
    }
    for (const [bone, child] of Object.entries(BEFORE_CHILD)) {
      if (lacks(bone)) turns[child].premultiply(turns[bone]);
    }
    return turns;
  }

  #quaternion([x, y, z, w]) {
    return new Quaternion(x * this.flip, y, z * this.flip, w);
  }

  // As far as the model's own size lets it move.
  #moveHips(position) {
    const { rest, target } = this.#hips;
    target.copy(rest);
    if (!position) return;
    const [x, y, z] = position;
    const size = rest.y / HIPS;
    target.add(new Vector3(x * this.flip, y, z * this.flip).multiplyScalar(size));
  }

  #readExpressions() {
    const manager = this.vrm.expressionManager;
    const names = Object.keys(manager?.expressionMap ?? {});
    const own = new Map(names.map((name) => [name.toLowerCase(), name]));
    const arkit = BLENDSHAPES.filter((name) => own.has(name.toLowerCase()));
    const perfect = arkit.length >= PERFECT;
    this.#arkit = perfect ? new Map(arkit.map((name) => [name, own.get(name.toLowerCase())])) : null;
    this.#looks = !this.vrm.humanoid.getNormalizedBoneNode('leftEye');
    const known = { ...presets(NOTHING), ...(this.#looks && looks(NOTHING)) };
    const used = perfect ? this.#arkit.values() : names.filter((name) => name in known);
    for (const name of used) this.#faces.set(name, { value: 0, target: 0 });
  }

  #express(blendshapes) {
    const shown = blendshapes && !this.#arkit && { ...presets(blendshapes), ...looks(blendshapes) };
    if (this.#arkit) {
      for (const [name, own] of this.#arkit) this.#faces.get(own).target = blendshapes?.[name] ?? 0;
    } else for (const [name, face] of this.#faces) face.target = shown?.[name] ?? 0;
  }
}

const NOTHING = Object.fromEntries(BLENDSHAPES.map((name) => [name, 0]));

// The quaternion of a turn around one axis.
function turned(axis, angle) {
  const sine = Math.sin(angle / 2);
  return [...['x', 'y', 'z'].map((each) => (each === axis ? sine : 0)), Math.cos(angle / 2)];
}
