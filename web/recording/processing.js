// Every frame of a video file through the tag, none skipped, faster or slower than it plays.
//
// Where the browser can make a stream of single frames, the tag tracks from frame to frame, as it
// does in a video that plays; elsewhere it looks at each frame for itself.

import { follows } from '../tag/faults.js';

const PATIENCE = 15_000; // ms after which a frame counts as lost, with a worker that died, say
const TRIES = 3;

export class Processing {
  // `video` is one of openVideo(); `recording` gets the results, and tells how far it has come: a
  // Processing that was cancelled goes on with another run().
  constructor(tag, video, recording) {
    this.tag = tag;
    this.video = video;
    this.recording = recording;
    this.running = false;
    this.progress = 0;
    this.speed = 0;
  }

  // Promises whether it came to the end: it does not if it is cancelled, or the tag gets another
  // source. `note()` is called after every frame: then `progress` is what part of the video is done,
  // and `speed` how many times faster than it plays that went.
  async run(note) {
    const restore = thorough(this.tag);
    return this.#track(note).finally(restore);
  }

  async #track(note) {
    this.running = true;
    const began = performance.now();
    const first = Math.max(0, this.recording.last);
    const tracker = await trackerOf(this.tag);
    try {
      for await (const frame of this.video.frames(this.recording.last)) {
        const detail = await found(tracker, frame).finally(() => frame.close());
        if (!detail) return false;
        if (!this.recording.add(detail)) throw new Error(`the recording is ${this.recording.end}.`);
        this.progress = Math.min(1, detail.timestamp / this.video.duration);
        this.speed = (detail.timestamp - first) / (performance.now() - began);
        note();
        if (!this.running) return false;
      }
      this.progress = 1;
      return true;
    } finally {
      this.running = false;
      tracker.close();
    }
  }

  // Ends run() after the frame that is being looked at.
  cancel() {
    this.running = false;
  }
}

// Has every frame computed, and in full, since there is time for it; returns what undoes that.
function thorough(tag) {
  const { still, level } = tag;
  tag.still = 0;
  if (level === 'auto') tag.level = 'full';
  return () => Object.assign(tag, { still, level });
}

// Promises what was found in the frame, or null where the tag has turned to another source.
async function found(tracker, frame) {
  for (let left = TRIES; ; left--) {
    try {
      return await tracker.track(frame);
    } catch (error) {
      if (left === 1) throw error;
    }
  }
}

function trackerOf(tag) {
  return 'MediaStreamTrackGenerator' in globalThis ? streaming(tag) : single(tag);
}

function single(tag) {
  return {
    track: async (frame) => ({ ...(await tag.detect(frame)), timestamp: frame.timestamp / 1000 }),
    close() {},
  };
}

async function streaming(tag) {
  const track = new MediaStreamTrackGenerator({ kind: 'video' });
  const writer = track.writable.getWriter();
  const running = happened(tag, 'state', ({ state }) => state === 'running');
  tag.src = new MediaStream([track]);
  await running; // what is written before is lost
  let ours = true;
  const left = happened(tag, 'state', ({ state }) => state !== 'running').then(() => {
    ours = false;
    return null;
  });
  left.catch(() => {}); // every frame hears of errors itself
  return {
    async track(frame) {
      const timestamp = frame.timestamp / 1000;
      const done = happened(tag, 'landmarks', (detail) => Math.abs(detail.timestamp - timestamp) < 0.01);
      await writer.write(frame.clone());
      const late = new Promise((_, reject) =>
        setTimeout(() => reject(new Error('a frame was lost.')), PATIENCE),
      );
      return Promise.race([done, late, left]);
    },
    close() {
      track.stop();
      if (ours) tag.stop();
    },
  };
}

// Promises the detail of the first event of this type for which `wanted(detail)` holds; an error of
// the tag rejects it, but not that of a worker whose place another one takes.
function happened(tag, type, wanted) {
  const done = new AbortController();
  const { signal } = done;
  const promise = new Promise((resolve, reject) => {
    tag.addEventListener(type, ({ detail }) => wanted(detail) && resolve(detail), { signal });
    tag.addEventListener(
      'error',
      ({ detail }) => !follows(detail?.code, 'passing') && reject(new Error(detail?.message)),
      { signal },
    );
  });
  return promise.finally(() => done.abort());
}
