// Links libraries, WebAssembly modules such as NumPy's, into Pyodide. Python's own dlopen then finds
// them by their names, in memory, wherever their files are.

// Entries that the function table has before the first library is linked. Engines begin with tables
// of different lengths, and the snapshot refers to a library's functions by their places in it.
const TABLE = 8192;

// Has libraries, [{name, code}] with promises of their code, linked into the next Pyodide before its
// Python starts: they get the same places every time then, so that a snapshot of memory fits which
// was made with the same ones. `pyodide.asm.js` must have been imported. Returns a promise of
// where that ends in memory which Pyodide's module and they bring along; where it fails, that Pyodide
// never starts.
export function linkFirst(libraries) {
  const create = globalThis._createPyodideModule;
  return new Promise((resolve, reject) => {
    globalThis._createPyodideModule = (settings) => {
      globalThis._createPyodideModule = create;
      const first = (module) => void linkBeforeRun(module, libraries).then(resolve, reject);
      return create({ ...settings, preRun: [...settings.preRun, first] });
    };
  });
}

// Links a library into a Pyodide's module.
export async function link(module, { name, code }) {
  const library = module.newDSO(name, undefined, 'loading');
  const options = { loadAsync: true, nodelete: true };
  library.exports = await module.loadWebAssemblyModule(await code, options, name, {});
}

async function linkBeforeRun(module, libraries) {
  module.addRunDependency('libraries');
  lengthen(module.wasmTable);
  for (const library of libraries) await link(module, library);
  const end = module._sbrk(0);
  module.removeRunDependency('libraries');
  return end;
}

function lengthen(table) {
  if (table.length > TABLE) {
    throw new Error(`this browser's function table is too long: ${table.length} entries, not ${TABLE}`);
  }
  table.grow(TABLE - table.length);
}
