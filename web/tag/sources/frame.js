// One frame of a source: see media.js.

const RGBA = { format: 'RGBA', colorSpace: 'srgb' };

let copied = true; // whether this browser copies a frame's pixels as RGBA, as far as is known

// What a video shows, as of its callback for frames if that is given; null if it was emptied meanwhile,
// of which Firefox calls back too. A stream's time is the page's.
export function currentFrame(video, now, { mediaTime } = { mediaTime: video.currentTime }) {
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
export function videoFrame(frame, image = frame) {
  const { displayWidth: width, displayHeight: height } = frame;
  const plain = isStoredAsShown(frame);
  return {
    ...stamped(width, height, frame.timestamp / 1000),
    async write(target, toWidth, toHeight) {
      if (copied && plain && toWidth === width && toHeight === height) {
        copied = await frame.copyTo(target, RGBA).then(() => true, cannot);
        if (copied) return;
      }
      draw(image, target, toWidth, toHeight);
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
function isStoredAsShown({ visibleRect, displayWidth, displayHeight, rotation, flip }) {
  const { width, height } = visibleRect;
  return !rotation && !flip && width === displayWidth && height === displayHeight;
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
  context ??= new OffscreenCanvas(1, 1).getContext('2d', { willReadFrequently: true });
  const { canvas } = context;
  if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
  context.imageSmoothingQuality = 'high';
  context.clearRect(0, 0, width, height);
  context.drawImage(image, 0, 0, width, height);
  target.set(context.getImageData(0, 0, width, height).data);
}
