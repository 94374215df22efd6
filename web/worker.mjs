// A Web Worker of the tracker: starts Python from its snapshot, loads the models of its parts,
// and hands over to holistic/worker.py, which waits for frames in shared memory.
//
// Messages in:  boot {lock, manifest, models, parts, complexity, people, retry};
//               open {frames, board, width, height}
// Messages out: alive {lock}; progress {part, path, loaded, total}; ready; done;
//               error {code, reason, name}

const PROGRESS_STEP = 200_000; // bytes between two progress messages of one file
const SITE_PACKAGES = '/lib/python3.13/site-packages';
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
  expect('packages', [manifest.packages, manifest.snapshot], manifest.files);
  countFetches();
  const described = (path) => ({ path, ...manifest.files[path] });
  const pending = Promise.all([
    loadFile('runtime', described(manifest.packages), retry),
    loadFile('runtime', described(manifest.snapshot), retry),
    loadModels(models, retry),
  ]);
  pending.catch(() => {}); // a failure is met below, where it is awaited
  const { loadPyodide } = await import('./pyodide/pyodide.mjs');
  const [packages, snapshot, loaded] = await pending;
  const pyodide = await loadPyodide({ _loadSnapshot: snapshot });
  manifest.runtime.forEach((path) => report(path, expected[path].total)); // those it imported
  pyodide.unpackArchive(packages, 'zip', { extractDir: SITE_PACKAGES });
  const tracker = pyodide.pyimport('holistic.worker');
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
  const contents = await Promise.all(files.map((file) => loadFile('model', file, retry)));
  return new Map(files.map(({ name }, index) => [name, contents[index]]));
}

// The bytes of a file, checked and, where its name ends in .gz, unpacked.
async function loadFile(kind, { path, sha256 }, retry) {
  const lost = (code, reason) => {
    if (kind === 'model') throw new Fault(code, reason, path);
    throw new Fault('runtime-failed', `${path}: ${reason}`);
  };
  const cache = retry ? 'reload' : 'default';
  const response = await fetch(BASE + path, { cache }).catch(({ message }) =>
    lost('model-missing', message),
  );
  if (!response.ok) lost('model-missing', `the server answered ${response.status}`);
  const content = await response.arrayBuffer().catch(({ message }) =>
    lost('model-corrupt', `it breaks off: ${message}`),
  );
  const hash = await hashOf(content);
  if (hash !== sha256) {
    const short = (text) => text.slice(0, 12);
    lost('model-corrupt', `its sha256 is ${short(hash)}…, not ${short(sha256)}…`);
  }
  if (!path.endsWith('.gz')) return new Uint8Array(content);
  const unpacked = new Blob([content]).stream().pipeThrough(new DecompressionStream('gzip'));
  return new Uint8Array(await new Response(unpacked).arrayBuffer());
}

async function hashOf(content) {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', content));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('');
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
