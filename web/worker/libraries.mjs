// Links libraries, WebAssembly modules such as NumPy's, into Pyodide. Python's own dlopen then finds
// them by their names, in memory, wherever their files are.

// Has libraries, [{name, code}] with promises of their code, linked into the next Pyodide before its
// Python starts: they get the same places every time then, so that a snapshot of memory fits which
// was made with the same ones. `pyodide.asm.js` must have been imported.
export function linkFirst(libraries) {
  const create = globalThis._createPyodideModule;
  globalThis._createPyodideModule = (settings) => {
    globalThis._createPyodideModule = create;
    const preRun = [...settings.preRun, (module) => linkBeforeRun(module, libraries)];
    return create({ ...settings, preRun });
  };
}

// Links a library into a Pyodide's module.
export async function link(module, { name, code }) {
  const library = module.newDSO(name, undefined, 'loading');
  const options = { loadAsync: true, nodelete: true };
  library.exports = await module.loadWebAssemblyModule(await code, options, name, {});
}

async function linkBeforeRun(module, libraries) {
  module.addRunDependency('libraries');
  for (const library of libraries) await link(module, library);
  module.removeRunDependency('libraries');
}
