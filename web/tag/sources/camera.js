// The camera as a source of frames: see media.js.

import { streamSource } from './video.js';

// The camera with the id `device`, at about this size and frames a second; where that is empty, the one
// that faces the user or the environment, or else any.
export async function openCamera({ device, facingMode, width, height }, rate) {
  if (!navigator.mediaDevices) throw new DOMException('no media devices', 'NotFoundError');
  const which = device ? { deviceId: { exact: device } } : { facingMode };
  const size = { width: { ideal: width }, height: { ideal: height } };
  const wanted = (ideal) => ({ ...size, frameRate: { ideal }, ...which });
  const stream = await navigator.mediaDevices.getUserMedia({ video: wanted(rate) });
  const [track] = stream.getVideoTracks();
  const source = await streamSource(stream);
  let closed = false;
  return {
    // The next frame that comes not before `earliest`, by performance.now().
    async next(earliest = 0) {
      for (;;) {
        const frame = await source.next().catch(({ message }) => {
          throw new DOMException(message, 'NotReadableError');
        });
        if (!frame && !closed) throw new DOMException('the camera stopped', 'AbortError');
        if (!frame || performance.now() >= earliest) return frame;
        frame.close();
      }
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
