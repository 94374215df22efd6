// A video file as its frames: each of them once, in order, as fast as they are asked for. Mediabunny
// takes the file apart (MP4, QuickTime, WebM, Matroska, ...), WebCodecs decodes what is in it.

import { cutOff } from '../tag/sources/cut.js';

const LIBRARY = new URL('../mediabunny/mediabunny.min.js', import.meta.url).href;

// Promises {fps, duration (ms), frames(after), close()} of a Blob or a URL. frames(after) gives the
// frames later than that many milliseconds, as VideoFrames that the caller closes; where a phone was
// held upright, so are they. Time begins with the first of the file's streams. Both reject with an Error
// whose message is for the visitor: frames() of a file that breaks off when it has given what is there.
export async function openVideo(place) {
  if (!('VideoDecoder' in globalThis)) {
    throw new Error('This browser cannot decode single frames: it has no WebCodecs. Use a current version of Chrome, Edge, Firefox or Safari.');
  }
  const { ALL_FORMATS, BlobSource, CanvasSink, Input, UrlSource } = await import(LIBRARY);
  const source = place instanceof Blob ? new BlobSource(place) : new UrlSource(place);
  const input = new Input({ source, formats: ALL_FORMATS });
  const explained = async (error) => {
    throw (await brokenOff(place)) ?? error;
  };
  const track = await videoTrack(input).catch(explained);
  const { averagePacketRate } = await track.computePacketStats(100);
  const begin = Math.max(0, await input.getFirstTimestamp());
  const duration = (await track.computeDuration() - begin) * 1000;
  const sink = new CanvasSink(track, { poolSize: 2, alpha: await track.canBeTransparent() });

  async function* frames(after) {
    try {
      yield* readable(after);
    } catch (error) {
      await explained(error);
    }
    const broken = await brokenOff(place);
    if (broken) throw broken;
  }

  async function* readable(after = -Infinity) {
    const start = Math.max(begin + after / 1000, await track.getFirstTimestamp());
    for await (const { canvas, timestamp: seconds } of sink.canvases(start)) {
      const timestamp = Math.round((seconds - begin) * 1e6);
      if (timestamp / 1000 <= after) continue; // the one that is shown at that time
      yield new VideoFrame(canvas, { timestamp });
    }
  }

  return { fps: averagePacketRate, duration, frames, close: () => input.dispose() };
}

// What to say of a file that breaks off; null of others.
async function brokenOff(place) {
  const cut = await cutOff(place);
  return cut && new Error(`The file breaks off: ${cut.message}. Copy or download it again, whole.`);
}

async function videoTrack(input) {
  const advice = 'Convert it to MP4 or WebM, and try again.';
  const track = await input.getPrimaryVideoTrack().catch((error) => {
    throw new Error(`The file is no video that can be taken apart (${error.message}). ${advice}`);
  });
  if (!track) throw new Error('There is no video in the file. Choose another one.');
  if (!(await track.canDecode())) {
    throw new Error(`This browser does not decode ${track.codec ?? 'this'} video. ${advice}`);
  }
  return track;
}
