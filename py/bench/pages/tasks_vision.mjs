// MediaPipe Tasks' HolisticLandmarker, on the CPU. It takes the camera's frame as it is.

import { FilesetResolver, HolisticLandmarker } from './tasks-vision/vision_bundle.mjs';

export async function create(complexity) {
  const files = await FilesetResolver.forVisionTasks('tasks-vision/wasm');
  const landmarker = await HolisticLandmarker.createFromOptions(files, {
    baseOptions: { modelAssetPath: `holistic_${complexity}.task`, delegate: 'CPU' },
    runningMode: 'VIDEO',
  });
  return (frame, timestamp) => {
    const result = landmarker.detectForVideo(frame, timestamp);
    return {
      pose: result.poseLandmarks[0],
      face: result.faceLandmarks[0],
      leftHand: result.leftHandLandmarks[0],
      rightHand: result.rightHandLandmarks[0],
    };
  };
}
