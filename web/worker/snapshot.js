// A snapshot of Python's memory, as the build has made it (py/builder/image.py): {start, size, spans}.
// `start` is what Pyodide noted about it, in base64; of the `size` bytes of memory, `spans` are the
// parts, [from, to], in which there is something, and which the snapshot's file has one after the other.

// Has the next Pyodide find the snapshot in its memory, without a copy of it anywhere else. `content` is
// a promise of what is in the file, in chunks. `pyodide.asm.js` must have been imported.
export function restoreFirst({ size, spans }, content) {
  const create = globalThis._createPyodideModule;
  globalThis._createPyodideModule = async (settings) => {
    globalThis._createPyodideModule = create;
    const module = await create({ ...settings, INITIAL_MEMORY: size });
    await fill(module.HEAPU8, spans, await content);
    noteTrampoline(module, module._PyEM_CountArgsPtr ?? 0);
    return module;
  };
}

export function startOf({ start }) {
  return Uint8Array.from(atob(start), (character) => character.charCodeAt(0));
}

// Python calls C functions through a trampoline where the engine has one; CPython's runtime knows its
// place in the function table. A snapshot has none, since it is for every engine: the build notes 0.
export function noteTrampoline(module, place) {
  const { HEAP32, __PyRuntime: runtime, __PyEM_EMSCRIPTEN_COUNT_ARGS_OFFSET: noted } = module;
  HEAP32[(runtime + HEAP32[noted / 4]) / 4] = place;
}

async function fill(memory, spans, chunks) {
  const left = spans.map(([from, to]) => memory.subarray(from, to));
  for await (let chunk of chunks) {
    while (chunk.length) {
      const part = chunk.subarray(0, left[0].length);
      left[0].set(part);
      chunk = chunk.subarray(part.length);
      left[0] = left[0].subarray(part.length);
      if (!left[0].length) left.shift();
    }
  }
}
