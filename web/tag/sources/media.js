// Camera, video, stream, element and picture as one kind of source: frames that come one by one.
//
// A source is {next(), close()}, a camera's also has ask(rate), for so many frames a second, and its
// next(earliest) lets go of frames that come before that time; next() promises the next frame, or null
// at the end. A video file's has `video`: it has a beginning,
// which comes when the first frame is asked for. A frame is {width, height, stamp(target, index),
// write(target, width, height), close()}; stamp() writes its time stamp in milliseconds into a
// Float64Array, and write() promises that its RGBA pixels, scaled to width x height, are in the
// Uint8Array `target`. Whatever the browser refuses rejects the promise; where we know why, the name
// of the error is the code of a fault. No promise waits for ever, unless it is for somebody to draw on a
// canvas, to play a video element of the page, or to allow the camera.

import { cutOff } from './cut.js';
import { refusal, within } from './refusals.js';
import { fetchPicture, kind, pictureSource, stillSource } from './picture.js';
import { canvasSource, showing, streamSource, videoSource, watched } from './video.js';

// `place` is a URL, a Blob, a MediaStream, or anything of the page that can be drawn. `single` means
// that one frame is enough.
export async function open(place, single) {
  if (typeof place === 'string' || place instanceof URL) return fileSource(addressed(String(place)));
  if (place instanceof Blob) return fileSource(place);
  if (place instanceof MediaStream) return streamSource(place);
  if (place instanceof HTMLVideoElement && !single) return watched(place);
  if (place instanceof HTMLVideoElement) await showing(place);
  const drawn = place instanceof HTMLCanvasElement && place.width > 0 && place.height > 0;
  if (drawn && !single) return canvasSource(place);
  return stillSource(place);
}

// A source of which one frame is wanted, when that has come.
export async function holding(source) {
  if (source.still) return source;
  try {
    const frame = await within(source.next(), 'no frame came');
    if (frame) return { ...source, still: true, next: async () => frame };
    throw new Error('it has no frame');
  } catch (error) {
    source.close();
    throw error;
  }
}

// An address without anything in it would be the page's own.
function addressed(place) {
  if (!place.trim()) throw refusal('bad-source', 'src is empty');
  return place;
}

// What people call the thing at `place`.
export function nameOf(place) {
  if (/^data:/i.test(place)) return 'the data: address'; // which may be long
  if (typeof place === 'string') return place.split('/').at(-1) || place;
  if (place instanceof URL) return nameOf(place.href);
  return place?.name || (place?.currentSrc || place?.src)?.split?.('/').at(-1) || `the ${kind(place)}`;
}

async function fileSource(place) {
  const url = typeof place === 'string' ? place : URL.createObjectURL(place);
  const release = () => typeof place === 'string' || URL.revokeObjectURL(url);
  try {
    const picture = await fetchPicture(url);
    const source = picture ? pictureSource(picture) : await wholeVideo(url, place);
    return { ...source, close: () => (source.close(), release()) };
  } catch (error) {
    release();
    throw error;
  }
}

// A video file's source that says so where the file breaks off: what was there has been tracked by then.
async function wholeVideo(url, place) {
  const explained = async (error) => {
    throw (await cutOff(place)) ?? error;
  };
  const source = await videoSource(url).catch(explained);
  async function next() {
    const frame = await source.next().catch(explained);
    const cut = frame ? null : await cutOff(place);
    if (cut) throw cut;
    return frame;
  }
  return { ...source, next };
}
