// Made by py/builder/constants.py of holistic/shared and tag/faults.py: change those, and build.

// Where everything is: see layout.py.
export const LAYOUT = {
  SLOTS: 5,
  MAX_IN_FLIGHT: 2,
  MAX_WORKERS: 4,
  WORKERS: 3,
  SIGNAL: 0,
  MAIL: 1,
  DOORBELL_WORDS: 5,
  LEVEL: 0,
  STATE: 1,
  CONTROL_WORDS: 6,
  FREE: 0,
  WRITING: 256,
  READY: 512,
  DONE: 768,
  BUSY: 1024,
  KINDS: 1792,
  FRAME: 0,
  TIMESTAMP: 1,
  WIDTH: 2,
  HEIGHT: 3,
  HEADER_WORDS: 4,
  POSE_POINTS: 33,
  FACE_POINTS: 468,
  IRIS_POINTS: 10,
  BLENDSHAPE_COUNT: 52,
  HAND_POINTS: 21,
  POSE_VALUES: 5,
  MAX_PEOPLE: 16,
  TIMES: 0,
  TIME_VALUES: 4,
  SKIPPED: 3,
  HEAD_FLOATS: 20,
  POSE: 0,
  POSE_LANDMARKS: 1,
  POSE_WORLD: 166,
  FACE: 265,
  FACE_LANDMARKS: 266,
  IRISES: 1670,
  BLENDSHAPES: 1700,
  LEFT_HAND: 1752,
  HAND_HANDEDNESS: 1,
  HAND_PREDICTED: 2,
  HAND_LANDMARKS: 3,
  HAND_WORLD: 66,
  HAND_FLOATS: 129,
  RIGHT_HAND: 1881,
  PERSON_ID: 2010,
  BONES: 54,
  ROTATIONS: 2011,
  HIPS_POSITION: 2227,
  PERSON_FLOATS: 2230,
  HEADERS_OFFSET: 24,
  RECORDS_OFFSET: 184
};

// How frames are compared: see stillness.py.
export const STILLNESS = {
  BLOCKS_ACROSS: 40,
  BLOCKS_DOWN: 30,
  SAMPLES: 8,
  NOISE: 7,
  LEAST_CHANGE: 2.5,
  MOST_CHANGE: 10,
  SETTLING: 2,
  SEARCHING: 6,
  LONGEST: 60
};

// In the order of the layout.
export const PARTS = [
  "pose",
  "face",
  "left_hand",
  "right_hand"
];

// Of a humanoid, in the order of the layout.
export const BONES = [
  "hips",
  "spine",
  "chest",
  "upperChest",
  "neck",
  "head",
  "leftEye",
  "rightEye",
  "leftUpperLeg",
  "leftLowerLeg",
  "leftFoot",
  "leftToes",
  "rightUpperLeg",
  "rightLowerLeg",
  "rightFoot",
  "rightToes",
  "leftShoulder",
  "leftUpperArm",
  "leftLowerArm",
  "leftHand",
  "rightShoulder",
  "rightUpperArm",
  "rightLowerArm",
  "rightHand",
  "leftThumbMetacarpal",
  "leftThumbProximal",
  "leftThumbDistal",
  "rightThumbMetacarpal",
  "rightThumbProximal",
  "rightThumbDistal",
  "leftIndexProximal",
  "leftIndexIntermediate",
  "leftIndexDistal",
  "rightIndexProximal",
  "rightIndexIntermediate",
  "rightIndexDistal",
  "leftMiddleProximal",
  "leftMiddleIntermediate",
  "leftMiddleDistal",
  "rightMiddleProximal",
  "rightMiddleIntermediate",
  "rightMiddleDistal",
  "leftRingProximal",
  "leftRingIntermediate",
  "leftRingDistal",
  "rightRingProximal",
  "rightRingIntermediate",
  "rightRingDistal",
  "leftLittleProximal",
  "leftLittleIntermediate",
  "leftLittleDistal",
  "rightLittleProximal",
  "rightLittleIntermediate",
  "rightLittleDistal"
];

// In the order of the record.
export const BLENDSHAPES = [
  "_neutral",
  "browDownLeft",
  "browDownRight",
  "browInnerUp",
  "browOuterUpLeft",
  "browOuterUpRight",
  "cheekPuff",
  "cheekSquintLeft",
  "cheekSquintRight",
  "eyeBlinkLeft",
  "eyeBlinkRight",
  "eyeLookDownLeft",
  "eyeLookDownRight",
  "eyeLookInLeft",
  "eyeLookInRight",
  "eyeLookOutLeft",
  "eyeLookOutRight",
  "eyeLookUpLeft",
  "eyeLookUpRight",
  "eyeSquintLeft",
  "eyeSquintRight",
  "eyeWideLeft",
  "eyeWideRight",
  "jawForward",
  "jawLeft",
  "jawOpen",
  "jawRight",
  "mouthClose",
  "mouthDimpleLeft",
  "mouthDimpleRight",
  "mouthFrownLeft",
  "mouthFrownRight",
  "mouthFunnel",
  "mouthLeft",
  "mouthLowerDownLeft",
  "mouthLowerDownRight",
  "mouthPressLeft",
  "mouthPressRight",
  "mouthPucker",
  "mouthRight",
  "mouthRollLower",
  "mouthRollUpper",
  "mouthShrugLower",
  "mouthShrugUpper",
  "mouthSmileLeft",
  "mouthSmileRight",
  "mouthStretchLeft",
  "mouthStretchRight",
  "mouthUpperUpLeft",
  "mouthUpperUpRight",
  "noseSneerLeft",
  "noseSneerRight"
];

// Of the models.
export const VARIANTS = [
  "auto",
  "float",
  "int8",
  "pruned",
  "pruned_int8"
];

// Of effort, the greatest first.
export const LEVELS = [
  "full",
  "lite",
  "sparse",
  "alternate",
  "simple"
];

// The variant, and the level, that is chosen by itself.
export const AUTO = "auto";

// What asks for rough blendshapes.
export const APPROXIMATE = "approximate";

// By code: what follows, and the sentence.
export const FAULTS = {
  "no-camera": {
    follows: [
      "of-the-source",
      "camera-may-come"
    ],
    sentence: "No camera was found. Connect one and it starts, or choose a picture or a video."
  },
  "camera-denied": {
    follows: [
      "of-the-source",
      "camera-may-come"
    ],
    sentence: "The camera was refused. Allow it for this page in the address bar, or choose a picture or a video."
  },
  "camera-busy": {
    follows: [
      "of-the-source"
    ],
    sentence: "The camera did not start: another program may be using it. Close that one and start again."
  },
  "camera-lost": {
    follows: [
      "of-the-source",
      "camera-may-come"
    ],
    sentence: "The camera stopped. Connect it again and it goes on."
  },
  "bad-file": {
    follows: [
      "of-the-source"
    ],
    sentence: "{name} is not a picture or a video that this browser can show ({reason}). Choose another one."
  },
  "cut-file": {
    follows: [
      "of-the-source"
    ],
    sentence: "{name} breaks off: {reason}. Copy or download it again, whole."
  },
  "not-arrived": {
    follows: [
      "of-the-source"
    ],
    sentence: "{name} did not arrive: {reason}. See that its server answers, and start again."
  },
  "not-shared": {
    follows: [
      "of-the-source"
    ],
    sentence: "{name} is of another site, which does not let this page read it ({reason}). Its server must send Access-Control-Allow-Origin, and an element that shows it needs the attribute crossorigin."
  },
  "stream-ended": {
    follows: [
      "of-the-source"
    ],
    sentence: "The MediaStream has ended ({reason}). Give one whose track is live."
  },
  "no-frame-memory": {
    follows: [
      "of-the-source"
    ],
    sentence: "The browser has no memory left for frames ({reason}). Close other tabs or programs and start again."
  },
  "bad-source": {
    follows: [
      "of-the-source"
    ],
    sentence: "{reason}. Give a URL, a file, a MediaStream, or a video, picture or canvas."
  },
  "bad-setting": {
    follows: [],
    sentence: "{name} cannot be \"{text}\": it must be {expected}. Now it is \"{fallback}\"."
  },
  insecure: {
    follows: [],
    sentence: "This page has no access to cameras, because it came over an insecure connection. Serve it over https, or from localhost."
  },
  "no-document": {
    follows: [],
    sentence: "There is no document here, as on a server or in a worker. Start the tracker in the page."
  },
  "no-webassembly": {
    follows: [],
    sentence: "This browser has no WebAssembly, or it is switched off. Switch it on, or use a current version of Chrome, Edge, Firefox or Safari."
  },
  "no-simd": {
    follows: [],
    sentence: "This browser's WebAssembly has no SIMD, which the models need. Use a current version of Chrome, Edge, Firefox or Safari."
  },
  "out-of-memory": {
    follows: [
      "retry"
    ],
    sentence: "The browser has no memory left for the tracker ({reason}). Close other tabs or programs and load it again."
  },
  "model-missing": {
    follows: [
      "unready",
      "retry"
    ],
    sentence: "The model file {name} is not there ({reason}). {repair}, and load it again."
  },
  "model-corrupt": {
    follows: [
      "unready",
      "retry"
    ],
    sentence: "The model file {name} arrived damaged ({reason}). Load it again; if that does not help: {repair}."
  },
  "runtime-failed": {
    follows: [
      "unready",
      "retry"
    ],
    sentence: "The tracker did not start: {reason}. Load it again; if that does not help: {repair}."
  },
  "worker-stuck": {
    follows: [
      "unready",
      "passing"
    ],
    sentence: "A worker did not go on. Another takes its place, and tracking goes on."
  },
  "worker-died": {
    follows: [
      "unready",
      "passing"
    ],
    sentence: "A worker stopped. Another takes its place, and tracking goes on."
  }
};
