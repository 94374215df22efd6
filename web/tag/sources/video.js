// Videos, streams and canvases as sources of frames: see media.js.

import { currentFrame, drawnFrame, videoFrame } from './frame.js';
import { PATIENCE, refusal, silence, within } from './refusals.js';

// A canvas whenever it is drawn on; where streams cannot be read, at every frame that the page shows.
export function canvasSource(canvas) {
  if ('MediaStreamTrackProcessor' in self) return trackSource(canvas.captureStream().getVideoTracks()[0]);
  const done = new AbortController();
  const closed = new Promise((resolve) => done.signal.addEventListener('abort', () => resolve(null)));
  return {
    async next() {
      const now = await Promise.race([new Promise(requestAnimationFrame), closed]);
      return now && drawnFrame(canvas, canvas.width, canvas.height, now);
    },
    close: () => done.abort(),
  };
}

export async function streamSource(stream) {
  const [track] = stream.getVideoTracks();
  if (!track) throw new TypeError('src is a MediaStream without a video track');
  if (track.readyState === 'ended') throw refusal('stream-ended', 'its track has ended');
  if ('MediaStreamTrackProcessor' in self) return begun(trackSource(track));
  const video = document.createElement('video');
  video.srcObject = stream;
  return playing(video);
}

function trackSource(track) {
  const reader = new MediaStreamTrackProcessor({ track }).readable.getReader();
  return {
    async next() {
      const { value } = await reader.read();
      return value ? videoFrame(value) : null;
    },
    close: () => void reader.cancel(),
  };
}

// A source that says so if its first frame does not come.
function begun(source) {
  let first = true;
  return {
    ...source,
    next() {
      const frame = source.next();
      const waited = first ? within(frame, 'no frame came') : frame;
      first = false;
      return waited;
    },
  };
}

export async function videoSource(url) {
  const video = document.createElement('video');
  video.crossOrigin = 'anonymous';
  video.src = url;
  return { ...(await playing(video)), video: true };
}

// Frames of a video of our own, which plays from the second call of next() on. What comes faster
// than it is asked for is skipped, but for the first one and the last one.
async function playing(video) {
  video.muted = true;
  video.playsInline = true;
  video.preload = 'auto';
  const done = new AbortController();
  const happened = (type) => new Promise((resolve) => video.addEventListener(type, resolve));
  const failed = Promise.race([
    happened('error').then(() => Promise.reject(video.srcObject ? failure(video) : fileFailure(video))),
    stalled(video, done.signal),
  ]);
  failed.catch(() => {}); // whoever asks for a frame is told
  const closed = happened('emptied').then(() => null);
  let over = false; // which video.ended does not say while it is sought
  let last = false; // whether there is nothing after what is shown
  const ended = Promise.race([happened('ended'), resting(video, done.signal)]).then(async () => {
    over = true;
    const when = await atTheEnd(video);
    last = true;
    return when;
  });
  try {
    await Promise.race([happened('loadeddata'), withoutFrames(video), failed]);
    if (!video.videoWidth) throw new Error('it has no pictures');
  } catch (error) {
    done.abort();
    throw error;
  }
  // Of a file that begins late Chromium keeps the time; others begin with 0.
  const begin = video.srcObject ? 0 : video.currentTime * 1000;
  let latest = -Infinity;
  let begun = false;
  const later = async () => {
    const shown = nextShown(video, done.signal);
    // Chromium calls a video of one frame ended before it has begun.
    const rests = video.paused && !over && !(video.ended && video.currentTime);
    return Promise.race([shown, ...(rests ? [played(video)] : []), ended, closed, failed]);
  };
  return {
    async next() {
      for (;;) {
        const when = begun ? await later() : [performance.now()];
        begun = true;
        const frame = when && currentFrame(video, begin, ...when);
        if (frame?.timestamp > latest) {
          latest = frame.timestamp;
          return frame;
        }
        frame?.close(); // the last one again
        // Firefox calls back while it seeks, when there is nothing to see: the last one is to come.
        if (last || !when) return null;
      }
    },
    close() {
      done.abort();
      video.pause();
      video.removeAttribute('src');
      video.srcObject = null;
      video.load();
    },
  };
}

// Plays a video; promises nothing but a refusal, and none where it is over before it has begun, or
// closed: that is told otherwise.
async function played(video) {
  await video.play().catch((error) => error.name === 'AbortError' || Promise.reject(error));
  return new Promise(() => {});
}

const LOOK = 1000; // ms between two looks at whether a video goes on

// Rejects when a video has waited for its next frame too long and nothing has arrived.
function stalled(video, signal) {
  let news = performance.now();
  const note = () => (news = performance.now());
  video.addEventListener('progress', note, { signal });
  return new Promise((_, reject) => {
    const look = setInterval(() => {
      const waits = video.readyState < HTMLMediaElement.HAVE_FUTURE_DATA && !video.ended;
      if (!waits) note();
      if (performance.now() - news > PATIENCE) reject(silence('no more of it came'));
    }, LOOK);
    signal.addEventListener('abort', () => clearInterval(look));
  });
}

// A video of no length never has a first frame to load.
function withoutFrames(video) {
  return new Promise((_, reject) =>
    video.addEventListener('durationchange', () => {
      if (video.duration === 0) reject(new Error('it has no length'));
    }),
  );
}

// Promises that a video element has a frame to show. One that says preload="none" has none before
// somebody plays it.
export async function showing(video) {
  if (video.readyState >= HTMLMediaElement.HAVE_CURRENT_DATA) return;
  const happened = (type, signal) =>
    new Promise((resolve) => video.addEventListener(type, resolve, { signal, once: true }));
  const done = new AbortController();
  const failed = happened('error', done.signal).then(() => Promise.reject(failure(video)));
  failed.catch(() => {}); // it may come later
  if (video.error || video.networkState === HTMLMediaElement.NETWORK_NO_SOURCE) throw failure(video);
  if (!video.currentSrc && !video.src && !video.srcObject && !video.querySelector('source')) {
    throw new TypeError('src is a video without a src');
  }
  if (video.preload === 'none') video.preload = 'auto';
  const shown = Promise.race([happened('loadeddata', done.signal), failed]);
  await within(shown, 'the video showed no frame').finally(() => done.abort());
}

// Why a video element shows nothing.
function failure(video) {
  return new Error(video.error?.message || 'the browser could not load it');
}

// Why it does not show a file that is there, and what would help.
function fileFailure(video) {
  const { message } = failure(video);
  const undecoded = video.error?.code >= MediaError.MEDIA_ERR_DECODE;
  return new Error(undecoded ? `${message}: convert it to MP4 or WebM` : message);
}

// Frames of a video element of the page, which plays it as it likes.
export function watched(video) {
  const pictures = video.videoWidth || video.readyState < HTMLMediaElement.HAVE_METADATA;
  if (!pictures) throw new TypeError('src is a video element without pictures');
  if (video.error) throw failure(video);
  const done = new AbortController();
  const failed = new Promise((_, reject) => {
    video.addEventListener('error', () => reject(failure(video)), { signal: done.signal });
  });
  failed.catch(() => {}); // whoever asks for a frame is told
  const closed = new Promise((resolve) => done.signal.addEventListener('abort', () => resolve(null)));
  let waiting = video.readyState >= HTMLMediaElement.HAVE_CURRENT_DATA; // for no frame: one is there
  return {
    async next() {
      for (;;) {
        const when = waiting ? [] : await Promise.race([nextShown(video, done.signal), closed, failed]);
        waiting = false;
        const frame = when && currentFrame(video, 0, ...when);
        if (frame || !when) return frame;
      }
    },
    close: () => done.abort(),
  };
}

const SOUGHT = 1000; // ms, the longest wait for a video's last frame

const HAIR = 0.1; // s

// Promises that a video rests a hair before its end, where WebKitGTK may stop and not say so.
function resting(video, signal) {
  return new Promise((resolve) => {
    let before = -1;
    const glance = setInterval(() => {
      const { paused, currentTime, duration } = video;
      if (!paused && currentTime === before && duration - currentTime < HAIR) resolve(null);
      before = currentTime;
    }, SOUGHT);
    signal.addEventListener('abort', () => clearInterval(glance));
  });
}

// A busy browser may end a video before it has shown the last frame; seeking there shows it, and tells
// its time. Promises what is told, [] where nothing is.
async function atTheEnd(video) {
  let told = [];
  video.requestVideoFrameCallback((...when) => void (told = when));
  video.currentTime = video.duration;
  const seeks = () => video.seeking || video.readyState < HTMLMediaElement.HAVE_CURRENT_DATA;
  for (let waited = 0; waited === 0 || (seeks() && waited < SOUGHT); waited += GLANCE) {
    await new Promise((resolve) => setTimeout(resolve, GLANCE));
  }
  return told;
}

const SILENCE = 8; // frames without a call, after which no call is expected
const GLANCE = 15; // ms between two looks at how many frames a video has shown

const silent = new WeakSet(); // videos that show frames and do not call back, as in WebKitGTK

// Promises what a video tells when it shows the next frame; nothing, [], where it only shows it.
function nextShown(video, signal) {
  const shown = () => video.getVideoPlaybackQuality().totalVideoFrames;
  const before = shown();
  return new Promise((resolve) => {
    const glance = setInterval(() => {
      const more = shown() - before; // below 0 where it has begun anew
      if (more >= 0 && more < (silent.has(video) ? 1 : SILENCE)) return;
      silent.add(video);
      done([]);
    }, GLANCE);
    const done = (when) => {
      clearInterval(glance);
      resolve(when);
    };
    video.requestVideoFrameCallback((...when) => {
      silent.delete(video);
      done(when);
    });
    signal.addEventListener('abort', () => clearInterval(glance));
  });
}
