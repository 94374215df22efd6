// Reads .vrm files, VRM 1.0 and 0.x, and says what is wrong with those that are none.

import { Mesh } from '../three/three.module.js';
import { GLTFLoader } from '../three/GLTFLoader.js';
import { VRMLoaderPlugin, VRMUtils } from '../three/three-vrm.module.min.js';

const LARGEST = 300e6; // bytes; avatars have some millions
const HEADER = 12; // bytes of a binary glTF: its mark, version and length
const MARK = 0x46546c67; // "glTF"

const loader = new GLTFLoader();
loader.register((parser) => new VRMLoaderPlugin(parser));

// Promises what readModel makes of a file that somebody chose; of one that cannot be an avatar only the
// first bytes are read.
export async function readFile(file) {
  const { name, size } = file;
  checkMark(await file.slice(0, HEADER).arrayBuffer(), name);
  if (size > LARGEST) {
    const [megabytes, most] = [size, LARGEST].map((bytes) => Math.round(bytes / 1e6));
    throw new Error(`${name} is too large for an avatar: it has ${megabytes} MB, and ${most} MB is the most.`);
  }
  return readModel(await file.arrayBuffer(), name);
}

// Promises the VRM of three-vrm in a file's `content`, an ArrayBuffer; it looks along z. Rejects with
// an Error that names the file and says what it lacks.
export async function readModel(content, name) {
  checkHeader(content, name);
  const { vrm } = await parsed(content, name);
  if (!vrm) throw new Error(`${name} is a glTF model, but no VRM avatar: it does not name its bones.`);
  VRMUtils.rotateVRM0(vrm);
  hangRigidParts(vrm.scene);
  vrm.scene.traverse((object) => {
    object.frustumCulled = false; // skins move out of the boxes that they have at rest
  });
  return vrm;
}

// Hangs meshes that follow one bone alone, as hair and eyes do, on that bone: a skin, with four bones a
// point, is dear without a graphics card.
function hangRigidParts(scene) {
  const skinned = [];
  scene.traverse((object) => object.isSkinnedMesh && skinned.push(object));
  for (const mesh of skinned) {
    const { geometry, material, name, skeleton } = mesh;
    const bone = onlyBone(geometry.attributes);
    if (bone === null || mesh.children.length) continue;
    const { morphTargetDictionary, morphTargetInfluences } = mesh; // expressions write into the latter
    const rigid = Object.assign(new Mesh(geometry, material), { name, morphTargetDictionary, morphTargetInfluences });
    rigid.applyMatrix4(skeleton.boneInverses[bone].clone().multiply(mesh.bindMatrix));
    skeleton.bones[bone].add(rigid);
    mesh.removeFromParent();
  }
}

// The number of the bone that all points follow; null if there are several.
function onlyBone({ skinIndex, skinWeight }) {
  const bone = skinIndex.getX(0);
  for (let point = 0; point < skinIndex.count; point++) {
    for (let each = 0; each < skinIndex.itemSize; each++) {
      const other = skinIndex.getComponent(point, each) !== bone;
      if (other && skinWeight.getComponent(point, each) > 0) return null;
    }
  }
  return bone;
}

export function dispose(vrm) {
  VRMUtils.deepDispose(vrm.scene);
}

function checkMark(content, name) {
  if (content.byteLength < HEADER || new DataView(content).getUint32(0, true) !== MARK) {
    throw new Error(`${name} is no VRM avatar: it is not a binary glTF file.`);
  }
}

function checkHeader(content, name) {
  checkMark(content, name);
  const length = new DataView(content).getUint32(8, true);
  if (content.byteLength < length) {
    throw new Error(`${name} is cut short: ${content.byteLength} of ${length} bytes. Copy it anew.`);
  }
}

async function parsed(content, name) {
  try {
    return (await loader.parseAsync(content, '')).userData;
  } catch (error) {
    throw new Error(`${name} cannot be read, it may be damaged: ${error.message}`);
  }
}
