// Starts Python from a site's snapshot as a worker does, but in Node.js, and runs a snippet:
//   node snapshot_session.mjs SITE CODE
// The code finds in `fetched` what Python has fetched since it started.

import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

const [folder, code] = process.argv.slice(2);
const read = (path) => readFileSync(join(folder, path));
const site = pathToFileURL(`${resolve(folder)}/`).href;
const { linked, snapshot, modules } = JSON.parse(String(read('manifest.json'))).python;
const fetched = [];

globalThis.XMLHttpRequest = /** @type {any} */ (class {
  open(_, path) {
    this.path = path;
  }

  send() {
    fetched.push(this.path);
    this.response = Uint8Array.from(read(this.path)).buffer;
  }
});

URL.createObjectURL = () => '/dev/null'; // in Node.js Pyodide reads files only
const { startPython } = await import(`${site}worker/python.js`);
const create = globalThis._createPyodideModule;
globalThis._createPyodideModule = async (settings) => {
  const module = await create(settings);
  const gaps = snapshot.spans.map(([from], index) => [snapshot.spans[index - 1]?.[1] ?? 0, from]);
  const written = gaps.filter((gap) => module.HEAPU8.subarray(...gap).some(Boolean));
  if (written.length) throw new Error(`not blank where the snapshot has nothing: ${written}`);
  return module;
};
const python = await startPython({
  snapshot,
  content: Promise.resolve([gunzipSync(read(snapshot.path))]),
  linked: linked.map(({ name, path }) => ({ name, code: WebAssembly.compile(read(path)) })),
  opened: [],
  modules,
});
python.globals.set('fetched', fetched);
python.runPython(code);
