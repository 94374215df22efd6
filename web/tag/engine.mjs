// The tags' Python: one MicroPython a page, which all its tags share. It is a copy of its own, apart
// from any PyScript of the page, which may have another version.

import * as host from './host.mjs';
import * as media from './media.mjs';
import { loadMicroPython } from './micropython.mjs';
import * as results from './results.mjs';

const OURS = ['crew', 'engine', 'faults', 'memory', 'rate', 'ring', 'session', 'sources', 'tracking'];
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
      ...OURS.map(async (name) => [`${name}.py`, await host.fetchText(`tag/${name}.py`)]),
      ...SHARED.map(async (name) => [
        `holistic/shared/${name}.py`,
        await host.fetchText(`shared/${name}.py`),
      ]),
    ]),
  ]);
  for (const folder of ['/holistic', '/holistic/shared']) {
    python.FS.mkdir(folder);
    python.FS.writeFile(`${folder}/__init__.py`, '');
  }
  for (const [path, text] of files) {
    python.FS.writeFile(`/${path}`, text);
  }
  for (const [name, module] of Object.entries({ host, media, results })) {
    python.registerJsModule(name, module);
  }
  return python.pyimport('engine');
}
