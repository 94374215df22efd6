// Starts Python in a worker from the snapshot that the build made (py/builder/image.py): it has
// imported the tracker and all that the tracker imports. What it has not is fetched when Python
// imports it after all.

import { link, linkFirst } from './libraries.js';
import '../pyodide/pyodide.asm.js';
import { loadPyodide } from '../pyodide/pyodide.js';
import { restoreFirst, startOf } from './snapshot.js';

// A promise of Pyodide. `snapshot` describes its memory (see snapshot.js), and `content` is a promise
// of what is in it, in chunks; `linked` and `opened`, [{name, code}] with promises of WebAssembly
// modules, are the libraries that the snapshot has and those that Python opens by itself; `address` is
// where Pyodide asks for its files, and `modules` that of the other modules.
export async function startPython({ snapshot, content, linked, opened, address, modules }) {
  const linking = linkFirst(linked);
  restoreFirst(snapshot, content);
  const stdLibURL = URL.createObjectURL(new Blob()); // Pyodide wants one; the snapshot needs none
  const starting = loadPyodide({ _loadSnapshot: startOf(snapshot), stdLibURL, indexURL: address });
  // What does not arrive would be waited for without end.
  const [pyodide] = await Promise.all([starting, content, linking]);
  URL.revokeObjectURL(stdLibURL);
  for (const library of opened) await link(pyodide._module, library);
  pyodide.pyimport('remainder').address = modules;
  // In the snapshot random numbers are everybody's: see py/builder/repeatable.mjs.
  pyodide.pyimport('random').seed();
  return pyodide;
}
