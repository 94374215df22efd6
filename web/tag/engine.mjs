// The tags' Python: one MicroPython a page, which all its tags share. It is a copy of its own, apart
// from any PyScript of the page, which may have another version.

import * as host from './host.mjs';
import * as media from './media.mjs';
import { loadMicroPython } from './micropython.mjs';
import * as results from './results.mjs';

const OURS = ['crew', 'engine', 'faults', 'memory', 'rate', 'ring', 'session', 'sources', 'tracking'];
const TRACKERS = ['connections', 'effort', 'layout', 'schedule', 'selection']; // of py/holistic
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
      ...OURS.map(async (name) => [`${name}.py`, await host.fetchText(`tag/${name}.py`)]),
      ...TRACKERS.map(async (name) => [`holistic/${name}.py`, await host.fetchText(`${name}.py`)]),
    ]),
  ]);
  python.FS.mkdir('/holistic');
  for (const [path, text] of [['holistic/__init__.py', ''], ...files]) {
    python.FS.writeFile(`/${path}`, text);
  }
  for (const [name, module] of Object.entries({ host, media, results })) {
    python.registerJsModule(name, module);
  }
  return python.pyimport('engine');
}
