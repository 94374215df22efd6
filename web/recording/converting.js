// Files of motion (BVH, glTF, VRM animation) of a recording: a worker of its own has Python make them.

import { fetchManifest, newWorker } from '../tag/host.js';

// Promises the bytes of the file, from the recording's JSON.
export async function converted(text, form) {
  const manifest = await fetchManifest();
  const worker = newWorker();
  try {
    return await new Promise((resolve, reject) => {
      worker.onmessage = ({ data }) => {
        if (data.type === 'converted') resolve(data.bytes);
        if (data.type === 'error') reject(new Error(data.reason));
      };
      worker.onerror = ({ message }) => reject(new Error(message || 'a worker does not start'));
      worker.postMessage({ type: 'prepare', manifest });
      worker.postMessage({ type: 'convert', text, form });
    });
  } finally {
    worker.terminate();
  }
}
