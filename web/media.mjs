// Camera, video and picture as one kind of source: frames that arrive one by one.
//
// A source is {next(), close()}; next() promises the next frame, or null at the end. A frame is
// {width, height, timestamp (ms), write(target, width, height), close()}; write() promises that
// the frame's RGBA pixels, scaled to width x height, are in the Uint8Array `target`. Whatever the
// browser refuses rejects the promise.

const CAMERA = { video: { width: { ideal: 640 }, height: { ideal: 480 }, facingMode: 'user' } };
const RGBA = { format: 'RGBA', colorSpace: 'srgb' };

export async function openCamera() {
  if (!navigator.mediaDevices) throw new DOMException('no media devices', 'NotFoundError');
  const stream = await navigator.mediaDevices.getUserMedia(CAMERA);
  const [track] = stream.getVideoTracks();
  const source = 'MediaStreamTrackProcessor' in self ? trackSource(track) : await streamSource(stream);
  let closed = false;
  return {
    async next() {
      const frame = await source.next();
      if (!frame && !closed) throw new DOMException('the camera stopped', 'AbortError');
      return frame;
    },
    close() {
      closed = true;
      source.close();
      track.stop();
    },
  };
}

// `place` is a URL or a File.
export async function openFile(place) {
  const url = typeof place === 'string' ? place : URL.createObjectURL(place);
  const release = () => typeof place === 'string' || URL.revokeObjectURL(url);
  try {
    const picture = await fetchPicture(url);
    const source = picture ? pictureSource(picture) : await videoSource(url);
    return { next: source.next, close: () => (source.close(), release()) };
  } catch (error) {
    release();
    throw error;
  }
}

// The picture at `url`, or null where something else is there.
async function fetchPicture(url) {
  const stop = new AbortController();
  const response = await fetch(url, { signal: stop.signal });
  if (!response.ok) throw new Error(`${url}: ${response.status}`);
  if (/^(video|audio|text)\//.test(response.headers.get('Content-Type'))) {
    stop.abort();
    return null;
  }
  return createImageBitmap(await response.blob()).catch(() => null);
}

function pictureSource(picture) {
  let left = [drawnFrame(picture, picture.width, picture.height, 0)];
  return {
    next: async () => left.pop() ?? null,
    close: () => picture.close(),
  };
}

async function videoSource(url) {
  const video = document.createElement('video');
  video.crossOrigin = 'anonymous';
  video.src = url;
  return playing(video);
}

async function streamSource(stream) {
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

// Frames of a video, which plays from the first call of next() on. What comes faster than it is
// asked for is skipped, but for the last one.
async function playing(video) {
  video.muted = true;
  video.playsInline = true;
  video.preload = 'auto';
  const happened = (type) => new Promise((resolve) => video.addEventListener(type, resolve));
  const failed = happened('error').then(() => Promise.reject(video.error));
  failed.catch(() => {}); // whoever asks for a frame is told
  const closed = happened('emptied').then(() => null);
  const ended = happened('ended').then(() => lastFrame(video));
  await Promise.race([happened('loadeddata'), failed]);
  let latest = -1;
  return {
    async next() {
      const shown = new Promise((resolve) =>
        video.requestVideoFrameCallback(() => resolve(currentFrame(video))),
      );
      if (video.paused && !video.ended) await video.play();
      const frame = await Promise.race([shown, ended, closed, failed]);
      if (frame?.timestamp > latest) {
        latest = frame.timestamp;
        return frame;
      }
      frame?.close(); // the last one again
      return null;
    },
    close() {
      video.pause();
      video.removeAttribute('src');
      video.srcObject = null;
      video.load();
    },
  };
}

// A busy browser may end a video before it has shown the last frame; seeking there shows it.
async function lastFrame(video) {
  const sought = new Promise((resolve) => video.addEventListener('seeked', resolve, { once: true }));
  video.currentTime = video.duration;
  await sought;
  return currentFrame(video);
}

function currentFrame(video) {
  if ('VideoFrame' in self) return videoFrame(new VideoFrame(video));
  return drawnFrame(video, video.videoWidth, video.videoHeight, video.currentTime * 1000);
}

function videoFrame(frame) {
  const { width, height } = frame.visibleRect;
  return {
    width,
    height,
    timestamp: frame.timestamp / 1000,
    async write(target, toWidth, toHeight) {
      if (toWidth === width && toHeight === height) {
        try {
          await frame.copyTo(target, RGBA);
          return;
        } catch (error) {
          if (error.name !== 'NotSupportedError') throw error; // no conversion to RGBA here
        }
      }
      draw(frame, target, toWidth, toHeight);
    },
    close: () => frame.close(),
  };
}

function drawnFrame(image, width, height, timestamp) {
  return {
    width,
    height,
    timestamp,
    write: async (target, toWidth, toHeight) => draw(image, target, toWidth, toHeight),
    close() {},
  };
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
