// One frame of a source: see media.mjs.

const RGBA = { format: 'RGBA', colorSpace: 'srgb' };

export function videoFrame(frame) {
  const { width, height } = frame.visibleRect;
  return {
    ...stamped(width, height, frame.timestamp / 1000),
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
