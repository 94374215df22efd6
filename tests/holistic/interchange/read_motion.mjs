// What three.js makes of a file of motion: where its bones are, frame by frame. `node read_motion.mjs
// FILE TIMES` prints {bone: [[x, y, z] at each of the times]}, and of a .vrma the humanoid's bones.

import { readFileSync } from 'node:fs';

import { VRMAnimationLoaderPlugin } from '@pixiv/three-vrm-animation';
import { AnimationMixer, Vector3 } from 'three';
import { BVHLoader } from 'three/addons/loaders/BVHLoader.js';
import { GLTFLoader } from 'three/addons/loaders/GLTFLoader.js';

Object.assign(globalThis, { self: globalThis }); // what GLTFLoader takes for granted

const [, , path, times] = process.argv;
const content = readFileSync(path);
console.log(JSON.stringify(await (path.endsWith('.bvh') ? bvh() : gltf())));

async function bvh() {
  const { skeleton, clip } = new BVHLoader().parse(content.toString());
  return { clip: described(clip), joints: joints(skeleton.bones[0], clip) };
}

async function gltf() {
  const loader = new GLTFLoader();
  loader.register((parser) => new VRMAnimationLoaderPlugin(parser));
  const bytes = content.buffer.slice(content.byteOffset, content.byteOffset + content.byteLength);
  const { scene, animations, userData } = await loader.parseAsync(bytes, '');
  const found = { clip: described(animations[0]), joints: joints(scene, animations[0]) };
  const [vrm] = userData.vrmAnimations ?? [];
  return vrm ? { ...found, vrm: humanoid(vrm) } : found;
}

function described({ duration, tracks }) {
  return { duration, tracks: tracks.length };
}

function joints(root, clip) {
  const mixer = new AnimationMixer(root);
  mixer.clipAction(clip).play();
  const found = {};
  for (const time of JSON.parse(times)) {
    mixer.setTime(time);
    root.updateMatrixWorld(true);
    root.traverse((object) => {
      if (object.isBone && object.name !== 'ENDSITE') {
        (found[object.name] ??= []).push(object.getWorldPosition(new Vector3()).toArray());
      }
    });
  }
  return found;
}

function humanoid({ humanoidTracks, lookAtTrack, restHipsPosition }) {
  return {
    rotations: [...humanoidTracks.rotation.keys()],
    translations: [...humanoidTracks.translation.keys()],
    looks: lookAtTrack?.times.length,
    hips: restHipsPosition.toArray(),
  };
}
