// Starts Python in a worker from the snapshot that the build made (py/builder/image.py): it has
// imported the tracker and all that the tracker imports. What it has not is fetched when Python
// imports it after all.

import { link, linkFirst } from './libraries.mjs';
import './pyodide/pyodide.asm.js';
import { loadPyodide } from './pyodide/pyodide.mjs';

// A promise of Pyodide. `snapshot` is a promise of its memory, which is given up afterwards; `linked`
// and `opened`, [{name, code}] with promises of WebAssembly modules, are the libraries that the
// snapshot has and those that Python opens by itself; `modules` is the address of the other modules.
export async function startPython({ snapshot, linked, opened, modules }) {
  linkFirst(linked);
  const stdLibURL = URL.createObjectURL(new Blob()); // Pyodide wants one; the snapshot needs none
  const starting = loadPyodide({ _loadSnapshot: snapshot, stdLibURL });
  // A library that does not arrive would be waited for without end.
  const [pyodide] = await Promise.all([starting, ...linked.map(({ code }) => code)]);
  URL.revokeObjectURL(stdLibURL);
  for (const library of opened) await link(pyodide._module, library);
  pyodide.pyimport('remainder').address = modules;
  return pyodide;
}
