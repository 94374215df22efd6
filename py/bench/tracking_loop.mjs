// Runs tracking_loop.py in Pyodide on Node.js; a line of JSON for each sample.
//   node tracking_loop.mjs PYODIDE_FOLDER PACKAGES.zip MODELS_FOLDER FRAMES.npy '{"minutes": ...}'

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

// Without this, Node.js would print the line of Pyodide's code that threw: a megabyte.
process.on('uncaughtException', (error) => {
  console.error(error.message);
  process.exit(1);
});

const [pyodideFolder, packages, models, frames, settings] = process.argv.slice(2);
const { loadPyodide } = await import(pathToFileURL(join(pyodideFolder, 'pyodide.mjs')).href);
const pyodide = await loadPyodide({ stdout: (text) => console.log(text) });
const folder = '/lib/python3.13/site-packages';
pyodide.unpackArchive(new Uint8Array(readFileSync(packages)), 'zip', { extractDir: folder });
pyodide.FS.mkdirTree('/models');
pyodide.mountNodeFS('/models', models);
pyodide.FS.writeFile('/frames.npy', readFileSync(frames));
const loop = readFileSync(new URL('./tracking_loop.py', import.meta.url), 'utf8');
pyodide.FS.writeFile(`${folder}/tracking_loop.py`, loop);
await pyodide.runPythonAsync(`
import json, numpy as np, tracking_loop
from js import process
from pyodide_js import _module

def memory():
    return process.memoryUsage().rss / 1e6, _module.HEAPU8.length / 1e6

settings = json.loads('${settings}')
for sample in tracking_loop.watch(np.load("/frames.npy"), memory=memory, models="/models", **settings):
    print(json.dumps(sample), flush=True)
`);
