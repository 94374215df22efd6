// Camera, video, stream, element and picture as one kind of source: frames that come one by one.
//
// A source is {next(), close()}, a camera's also has ask(rate), for so many frames a second; next()
// promises the next frame, or null at the end. A film's also is `film`: it has a beginning, which
// comes when the first frame is asked for. A frame is {width, height, stamp(target, index),
// write(target, width, height), close()}; stamp() writes its time stamp in milliseconds into a
// Float64Array, and write() promises that its RGBA pixels, scaled to width x height, are in the
// Uint8Array `target`. Whatever the browser refuses rejects the promise.

const RGBA = { format: 'RGBA', colorSpace: 'srgb' };
const LARGE = 4096; // px: longer pictures are made smaller as they are decoded
const DECODED = 2048; // px: to this, which is more than any model looks at

let copied = true; // whether this browser copies a frame's pixels as RGBA, as far as is known

// The camera with the id `device`, or any where that is empty, at about this size and frames a second.
export async function openCamera({ device, width, height }, rate) {
  if (!navigator.mediaDevices) throw new DOMException('no media devices', 'NotFoundError');
  const which = device ? { deviceId: { exact: device } } : { facingMode: 'user' };
  const size = { width: { ideal: width }, height: { ideal: height } };
  const wanted = (ideal) => ({ ...size, frameRate: { ideal }, ...which });
  const stream = await navigator.mediaDevices.getUserMedia({ video: wanted(rate) });
  const [track] = stream.getVideoTracks();
  const source = await streamSource(stream);
  let closed = false;
  return {
    async next() {
      const frame = await source.next();
      if (!frame && !closed) throw new DOMException('the camera stopped', 'AbortError');
      return frame;
    },
    ask: (other) => void track.applyConstraints(wanted(other)).catch(() => {}), // it goes on as it is
    close() {
      closed = true;
      source.close();
      track.stop();
    },
  };
}

// No frames; it ends when a camera may have come: a device, or the permission to use it.
export function absentCamera() {
  const done = new AbortController();
  const ended = new Promise((resolve) => done.signal.addEventListener('abort', () => resolve(null)));
  const end = () => done.abort();
  navigator.mediaDevices?.addEventListener('devicechange', end, { signal: done.signal });
  navigator.permissions
    ?.query({ name: 'camera' })
    .then((permission) => permission.addEventListener('change', end, { signal: done.signal }))
    .catch(() => {}); // this browser does not tell
  return { next: () => ended, close: end };
}

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

function kind(place) {
  return place?.localName ?? place?.constructor?.name ?? typeof place;
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

// The picture at `url`, or null where something else is there: {bitmap, width, height}, whose bitmap
// is smaller than width x height if that is very large.
async function fetchPicture(url) {
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

function pictureSource({ bitmap, width, height }) {
  return oneFrame(drawnFrame(bitmap, width, height, 0), () => bitmap.close());
}

function oneFrame(frame, close) {
  const left = [frame];
  return { next: async () => left.pop() ?? null, close };
}

// Something of the page, as it is now.
async function stillSource(place) {
  if (place instanceof HTMLImageElement) await place.decode();
  const width = place?.naturalWidth ?? place?.videoWidth ?? place?.displayWidth ?? place?.width;
  const height = place?.naturalHeight ?? place?.videoHeight ?? place?.displayHeight ?? place?.height;
  if (!(width > 0 && height > 0)) throw new TypeError(`src cannot be ${kind(place)}, or it is empty`);
  if (!(place instanceof ImageData)) return oneFrame(drawnFrame(place, width, height, 0), () => {});
  return pictureSource({ bitmap: await createImageBitmap(place), width, height });
}

// A canvas whenever it is drawn on; where streams cannot be read, at every frame that the page shows.
function canvasSource(canvas) {
  if ('MediaStreamTrackProcessor' in self) return streamSource(canvas.captureStream());
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

async function streamSource(stream) {
  const [track] = stream.getVideoTracks();
  if (!track) throw new TypeError('src is a MediaStream without a video track');
  if ('MediaStreamTrackProcessor' in self) return trackSource(track);
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

async function videoSource(url) {
  const video = document.createElement('video');
  video.crossOrigin = 'anonymous';
  video.src = url;
  return { ...(await playing(video)), film: true };
}

// Frames of a video of our own, which plays from the first call of next() on. What comes faster
// than it is asked for is skipped, but for the last one.
async function playing(video) {
  video.muted = true;
  video.playsInline = true;
  video.preload = 'auto';
  const done = new AbortController();
  const happened = (type) => new Promise((resolve) => video.addEventListener(type, resolve));
  const failed = happened('error').then(() => Promise.reject(video.error));
  failed.catch(() => {}); // whoever asks for a frame is told
  const closed = happened('emptied').then(() => null);
  let over = false; // which video.ended does not say while it is sought
  const ended = happened('ended').then(() => {
    over = true;
    return atTheEnd(video);
  });
  await Promise.race([happened('loadeddata'), withoutFrames(video), failed]);
  if (!video.videoWidth) throw new Error('it has no pictures');
  let latest = -1;
  return {
    async next() {
      for (;;) {
        const shown = nextShown(video, done.signal);
        if (video.paused && !video.ended && !over) await video.play();
        const when = await Promise.race([shown, ended, closed, failed]);
        const frame = when && currentFrame(video, ...when);
        if (frame?.timestamp > latest) {
          latest = frame.timestamp;
          return frame;
        }
        frame?.close(); // the last one again
        if (frame ? over : !when?.length) return null;
        // Firefox calls back while it seeks, when there is nothing to see: the last one is to come.
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

// A video of no length never has a first frame to load.
function withoutFrames(video) {
  return new Promise((_, reject) =>
    video.addEventListener('durationchange', () => {
      if (video.duration === 0) reject(new Error('it has no length'));
    }),
  );
}

// Frames of a video element of the page, which plays it as it likes.
function watched(video) {
  const done = new AbortController();
  const closed = new Promise((resolve) => done.signal.addEventListener('abort', () => resolve(null)));
  let waiting = video.readyState >= HTMLMediaElement.HAVE_CURRENT_DATA; // for no frame: one is there
  return {
    async next() {
      for (;;) {
        const when = waiting ? [] : await Promise.race([nextShown(video, done.signal), closed]);
        waiting = false;
        const frame = when && currentFrame(video, ...when);
        if (frame || !when) return frame;
      }
    },
    close: () => done.abort(),
  };
}

// A busy browser may end a video before it has shown the last frame; seeking there shows it.
async function atTheEnd(video) {
  const sought = new Promise((resolve) => video.addEventListener('seeked', resolve, { once: true }));
  video.currentTime = video.duration;
  await sought;
  return [];
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
      if (shown() - before < (silent.has(video) ? 1 : SILENCE)) return;
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

// What a video shows, as of its callback for frames if that is given; null if it was emptied meanwhile,
// of which Firefox calls back too. A stream's time is the page's.
function currentFrame(video, now, { mediaTime } = { mediaTime: video.currentTime }) {
  if (video.readyState < HTMLMediaElement.HAVE_CURRENT_DATA) return null;
  const timestamp = video.srcObject ? (now ?? performance.now()) : mediaTime * 1000;
  const { videoWidth: width, videoHeight: height } = video;
  if (copied && 'VideoFrame' in self) {
    const frame = new VideoFrame(video, { timestamp: Math.round(timestamp * 1000) });
    if (frame.displayWidth === width && frame.displayHeight === height) return videoFrame(frame, video);
    frame.close(); // it does not know how the video is turned, as in WebKitGTK
  }
  return drawnFrame(video, width, height, timestamp);
}

// A frame as it is shown: turned as a phone's was held, and with square pixels. `image` is what is drawn
// where the frame cannot be copied: of its video, since WebKitGTK draws a video's frames red for blue.
function videoFrame(frame, image = frame) {
  const { displayWidth: width, displayHeight: height } = frame;
  const plain = isStoredAsShown(frame);
  return {
    ...stamped(width, height, frame.timestamp / 1000),
    async write(target, toWidth, toHeight) {
      if (copied && plain && toWidth === width && toHeight === height) {
        copied = await frame.copyTo(target, RGBA).then(() => true, () => false);
        if (copied) return;
      }
      draw(image, target, toWidth, toHeight);
    },
    close: () => frame.close(),
  };
}

// What copyTo gives is the stored picture; a canvas draws what is shown.
function isStoredAsShown({ visibleRect, displayWidth, displayHeight, rotation, flip }) {
  const { width, height } = visibleRect;
  return !rotation && !flip && width === displayWidth && height === displayHeight;
}

function drawnFrame(image, width, height, timestamp) {
  return {
    ...stamped(width, height, timestamp),
    write: async (target, toWidth, toHeight) => draw(image, target, toWidth, toHeight),
    close() {},
  };
}

function stamped(width, height, timestamp) {
  return { width, height, timestamp, stamp: (target, index) => void (target[index] = timestamp) };
}

let context;

function draw(image, target, width, height) {
  context ??= new OffscreenCanvas(1, 1).getContext('2d', { willReadFrequently: true });
  const { canvas } = context;
  if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
  context.imageSmoothingQuality = 'high';
  context.clearRect(0, 0, width, height);
  context.drawImage(image, 0, 0, width, height);
  target.set(context.getImageData(0, 0, width, height).data);
}
