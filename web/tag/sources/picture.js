// Pictures as sources of one frame: see media.js.

import { currentFrame, drawnFrame } from './frame.js';

const LARGE = 4096; // px: longer pictures are made smaller as they are decoded
const DECODED = 2048; // px: to this, which is more than any model looks at

// The picture at `url`, or null where something else is there: {bitmap, width, height}, whose bitmap
// is smaller than width x height if that is very large, or an image.
export async function fetchPicture(url) {
  const stop = new AbortController();
  const response = await fetch(url, { signal: stop.signal });
  if (!response.ok) throw new Error(`the server answered ${response.status}`);
  if (/^(video|audio|text)\//.test(response.headers.get('Content-Type'))) {
    stop.abort();
    return null;
  }
  const blob = await response.blob();
  const picture = await decodePicture(blob);
  const format = picture ? null : await formatOf(blob);
  if (format) throw new Error(`it is ${format}, which this browser does not decode: convert it to JPEG`);
  return picture;
}

const BRANDS = { heic: 'HEIC', heix: 'HEIC', hevc: 'HEIC', hevx: 'HEIC', mif1: 'HEIC', msf1: 'HEIC', avif: 'AVIF', avis: 'AVIF' };
/** @type {[RegExp, string][]} */
const SIGNATURES = [
  [/^(II\*\0|MM\0\*)/, 'TIFF'],
  [/^(\xff\n|\0\0\0\fJXL )/, 'JPEG XL'],
  [/^(\xff\x4f\xff\x51|\0\0\0\fjP {2})/, 'JPEG 2000'],
  [/^8BPS/, 'a Photoshop document'],
];

// The name of a picture's format that not all browsers decode, by its first bytes; else undefined.
async function formatOf(blob) {
  const bytes = new Uint8Array(await blob.slice(0, 12).arrayBuffer());
  const head = String.fromCharCode(...bytes);
  if (head.slice(4, 8) === 'ftyp') return BRANDS[head.slice(8)];
  return SIGNATURES.find(([signature]) => signature.test(head))?.[1];
}

async function decodePicture(blob) {
  const image = new Image();
  image.src = URL.createObjectURL(blob);
  try {
    await new Promise((resolve, reject) => Object.assign(image, { onload: resolve, onerror: reject }));
    const { naturalWidth: width, naturalHeight: height } = image;
    const scale = DECODED / Math.max(width, height);
    const small = { resizeWidth: Math.ceil(width * scale), resizeHeight: Math.ceil(height * scale) };
    const options = Math.max(width, height) > LARGE ? { ...small, resizeQuality: 'high' } : {};
    // Some browsers show what they do not make a bitmap of: drawings, and what is there of a cut picture.
    const bitmap = await createImageBitmap(blob, options).catch(() => image);
    return { bitmap, width, height };
  } catch {
    return null;
  } finally {
    URL.revokeObjectURL(image.src);
  }
}

export function pictureSource({ bitmap, width, height }) {
  return oneFrame(drawnFrame(bitmap, width, height, 0), () => bitmap.close?.());
}

function oneFrame(frame, close) {
  const left = [frame];
  return { next: async () => left.pop() ?? null, close };
}

// Something of the page, as it is now.
export async function stillSource(place) {
  if (place instanceof HTMLImageElement) await place.decode();
  const width = place?.naturalWidth ?? place?.videoWidth ?? place?.displayWidth ?? place?.width;
  const height = place?.naturalHeight ?? place?.videoHeight ?? place?.displayHeight ?? place?.height;
  if (!(width > 0 && height > 0)) throw new TypeError(`src cannot be ${kind(place)}, or it is empty`);
  if (place instanceof HTMLVideoElement) return oneFrame(await shownBy(place), () => {});
  if (!(place instanceof ImageData)) return oneFrame(drawnFrame(place, width, height, 0), () => {});
  return pictureSource({ bitmap: await createImageBitmap(place), width, height });
}

const PATIENCE = 1000; // ms that a video may take to show what it has loaded
const GLANCE = 15; // ms between two looks

async function shownBy(video) {
  for (let waited = 0; waited < PATIENCE; waited += GLANCE) {
    const frame = currentFrame(video);
    if (frame) return frame;
    await new Promise((resolve) => setTimeout(resolve, GLANCE));
  }
  throw new TypeError('src is a video that shows nothing yet: wait for its event "loadeddata"');
}

export function kind(place) {
  return place?.localName ?? place?.constructor?.name ?? typeof place;
}
