// One frame of a source: see media.js. What is transparent lies on white, as on a page.

const RGBA = { format: 'RGBA', colorSpace: 'srgb' };

let copied = true; // whether this browser copies a frame's pixels as RGBA, as far as is known

// Frames that do not know how they are turned show what a video has stored, not what it shows.
const KNOWING = 'rotation' in (globalThis.VideoFrame?.prototype ?? {});

// What a video shows, as of its callback for frames if that is given; null where it shows nothing:
// it was emptied meanwhile, of which Firefox calls back too, or Chromium has not come to show what it
// has loaded. `begin` is the video's time, in ms, that is called 0. A stream's time is the page's.
export function currentFrame(video, begin = 0, now, told) {
  if (video.readyState < HTMLMediaElement.HAVE_CURRENT_DATA || !video.videoWidth) return null;
  const live = video.srcObject && (now ?? performance.now());
  if (!KNOWING) return shotOf(video, live ?? (told?.mediaTime ?? video.currentTime) * 1000 - begin);
  const frame = frameOf(video);
  // A frame knows its time in the file.
  const shown = told ? told.mediaTime * 1000 : frame?.timestamp / 1000;
  return frame && videoFrame(frame, live ?? shown - begin);
}

function frameOf(video) {
  try {
    return new VideoFrame(video);
  } catch (error) {
    if (error.name === 'InvalidStateError') return null;
    throw error;
  }
}

// A frame as it is shown: turned as a phone's was held, and with square pixels.
export function videoFrame(frame, timestamp = frame.timestamp / 1000) {
  const { displayWidth: width, displayHeight: height } = frame;
  const plain = isStoredAsShown(frame);
  return {
    ...stamped(width, height, timestamp),
    async write(target, toWidth, toHeight) {
      if (copied && plain && toWidth === width && toHeight === height) {
        copied = await frame.copyTo(target, RGBA).then(() => true, cannot);
        if (copied) return;
      }
      draw(frame, target, toWidth, toHeight);
    },
    close: () => frame.close(),
  };
}

// False for what browsers say that do not copy frames as RGBA; any other error is thrown again.
function cannot(error) {
  if (error instanceof DOMException || error instanceof TypeError) return false;
  throw error;
}

// What copyTo gives is the stored picture; a canvas draws what is shown.
function isStoredAsShown({ visibleRect, displayWidth, displayHeight, rotation, flip, format }) {
  const { width, height } = visibleRect;
  const opaque = !/A/.test(format ?? ''); // as are those on a graphics card, which tell no format
  return opaque && !rotation && !flip && width === displayWidth && height === displayHeight;
}

const shots = new WeakMap(); // video -> the context of a canvas with what it showed last

// What a video shows now, though it is written later, when the video has gone on.
function shotOf(video, timestamp) {
  const { videoWidth: width, videoHeight: height } = video;
  if (!shots.has(video)) shots.set(video, newContext());
  const shot = shots.get(video);
  lay(video, shot, width, height);
  return {
    ...stamped(width, height, timestamp),
    async write(target, toWidth, toHeight) {
      if (toWidth === width && toHeight === height) read(shot, target);
      else draw(shot.canvas, target, toWidth, toHeight);
    },
    close() {},
  };
}

export function drawnFrame(image, width, height, timestamp) {
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
  context ??= newContext();
  lay(image, context, width, height);
  read(context, target);
}

function newContext() {
  return new OffscreenCanvas(1, 1).getContext('2d', { willReadFrequently: true });
}

// Draws the whole image on a canvas of this size, and white behind it: WebKitGTK lays a transparent
// video over nothing, it replaces what was there.
function lay(image, onto, width, height) {
  const { canvas } = onto;
  if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
  onto.imageSmoothingQuality = 'high';
  onto.clearRect(0, 0, width, height);
  onto.drawImage(image, 0, 0, width, height);
  onto.globalCompositeOperation = 'destination-over';
  onto.fillStyle = 'white';
  onto.fillRect(0, 0, width, height);
  onto.globalCompositeOperation = 'source-over';
}

function read(from, target) {
  const { width, height } = from.canvas;
  target.set(from.getImageData(0, 0, width, height).data);
}
