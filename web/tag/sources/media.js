// Camera, video, stream, element and picture as one kind of source: frames that come one by one.
//
// A source is {next(), close()}, a camera's also has ask(rate), for so many frames a second; next()
// promises the next frame, or null at the end. A video file's has `video`: it has a beginning,
// which comes when the first frame is asked for. A frame is {width, height, stamp(target, index),
// write(target, width, height), close()}; stamp() writes its time stamp in milliseconds into a
// Float64Array, and write() promises that its RGBA pixels, scaled to width x height, are in the
// Uint8Array `target`. Whatever the browser refuses rejects the promise.

import { fetchPicture, kind, pictureSource, stillSource } from './picture.js';
import { canvasSource, streamSource, videoSource, watched } from './video.js';

// `place` is a URL, a Blob, a MediaStream, or anything of the page that can be drawn. `single` means
// that one frame is enough.
export async function open(place, single) {
  if (typeof place === 'string' || place instanceof URL) return fileSource(String(place));
  if (place instanceof Blob) return fileSource(place);
  if (place instanceof MediaStream) return streamSource(place);
  if (place instanceof HTMLVideoElement) return single ? stillSource(place) : watched(place);
  if (place instanceof HTMLCanvasElement && !single) return canvasSource(place);
  return stillSource(place);
}

// What people call the thing at `place`.
export function nameOf(place) {
  if (typeof place === 'string') return place.split('/').at(-1) || place;
  return place?.name || place?.currentSrc?.split('/').at(-1) || `the ${kind(place)}`;
}

async function fileSource(place) {
  const url = typeof place === 'string' ? place : URL.createObjectURL(place);
  const release = () => typeof place === 'string' || URL.revokeObjectURL(url);
  try {
    const picture = await fetchPicture(url);
    const source = picture ? pictureSource(picture) : await videoSource(url);
    return { ...source, close: () => (source.close(), release()) };
  } catch (error) {
    release();
    throw error;
  }
}
