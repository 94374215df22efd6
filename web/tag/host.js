// What the tag's Python asks of the browser: files and workers, which may be of another origin than
// the page's, and memory. Nothing here throws, unless by a promise: what JavaScript throws at
// MicroPython elsewhere is lost, and the task with it.

import { readManifest, urlOf } from '../files.js';
import { scriptUrl } from '../shared/trusted.js';

export { REPAIR as repair } from '../files.js';

const PATIENCE = 60_000; // ms for a small file, or Python in the page
const COURTESY = 300; // ms that the page waits for a worker to begin
const WORKER = 'worker/worker.js';

export async function fetchJson(path) {
  const response = await timely(fetch(urlOf(path), { cache: 'no-cache' }), path);
  if (!response.ok) throw new Error(`${path}: the server answered ${response.status}`);
  const text = await timely(response.text(), path);
  try {
    return JSON.parse(text);
  } catch {
    throw new Error(`${path}: the server sent something else (${response.headers.get('Content-Type')})`);
  }
}

// What a promise gives, unless that takes too long.
export function timely(promise, path) {
  let timer;
  const late = new Promise((_, reject) => {
    const seconds = PATIENCE / 1000;
    const error = new Error(`${path}: it did not arrive within ${seconds} seconds`);
    timer = setTimeout(() => reject(error), PATIENCE);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

let manifest;

// A promise of manifest.json, in which each file has its `url` too; where it fails, the next call tries
// again.
export function fetchManifest() {
  manifest ??= readManifest(fetchJson).then(addressed);
  manifest.catch(() => (manifest = undefined));
  return manifest;
}

function addressed(found) {
  for (const [path, file] of Object.entries(found.files)) file.url ??= urlOf(path);
  return found;
}

let spare = null; // a worker that nobody has asked for yet

// Starts a worker ahead: it loads Python until somebody says what for. Returns a promise that it has
// begun, or that nobody should wait any more. Before that the page must not be busy for long: browsers
// hand messages on to a worker that has just started when the page's thread has time.
export function prepareWorker() {
  if (spare) return Promise.resolve();
  const worker = newWorker();
  spare = worker;
  return new Promise((resolve) => {
    const prepare = (found) => worker.postMessage({ type: 'prepare', manifest: found });
    fetchManifest().then(prepare, resolve); // whoever asks for the manifest is told
    worker.onmessage = resolve;
    worker.onerror = (event) => {
      spare = null; // the next one's is heard by whoever asks for it
      resolve(event);
    };
    setTimeout(resolve, COURTESY);
  });
}

export function startWorker() {
  const worker = spare ?? newWorker();
  spare = null;
  return worker;
}

// A page may only start workers of its own origin: elsewhere one that imports ours.
export function newWorker() {
  const address = urlOf(WORKER);
  const { origin } = new URL(address);
  if (origin === location.origin) return new Worker(scriptUrl(address), { type: 'module' });
  const text = `import ${JSON.stringify(address)};`;
  const url = URL.createObjectURL(new Blob([text], { type: 'text/javascript' }));
  const worker = new Worker(scriptUrl(url), { type: 'module' });
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
  return worker;
}

// Whether there is shared memory. An isolated page has none where the browser gives it to nobody.
export const shared = Boolean(globalThis.crossOriginIsolated) && allocate(4, true) !== null;

// A block of memory, or null where the browser has none left.
export function allocate(size, shared) {
  try {
    return shared ? new SharedArrayBuffer(size) : new ArrayBuffer(size);
  } catch {
    return null;
  }
}
