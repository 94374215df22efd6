// The tags' Python: one MicroPython a page, which all its tags share. It is a copy of its own, apart
// from any PyScript of the page, which may have another version.

import * as host from './host.mjs';
import * as camera_source from './sources/camera.mjs';
import * as media from './sources/media.mjs';
import { loadMicroPython } from './micropython.mjs';
import * as results from './results.mjs';

const MODULES = [
  'assets',
  'dispatcher',
  'engine',
  'faults',
  'ring',
  'session',
  'shared_memory',
  'sources/sources',
  'tracking',
  'worker_pool',
];
const STATE = [
  'camera_rate',
  'effort',
  'options',
  'pool_state',
  'progress',
  'rings',
  'session_state',
];
const SHARED = ['connections', 'layout', 'model_sets', 'quality', 'schedule']; // of py/holistic/shared
const HEAP = 4 << 20;

let started;

// A promise of engine.py; where it fails, the next call tries again.
export function start() {
  if (!started) host.prepareWorker();
  started ??= startPython();
  started.catch(() => (started = undefined));
  return started;
}

async function startPython() {
  const url = new URL('../micropython/micropython.wasm', import.meta.url).href;
  const [python, files] = await Promise.all([
    loadMicroPython({ url, heapsize: HEAP, stdout: console.log, stderr: console.error }),
    Promise.all([
      ...MODULES.map((name) => module(`tag/${name}.py`, `/${name.split('/').at(-1)}.py`)),
      ...STATE.map((name) => module(`tag/state/${name}.py`, `/state/${name}.py`)),
      ...SHARED.map((name) => module(`shared/${name}.py`, `/holistic/shared/${name}.py`)),
    ]),
  ]);
  for (const folder of ['/state', '/holistic', '/holistic/shared']) {
    python.FS.mkdir(folder);
    python.FS.writeFile(`${folder}/__init__.py`, '');
  }
  for (const [path, text] of files) python.FS.writeFile(path, text);
  for (const [name, exported] of Object.entries({ camera_source, host, media, results })) {
    python.registerJsModule(name, exported);
  }
  return python.pyimport('engine');
}

// Promises where Python finds a module, and its text.
async function module(path, target) {
  return [target, await host.fetchText(path)];
}
