// Pictures as sources of one frame: see media.js.

import { drawnFrame } from './frame.js';

const LARGE = 4096; // px: longer pictures are made smaller as they are decoded
const DECODED = 2048; // px: to this, which is more than any model looks at

// The picture at `url`, or null where something else is there: {bitmap, width, height}, whose bitmap
// is smaller than width x height if that is very large.
export async function fetchPicture(url) {
  const stop = new AbortController();
  const response = await fetch(url, { signal: stop.signal });
  if (!response.ok) throw new Error(`the server answered ${response.status}`);
  if (/^(video|audio|text)\//.test(response.headers.get('Content-Type'))) {
    stop.abort();
    return null;
  }
  return decodePicture(await response.blob());
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
    return { bitmap: await createImageBitmap(blob, options), width, height };
  } catch {
    return null;
  } finally {
    URL.revokeObjectURL(image.src);
  }
}

export function pictureSource({ bitmap, width, height }) {
  return oneFrame(drawnFrame(bitmap, width, height, 0), () => bitmap.close());
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
  if (!(place instanceof ImageData)) return oneFrame(drawnFrame(place, width, height, 0), () => {});
  return pictureSource({ bitmap: await createImageBitmap(place), width, height });
}

export function kind(place) {
  return place?.localName ?? place?.constructor?.name ?? typeof place;
}
