// The legacy @mediapipe/holistic with inference on the CPU: an option that it has and does not
// document. An ImageBitmap is the quickest of the pictures that it takes.

export async function create(complexity) {
  await loadScript('legacy/holistic.js');
  const holistic = new globalThis.Holistic({ locateFile: (name) => `legacy/${name}` });
  let result;
  holistic.onResults((found) => {
    result = found;
  });
  holistic.setOptions({ modelComplexity: complexity, useCpuInference: true });
  await holistic.initialize();
  return async (frame) => {
    const image = await createImageBitmap(frame);
    await holistic.send({ image });
    image.close();
    return {
      pose: result.poseLandmarks,
      face: result.faceLandmarks,
      leftHand: result.leftHandLandmarks,
      rightHand: result.rightHandLandmarks,
    };
  };
}

function loadScript(src) {
  return new Promise((resolve, reject) => {
    const script = Object.assign(document.createElement('script'), { src });
    script.onload = resolve;
    script.onerror = reject;
    document.head.append(script);
  });
}
