// What browsers have and TypeScript's own description of them has not: experimental interfaces, and
// the files that the build puts beside ours.

interface Performance {
  measureUserAgentSpecificMemory?(): Promise<{ bytes: number }>;
}

declare class MediaStreamTrackProcessor {
  constructor(options: { track: MediaStreamTrack; maxBufferSize?: number });
  readonly readable: ReadableStream<VideoFrame>;
}

declare class MediaStreamTrackGenerator extends MediaStreamTrack {
  constructor(options: { kind: 'audio' | 'video' });
  readonly writable: WritableStream<VideoFrame>;
}

/** Where a page demands Trusted Types. */
declare var trustedTypes: any;

/** Pyodide's own, from pyodide.asm.js. */
declare var _createPyodideModule: (settings: any) => Promise<any>;

declare module '*/pyodide.asm.js';

declare module '*/pyodide.js' {
  export function loadPyodide(settings: object): Promise<any>;
}

declare module '*/pyodide.mjs' {
  export { loadPyodide } from '*/pyodide.js';
}

declare module '*/micropython.js' {
  export function loadMicroPython(settings: object): Promise<any>;
}

/** PyScript, which starts when it is imported. */
declare module '*/core.js';

declare module '*/human.esm.js' {
  export const Human: any;
}

declare module '*/litert/dist/index.js' {
  export const loadAndCompile: any;
  export const loadLiteRt: any;
  export const Tensor: any;
}

declare module '*/vision_bundle.mjs' {
  export const FilesetResolver: any;
  export const HolisticLandmarker: any;
}

/** three, its reader of glTF files and three-vrm: whatever they export. */
declare module '*/three.module.js';
declare module '*/GLTFLoader.js';
declare module '*/three-vrm.module.min.js';
