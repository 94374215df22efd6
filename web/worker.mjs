// A Web Worker of the tracker: boots Pyodide, installs our wheels, loads the models of its parts,
// and hands over to holistic/worker.py, which waits for frames in shared memory.
//
// Messages in:  boot {lock, manifest, models, parts, complexity, people, retry};
//               open {frames, board, width, height}
// Messages out: alive {lock}; progress {part, path, loaded, total}; ready; done;
//               error {code, reason, name}

const PROGRESS_STEP = 200_000; // bytes between two progress messages of one file
const BASE = new URL('./', import.meta.url).href;

class Fault extends Error {
  constructor(code, reason, subject = '') {
    super(reason);
    Object.assign(this, { code, subject });
  }
}

const inbox = { boot, open };
let worker;
let expected = {}; // the files we are going to load: path -> {part, total}

self.onmessage = async ({ data }) => {
  try {
    await inbox[data.type](data);
  } catch (error) {
    const fault = error instanceof Fault ? error : new Fault('runtime-failed', lastLine(error));
    if (fault !== error) console.error(error);
    const { code, message, subject } = fault;
    self.postMessage({ type: 'error', code, reason: message, name: subject });
  }
};

async function boot({ lock, manifest, models, parts, complexity, people, retry }) {
  holdLock(lock);
  expect('runtime', manifest.runtime, manifest.files);
  expect('packages', [...manifest.packages, ...manifest.wheels], manifest.files);
  countFetches();
  const contents = loadModels(models, retry); // while Python is being loaded
  contents.catch(() => {}); // a failure is met below, where it is awaited
  const { loadPyodide } = await import('./pyodide/pyodide.mjs');
  const packages = manifest.packages.map((path) => path.match(/([^/-]+)-[^/]+$/)[1]);
  const pyodide = await loadPyodide({ packages }); // by name, so that it checks their hashes
  manifest.runtime.forEach((path) => report(path, expected[path].total)); // those it imported
  const wheels = manifest.wheels.map((path) => BASE + path);
  await pyodide.pyimport('micropip').install.callKwargs(wheels, { deps: false });
  const tracker = pyodide.pyimport('holistic.worker');
  const loaded = await contents;
  worker = tracker.Worker(pyodide.toPy(parts), (name) => loaded.get(name), complexity, people);
  self.postMessage({ type: 'ready' });
}

// Works on the source's frames until the page closes its ring.
function open({ frames, board, width, height }) {
  worker.run(frames, board, width, height, () => self.postMessage({ type: 'done' }));
}

// Held until we die; the page waits for it to be free again.
function holdLock(lock) {
  navigator.locks.request(lock, () => {
    self.postMessage({ type: 'alive', lock });
    return new Promise(() => {});
  });
}

async function loadModels(files, retry) {
  for (const { path, bytes } of files) announce('models', path, bytes);
  const contents = await Promise.all(files.map((file) => loadModel(file, retry)));
  return new Map(files.map(({ name }, index) => [name, contents[index]]));
}

async function loadModel({ path, sha256 }, retry) {
  const response = await fetch(BASE + path, { cache: retry ? 'reload' : 'default' }).catch(
    (error) => missing(path, error.message),
  );
  if (!response.ok) missing(path, `the server answered ${response.status}`);
  let content;
  try {
    const unpacked = response.body.pipeThrough(new DecompressionStream('gzip'));
    content = await new Response(unpacked).arrayBuffer();
  } catch (error) {
    throw new Fault('model-corrupt', `it does not unpack: ${error.message}`, path);
  }
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', content));
  const hash = Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('');
  if (hash !== sha256) {
    const short = (text) => text.slice(0, 12);
    throw new Fault('model-corrupt', `its sha256 is ${short(hash)}…, not ${short(sha256)}…`, path);
  }
  return new Uint8Array(content);
}

function missing(name, reason) {
  throw new Fault('model-missing', reason, name);
}

function expect(part, paths, files) {
  for (const path of paths) announce(part, path, files[path].bytes);
}

function announce(part, path, total) {
  expected[path] = { part, total };
  report(path, 0);
}

function report(path, loaded) {
  self.postMessage({ type: 'progress', path, loaded, ...expected[path] });
}

// Counts the bytes of every fetch of an expected file, on a clone, so that the original reaches
// its consumer untouched (WebAssembly compiles while it streams).
function countFetches() {
  const plainFetch = self.fetch;
  self.fetch = async (resource, options) => {
    const response = await plainFetch(resource, options);
    const path = response.url.replace(BASE, '');
    if (response.ok && expected[path]) count(path, response.clone().body).catch(() => {});
    return response;
  };
}

async function count(path, body) {
  let loaded = 0;
  let told = 0;
  for await (const chunk of body) {
    loaded += chunk.length;
    if (loaded - told >= PROGRESS_STEP) report(path, (told = loaded));
  }
  report(path, loaded);
}

// Python's tracebacks end with the line that says what happened.
function lastLine(error) {
  return String(error.message ?? error).trim().split('\n').pop();
}
