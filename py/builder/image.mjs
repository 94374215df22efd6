// Makes what Python starts from (see image.py) in Pyodide on Node.js:
//   node image.mjs PYODIDE_FOLDER PACKAGES.zip LIBRARIES_FOLDER LINKED OUT_FOLDER
// LINKED is JSON: the files in LIBRARIES_FOLDER that the snapshot shall have linked in.

import './repeatable.mjs';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { linkFirst } from '../../web/worker/libraries.js';
import { noteTrampoline } from '../../web/worker/snapshot.js';

// Without this, Node.js would print the line of Pyodide's code that threw: a megabyte.
process.on('uncaughtException', (error) => {
  console.error(error.message);
  process.exit(1);
});

const LARGEST_BLOCK = 1 << 17; // bytes; larger ones malloc takes from elsewhere

const [pyodideFolder, packages, libraries, linked, folder] = process.argv.slice(2);
await import(pathToFileURL(join(pyodideFolder, 'pyodide.asm.js')).href);
const { loadPyodide } = await import(pathToFileURL(join(pyodideFolder, 'pyodide.mjs')).href);
const tools = readFileSync(new URL('./image_in_pyodide.py', import.meta.url), 'utf8');
const contents = readFileSync(new URL('./unneeded_in_pyodide.py', import.meta.url), 'utf8');
const modules = join(folder, 'modules.zip');

const plain = await loadPyodide();
plain.FS.writeFile('/packages.zip', readFileSync(packages));
plain.runPython(tools);
plain.runPython('compile_modules([ARCHIVE, "/packages.zip"], "/modules.zip")');
writeFileSync(modules, plain.FS.readFile('/modules.zip'));
const unneeded = plain.runPython(`${contents}\nunneeded()`).toJs();
writeFileSync(join(folder, 'probes.json'), plain.runPython('probes("/packages.zip")'));

const paths = JSON.parse(linked);
const linking = linkFirst(
  paths.map((path) => ({
    name: `${plain.globals.get('ARCHIVE')}/${path}`,
    code: WebAssembly.compile(readFileSync(join(libraries, path))),
  })),
);
const [fresh, end] = await Promise.all([
  loadPyodide({ _makeSnapshot: true, stdLibURL: modules }),
  linking,
]);
fresh.FS.writeFile('/tools.py', tools);
fresh.FS.writeFile('/contents.py', contents);
const ofNumPy = fresh.runPython(`
tools = {}
exec(open("/tools.py").read(), tools)
exec(open("/contents.py").read(), tools)
tools["start"](${linked})
tools["unneeded_of_numpy"]()
`);
unneeded.push(...ofNumPy.toJs());
ofNumPy.destroy();
fresh.runPython(`
tools["wipe"]()
del tools
import gc
gc.collect()
`);
wipe(fresh._module);
blank(fresh._module.HEAPU8.subarray(0, end), unneeded);
noteTrampoline(fresh._module, 0);
writeFileSync(join(folder, 'snapshot.bin'), fresh.makeMemorySnapshot());
const remaining = 'import json, remainder; json.dumps(sorted(remainder.names))';
writeFileSync(join(folder, 'remaining.json'), fresh.runPython(remaining));

// Zeroes these contents wherever they are in memory that is none of Python's objects.
function blank(memory, contents) {
  const searched = Buffer.from(memory.buffer, memory.byteOffset, memory.length);
  for (const content of contents) {
    for (let at = 0; (at = searched.indexOf(content, at)) >= 0; at += content.length) {
      memory.fill(0, at, at + content.length);
    }
  }
}

// Zeroes the memory that malloc has free, without having it take more.
function wipe(module) {
  const blocks = [];
  for (let size = LARGEST_BLOCK; size > 8; size /= 2) {
    const end = module._sbrk(0);
    while (end === module._sbrk(0)) {
      const block = module._PyMem_RawMalloc(size);
      module.HEAPU8.fill(0, block, block + size);
      blocks.push(block);
    }
  }
  blocks.forEach((block) => module._PyMem_RawFree(block));
}
