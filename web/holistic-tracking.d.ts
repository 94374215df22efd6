// Types of the tag <holistic-tracking>; docs/embedding.md tells what everything means.

export type Part = 'pose' | 'face' | 'leftHand' | 'rightHand';

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
  /** 21 x (x, y, z), as every hand. */
  leftHand: Float32Array | null;
  rightHand: Float32Array | null;
  leftHandWorld: Float32Array | null;
  rightHandWorld: Float32Array | null;
  /** How much the hand looks like a left one, 0 to 1. */
  leftHandedness: number | null;
  rightHandedness: number | null;
  /** How sure the tracker is of each part, 0 to 1. */
  scores: Record<'pose' | 'face' | 'leftHand' | 'rightHand', number | null>;
}

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
export type Effort = 'full' | 'lite' | 'sparse' | 'simple';

export type FaultCode =
  | 'bad-file'
  | 'bad-setting'
  | 'bad-source'
  | 'camera-busy'
  | 'camera-denied'
  | 'camera-lost'
  | 'insecure'
  | 'model-corrupt'
  | 'model-missing'
  | 'no-camera'
  | 'no-document'
  | 'no-simd'
  | 'no-webassembly'
  | 'out-of-memory'
  | 'runtime-failed'
  | 'worker-died'
  | 'worker-stuck';

export interface Fault {
  code: FaultCode;
  message: string;
}

/** Whatever can be drawn, but for a video, which is watched as it plays. */
export type Picture = HTMLImageElement | HTMLCanvasElement | OffscreenCanvas | ImageBitmap | ImageData;
export type Source = string | Blob | MediaStream | HTMLVideoElement | Picture;

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
  level: 'auto' | Effort;
  overlay: string;
  mirror: boolean;
  /** The id of a camera, as enumerateDevices tells it. */
  camera: string;
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
  frame(): { width: number; height: number; data: Uint8Array } | null;

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
