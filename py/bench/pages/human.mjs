// @vladmandic/human on the CPU: TensorFlow.js in WebAssembly, with BlazePose, face mesh with irises
// and both hands, and nothing else that it could do. It keeps boxes from frame to frame as it
// likes; only keeping landmarks of an older frame (skipTime) is turned off for body and hands.

import { Human } from './human/dist/human.esm.js';

const MODELS = new URL('human-models/models/', location.href).href;
const QUALITIES = ['lite', 'full'];

export async function create(complexity) {
  const quality = QUALITIES[complexity];
  const human = new Human({
    backend: 'wasm',
    wasmPath: new URL('tfjs-wasm/dist/', location.href).href,
    modelBasePath: MODELS,
    warmup: 'none',
    filter: { enabled: false },
    gesture: { enabled: false },
    face: { emotion: { enabled: false }, description: { enabled: false } },
    body: { modelPath: `blazepose-${quality}.json`, skipTime: 0, maxDetected: 1 },
    hand: {
      skeleton: { modelPath: `handlandmark-${quality}.json` },
      skipTime: 0,
      maxDetected: 2,
      minConfidence: 0.2, // with its own 0.5 it finds no hand of the clip, and saves their time
    },
  });
  await human.load();
  return async (frame) => {
    const image = await createImageBitmap(frame); // it knows no VideoFrame
    const { body, face, hand, error } = await human.detect(image);
    image.close();
    if (error) throw new Error(error);
    return { pose: body[0]?.keypoints, face: face[0]?.mesh, ...bySide(hand, body[0]) };
  };
}

// It does not say which hand is which: each goes to the nearer wrist.
function bySide(hands, body) {
  if (!body) return {};
  const wrist = (side) => body.keypoints.find(({ part }) => part === `${side}Wrist`).position;
  const far = ({ keypoints: [root] }, [x, y]) => Math.hypot(root[0] - x, root[1] - y);
  const found = {};
  for (const hand of hands.filter(({ keypoints }) => keypoints.length)) {
    const left = far(hand, wrist('left')) < far(hand, wrist('right'));
    found[left ? 'leftHand' : 'rightHand'] = hand.keypoints;
  }
  return found;
}
