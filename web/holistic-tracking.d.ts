// Types of the tag <holistic-tracking>; docs/embedding.md tells what everything means.

export type FacingMode = 'user' | 'environment';

export type Part = 'pose' | 'face' | 'leftHand' | 'rightHand';

/** ARKit's names, but for its tongueOut; `_neutral` says how little expression there is. */
export type Blendshape =
  | '_neutral'
  | 'browDownLeft'
  | 'browDownRight'
  | 'browInnerUp'
  | 'browOuterUpLeft'
  | 'browOuterUpRight'
  | 'cheekPuff'
  | 'cheekSquintLeft'
  | 'cheekSquintRight'
  | 'eyeBlinkLeft'
  | 'eyeBlinkRight'
  | 'eyeLookDownLeft'
  | 'eyeLookDownRight'
  | 'eyeLookInLeft'
  | 'eyeLookInRight'
  | 'eyeLookOutLeft'
  | 'eyeLookOutRight'
  | 'eyeLookUpLeft'
  | 'eyeLookUpRight'
  | 'eyeSquintLeft'
  | 'eyeSquintRight'
  | 'eyeWideLeft'
  | 'eyeWideRight'
  | 'jawForward'
  | 'jawLeft'
  | 'jawOpen'
  | 'jawRight'
  | 'mouthClose'
  | 'mouthDimpleLeft'
  | 'mouthDimpleRight'
  | 'mouthFrownLeft'
  | 'mouthFrownRight'
  | 'mouthFunnel'
  | 'mouthLeft'
  | 'mouthLowerDownLeft'
  | 'mouthLowerDownRight'
  | 'mouthPressLeft'
  | 'mouthPressRight'
  | 'mouthPucker'
  | 'mouthRight'
  | 'mouthRollLower'
  | 'mouthRollUpper'
  | 'mouthShrugLower'
  | 'mouthShrugUpper'
  | 'mouthSmileLeft'
  | 'mouthSmileRight'
  | 'mouthStretchLeft'
  | 'mouthStretchRight'
  | 'mouthUpperUpLeft'
  | 'mouthUpperUpRight'
  | 'noseSneerLeft'
  | 'noseSneerRight';

export interface Person {
  /** The same from frame to frame; below zero where only hands are known. */
  id: number;
  /** 33 x (x, y, z, visibility, presence). */
  pose: Float32Array | null;
  /** 33 x (x, y, z) in metres. */
  poseWorld: Float32Array | null;
  /** 468 x (x, y, z). */
  face: Float32Array | null;
  /** 10 x (x, y, z): the right iris, its centre first, then the left one. */
  irises: Float32Array | null;
  /** How much of each blendshape the face shows, 0 to 1; null unless the attribute asks for them. */
  blendshapes: Record<Blendshape, number> | null;
  /** Whether they are rough, as the attribute's word "approximate" asks; some are always 0 then. */
  blendshapesApproximate: boolean;
  /** 21 x (x, y, z), as every hand. */
  leftHand: Float32Array | null;
  rightHand: Float32Array | null;
  leftHandWorld: Float32Array | null;
  rightHandWorld: Float32Array | null;
  /** How much the hand looks like a left one, 0 to 1. */
  leftHandedness: number | null;
  rightHandedness: number | null;
  /** How sure the tracker is of each part, 0 to 1; 0 of a hand that is carried on. */
  scores: Record<'pose' | 'face' | 'leftHand' | 'rightHand', number | null>;
  /** The hands that were not found and are carried on (attribute `carry`). */
  predicted: ('leftHand' | 'rightHand')[];
  /** Where the head is turned to; null without a face. */
  head: Head | null;
  /** The rotations of a humanoid's bones (VRM 1.0), with the attribute `rotations`. */
  bones: Record<Bone, Quaternion> | null;
  /** Metres to the person's left, up and to the camera from where the hips were first. */
  hipsPosition: Float32Array | null;
}

export interface Head {
  /** Row by row; its columns are the head's left, downward and backward direction in the frame. */
  matrix: number[];
  /** Degrees; positive to the person's own left. */
  yaw: number;
  /** Positive upwards. */
  pitch: number;
  /** Positive towards the own left shoulder. */
  roll: number;
}

/** x, y, z, w, in the bone's parent; 0, 0, 0, 1 in the T-pose. */
export type Quaternion = [number, number, number, number];

type Finger = 'Index' | 'Middle' | 'Ring' | 'Little';
type Phalanx = 'Proximal' | 'Intermediate' | 'Distal';
type SideBone =
  | 'Eye'
  | 'UpperLeg'
  | 'LowerLeg'
  | 'Foot'
  | 'Toes'
  | 'Shoulder'
  | 'UpperArm'
  | 'LowerArm'
  | 'Hand'
  | 'ThumbMetacarpal'
  | 'ThumbProximal'
  | 'ThumbDistal'
  | `${Finger}${Phalanx}`;

/** The names of VRM 1.0. */
export type Bone =
  | 'hips'
  | 'spine'
  | 'chest'
  | 'upperChest'
  | 'neck'
  | 'head'
  | `${'left' | 'right'}${SideBone}`;

/** Milliseconds of a part: in all, in crops and in networks. */
export interface Times {
  total: number;
  warp: number;
  network: number;
}

export interface Landmarks {
  /** Counts the source's frames, from 1. */
  frame: number;
  /** Milliseconds. */
  timestamp: number;
  width: number;
  height: number;
  /** Milliseconds from the frame's arrival to its landmarks. */
  latency: number;
  /** False for a camera's frame that came before `ready`: some parts were not looked for yet. */
  complete: boolean;
  times: Record<Part, Times>;
  /** Whether nothing has moved: the people are as in the frame before (attribute `still`). */
  still: boolean;
  /** The parts that were not computed in this frame: carried on at this level, or still. */
  skipped: Part[];
  people: Person[];
}

export interface Ready {
  bytes: number;
  files: string[];
  time: number;
  /** Whether there is shared memory. */
  shared: boolean;
  workers: number;
}

export interface Progress {
  part: 'runtime' | 'packages' | 'models';
  loaded: number;
  total: number;
}

export type State = 'idle' | 'opening' | 'running' | 'waiting' | 'ended';
export type Variant = 'auto' | 'float' | 'int8' | 'pruned' | 'pruned_int8';
export type Effort = 'full' | 'lite' | 'sparse' | 'alternate' | 'simple';

export type FaultCode =
  | 'bad-file'
  | 'bad-setting'
  | 'bad-source'
  | 'camera-busy'
  | 'camera-denied'
  | 'camera-lost'
  | 'cut-file'
  | 'insecure'
  | 'model-corrupt'
  | 'model-missing'
  | 'no-camera'
  | 'no-document'
  | 'no-frame-memory'
  | 'no-simd'
  | 'no-webassembly'
  | 'not-arrived'
  | 'not-shared'
  | 'out-of-memory'
  | 'runtime-failed'
  | 'stream-ended'
  | 'worker-died'
  | 'worker-stuck';

export interface Fault {
  code: FaultCode;
  message: string;
}

/** Whatever can be drawn, but for a video, which is watched as it plays. */
export type Picture =
  | HTMLImageElement
  | HTMLCanvasElement
  | OffscreenCanvas
  | ImageBitmap
  | ImageData
  | VideoFrame;
export type Source = string | URL | Blob | MediaStream | HTMLVideoElement | Picture;

export interface HolisticTrackingEventMap {
  landmarks: CustomEvent<Landmarks>;
  ready: CustomEvent<Ready>;
  progress: CustomEvent<Progress>;
  state: CustomEvent<{ state: State }>;
  level: CustomEvent<{ level: Effort; reason: string }>;
  error: CustomEvent<Fault>;
}

export class HolisticTracking extends HTMLElement {
  get src(): Source | null;
  set src(place: Source | null);
  parts: string;
  people: number;
  complexity: number;
  variant: Variant;
  workers: number;
  irises: number;
  carry: number;
  rotations: number;
  blendshapes: number | 'approximate';
  /** 1, the default: a frame in which nothing has moved is not computed, and its event says so. */
  still: number;
  level: 'auto' | Effort;
  overlay: string;
  /** Whether the picture is mirrored: it is where the attribute is there and not 0. */
  mirror: boolean;
  /** The id of a camera, as enumerateDevices tells it; or "user" or "environment", as facingMode. */
  camera: string;
  /** What the camera faces, where there are several and `camera` does not say which. */
  facingMode: FacingMode;
  /** Such as '1280x720'. */
  resolution: string;
  readonly state: State;
  readonly ready: Ready | null;
  readonly fault: Fault | null;

  start(): void;
  stop(): void;
  load(): void;
  /** Rejects with an Error that has the `code` of a fault. */
  detect(image: Source): Promise<Landmarks>;
  frame(): ImageData | null;
  /** What the tag draws, mirrored if it is; a frame for each that it shows unless told otherwise. */
  captureStream(frameRate?: number): MediaStream;

  addEventListener<K extends keyof HolisticTrackingEventMap>(
    type: K,
    listener: (this: HolisticTracking, event: HolisticTrackingEventMap[K]) => unknown,
    options?: boolean | AddEventListenerOptions,
  ): void;
  addEventListener(
    type: string,
    listener: EventListenerOrEventListenerObject,
    options?: boolean | AddEventListenerOptions,
  ): void;
  removeEventListener<K extends keyof HolisticTrackingEventMap>(
    type: K,
    listener: (this: HolisticTracking, event: HolisticTrackingEventMap[K]) => unknown,
    options?: boolean | EventListenerOptions,
  ): void;
  removeEventListener(
    type: string,
    listener: EventListenerOrEventListenerObject,
    options?: boolean | EventListenerOptions,
  ): void;
}

declare global {
  interface HTMLElementTagNameMap {
    'holistic-tracking': HolisticTracking;
  }
}
