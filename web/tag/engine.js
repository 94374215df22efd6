// The tags' Python: one MicroPython a page, which all its tags share. It is a copy of its own, apart
// from any PyScript of the page, which may have another version.

import { loadMicroPython } from '../files.js';
import * as host from './host.js';
import * as camera_source from './sources/camera.js';
import * as media from './sources/media.js';
import * as results from './results.js';
import * as slots from './slots.js';
import * as stillness from './stillness.js';

const PACKAGE = '/__init__.py'; // what a folder of modules begins with
const HEAP = 4 << 20;
const { log: stdout, error: stderr } = console;

let started;

// A promise of engine.py; where it fails, the next call tries again.
export function start() {
  started ??= startPython(host.prepareWorker());
  started.catch(() => (started = undefined));
  return started;
}

async function startPython(worker) {
  const [python, modules] = await Promise.all([
    host.timely(loadMicroPython({ heapsize: HEAP, stdout, stderr }), 'micropython.wasm'),
    host.fetchJson('tag/modules.json'), // see py/builder/micropython.py
    worker, // goes first: our modules take a while to be compiled
  ]);
  for (const [path, text] of Object.entries(modules)) {
    if (path.endsWith(PACKAGE)) python.FS.mkdir(path.slice(0, -PACKAGE.length));
    python.FS.writeFile(path, text);
  }
  for (const [name, exported] of Object.entries({ camera_source, host, media, results, slots, stillness })) {
    python.registerJsModule(name, exported);
  }
  return python.pyimport('engine');
}
