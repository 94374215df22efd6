// Types of the tracker without a tag; docs/npm.md tells what everything means.

import type { Effort, FacingMode, HolisticTrackingEventMap, Landmarks, Ready, Source, Variant } from './holistic-tracking.js';

export type FoundPart = 'pose' | 'face' | 'hands' | 'left-hand' | 'right-hand';

export interface HolisticTrackerOptions {
  /** What is found: all of it where nothing is said. */
  parts?: FoundPart[] | string;
  /** How many people at the most, 1 to 16; 1 where nothing is said. */
  people?: number;
  /** 0, the light networks, or 1, the full ones, which are the default. */
  complexity?: 0 | 1;
  /** The models; `auto` where nothing is said. */
  variant?: Variant;
  /** How many Web Workers share the work, 1 to 4; 3 where nothing is said. */
  workers?: number;
  /** Irises, and finer eyes and lips. */
  refineFace?: boolean;
  /** The 52 blendshapes of a face's expression; "approximate" is rough, for slow machines. */
  blendshapes?: boolean | 'approximate';
  /** A hand that is lost goes on with its wrist for up to 150 ms. */
  carryHands?: boolean;
  /** The rotations of a humanoid's bones. */
  rotations?: boolean;
  /** Whether a frame in which nothing has moved repeats the last result, as it does by itself. */
  skipStill?: boolean;
  level?: 'auto' | Effort;
  /** Of the source "camera": the id of a device, as enumerateDevices tells it. */
  camera?: string;
  /** Of the source "camera": what it faces, where `camera` does not say which. */
  facingMode?: FacingMode;
  /** Of the source "camera", such as '1280x720'. */
  resolution?: string;
}

export class HolisticTracker extends EventTarget {
  /** Throws a TypeError that names an option, or its value, that there is not. */
  constructor(options?: HolisticTrackerOptions);
  /** The detail of the `ready` event while it holds. */
  readonly ready: Ready | null;
  /** Promises that everything is loaded. */
  load(): Promise<Ready>;
  /** Rejects with an Error that has the `code` of a fault, as the others do. */
  detect(image: Source): Promise<Landmarks>;
  /** The promise is kept at the end of the source, or when stop() is called. */
  track(source: Source, callback: (result: Landmarks) => unknown): Promise<void>;
  frames(source: Source): AsyncGenerator<Landmarks, void, void>;
  stop(): void;
  /** A copy of the frame of the result that is being handed on. */
  frame(): ImageData | null;
  close(): void;

  addEventListener<K extends keyof HolisticTrackingEventMap>(
    type: K,
    listener: (this: HolisticTracker, event: HolisticTrackingEventMap[K]) => unknown,
    options?: boolean | AddEventListenerOptions,
  ): void;
  addEventListener(
    type: string,
    listener: EventListenerOrEventListenerObject | null,
    options?: boolean | AddEventListenerOptions,
  ): void;
  removeEventListener<K extends keyof HolisticTrackingEventMap>(
    type: K,
    listener: (this: HolisticTracker, event: HolisticTrackingEventMap[K]) => unknown,
    options?: boolean | EventListenerOptions,
  ): void;
  removeEventListener(
    type: string,
    listener: EventListenerOrEventListenerObject | null,
    options?: boolean | EventListenerOptions,
  ): void;
}
