// Makes packages.zip and snapshot.bin (see image.py) in Pyodide on Node.js:
//   node image.mjs PYODIDE_FOLDER SOURCES.zip OUT_FOLDER

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

// Without this, Node.js would print the line of Pyodide's code that threw: a megabyte.
process.on('uncaughtException', (error) => {
  console.error(error.message);
  process.exit(1);
});

const [pyodideFolder, sources, folder] = process.argv.slice(2);
const { loadPyodide } = await import(pathToFileURL(join(pyodideFolder, 'pyodide.mjs')));
const tools = readFileSync(new URL('./image_in_pyodide.py', import.meta.url), 'utf8');

const plain = await loadPyodide();
plain.FS.writeFile('/sources.zip', readFileSync(sources));
plain.runPython(tools);
plain.runPython('compile_archive("/sources.zip", "/packages.zip")');
writeFileSync(join(folder, 'packages.zip'), plain.FS.readFile('/packages.zip'));
const names = plain.runPython('" ".join(standard_modules("/packages.zip"))');

const fresh = await loadPyodide({ _makeSnapshot: true });
fresh.runPython(`import importlib\nfor name in "${names}".split(): importlib.import_module(name)`);
writeFileSync(join(folder, 'snapshot.bin'), fresh.makeMemorySnapshot());
