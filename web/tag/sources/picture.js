// Pictures as sources of one frame: see media.js.

import { currentFrame, drawnFrame } from './frame.js';
import { absence, within } from './refusals.js';

const LARGE = 4096; // px: longer pictures are made smaller as they are decoded
const DECODED = 2048; // px: to this, which is more than any model looks at

// The picture at `url`, or null where something else is there: {blob, image, width, height}.
export async function fetchPicture(url) {
  const stop = new AbortController();
  try {
    const response = await within(fetch(url, { signal: stop.signal }), 'its server sent nothing');
    if (!response.ok) throw new Error(`the server answered ${response.status}`);
    if (response.headers.get('Content-Length') === '0') throw new Error('it is empty');
    const type = response.headers.get('Content-Type') ?? '';
    if (/^(video|audio|text)\//.test(type)) return null;
    const blob = await received(response, type);
    const picture = await pictureIn(blob);
    const format = picture ? null : await formatOf(blob);
    if (format) throw new Error(`it is ${format}, which this browser does not decode: convert it to JPEG`);
    return picture;
  } catch (error) {
    throw await absence(url, error);
  } finally {
    stop.abort();
  }
}

// The body of a response, however long it takes, as long as something comes.
async function received(response, type) {
  const reader = response.body.getReader();
  const chunks = [];
  for (;;) {
    const { done, value } = await within(reader.read(), 'no more of it came');
    if (done) return new Blob(chunks, { type });
    chunks.push(value);
  }
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

async function pictureIn(blob) {
  const image = new Image();
  image.src = URL.createObjectURL(blob);
  try {
    await new Promise((resolve, reject) => Object.assign(image, { onload: resolve, onerror: reject }));
    return { blob, image, width: image.naturalWidth, height: image.naturalHeight };
  } catch {
    return null;
  } finally {
    URL.revokeObjectURL(image.src);
  }
}

// It is decoded when it is asked for: many pictures may wait for the tracker, and only one is large.
export function pictureSource({ blob, image, width, height }) {
  return oneFrame(async () => decoded(await bitmapOf(blob, image, sizeFor(width, height)), width, height));
}

// Some browsers show what they do not make a bitmap of: drawings, and what is there of a cut picture.
async function bitmapOf(blob, image, size) {
  return createImageBitmap(blob, size).catch((error) => image ?? Promise.reject(error));
}

function decoded(bitmap, width, height) {
  return { ...drawnFrame(bitmap, width, height, 0), close: () => bitmap.close?.() };
}

// A very large picture is made smaller as it is decoded.
function sizeFor(width, height) {
  if (Math.max(width, height) <= LARGE) return {};
  const scale = DECODED / Math.max(width, height);
  const size = { resizeWidth: Math.ceil(width * scale), resizeHeight: Math.ceil(height * scale) };
  return { ...size, resizeQuality: 'high' };
}

// A source that has its frame: `still` says that nobody need wait for it.
function oneFrame(make) {
  const left = [make];
  return { still: true, next: async () => left.pop()?.() ?? null, close() {} };
}

// Something of the page, as it is now.
export async function stillSource(place) {
  if (place instanceof HTMLImageElement) await loaded(place);
  const width = place?.naturalWidth ?? place?.videoWidth ?? place?.displayWidth ?? place?.width;
  const height = place?.naturalHeight ?? place?.videoHeight ?? place?.displayHeight ?? place?.height;
  if (!(width > 0 && height > 0)) throw new TypeError(`src cannot be ${kind(place)}, or it is empty`);
  if (place instanceof HTMLVideoElement) return oneFrame(() => shownBy(place));
  if (!(place instanceof ImageData)) return oneFrame(() => drawnFrame(place, width, height, 0));
  return pictureSource({ blob: place, image: null, width, height });
}

// A picture out of sight that says loading="lazy" never loads by itself.
async function loaded(image) {
  if (!image.currentSrc && !image.src && !image.srcset) throw new TypeError('src is a picture without a src');
  image.loading = 'eager';
  const url = image.currentSrc || image.src;
  try {
    await within(image.decode(), 'it did not load');
  } catch (error) {
    throw (error.name === 'not-arrived' || !url ? null : await unreadable(url)) ?? error;
  }
}

// Why the page cannot read what is there; null where it can.
async function unreadable(url) {
  const stop = new AbortController();
  const asked = fetch(url, { signal: stop.signal });
  const answer = await within(asked, 'its server sent nothing').catch((error) => absence(url, error));
  stop.abort();
  if (answer instanceof Error) return answer;
  return answer.ok ? null : new Error(`the server answered ${answer.status}`);
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
  return place?.localName ?? place?.constructor?.name ?? 'nothing';
}
