// A Web Worker of the tracker: starts Python from its snapshot, loads models, and hands over to
// holistic/browser/worker.py. With shared memory that waits there for frames, and comes back only when the
// page has sent a message; without, every frame is a message.
//
// Messages in:  prepare {manifest}, the one that may come before boot
//               convert {text, form}, after prepare alone: a recording's file of motion is wanted
//               boot {lock, manifest, models, doorbell, index, retry}
//               open {session, generation, config, models, memory, retry}; close {session}
//               equip {session, submodels, models, retry}: the light models, which it can do without
//               compute {session, generation, slot, tasks, header, level, pixels, record}
// Messages out: prepared (it has begun); converted {bytes}; alive {lock};
//               progress {part, path, loaded, total}; ready;
//               stocked (the models of `boot` are there, or cannot be had);
//               opened {session, generation}; done {session};
//               computed {session, generation, slot, tasks, pixels, record};
//               error {code, reason, name, session}

const PROGRESS_STEP = 200_000; // bytes between two progress messages of one file
const PIECE = 262_144; // bytes that are unpacked at once
const BREATH = 5; // ms in which what is being loaded can arrive, between two looks for work
const STALL = 30_000; // ms without a byte after which a file is given up
const BASE = new URL('../', import.meta.url).href; // where Pyodide looks for its files
const WASM = 'application/wasm';
const KEPT = 'Holistic-Sha256'; // the header of what the service worker keeps: see holistic-service.js

class Fault extends Error {
  constructor(code, reason, subject = '') {
    super(reason);
    this.code = code;
    this.subject = subject;
  }
}

const fetchPlainly = self.fetch;
const program = import('./python.js'); // while the page finds out what we are to do
program.catch(() => {}); // failures are met where it is awaited
const inbox = { boot, open, equip, close, compute, convert };
const python = {}; // once it has started: `worker` of holistic/browser/worker.py, and `convert` for values
const loading = new Map(); // models: path -> promise of the bytes, until a session has used them
let described = {}; // the files of the site: path -> {url, bytes, sha256, unpacked, unpackedBytes}
const expected = {}; // those that we are going to load: path -> {part, loaded, total}
const early = new Map(); // files of Pyodide that are fetched before it asks: path -> promise of a Response
const stalls = new Map(); // files that were given up: path -> why
let giveUp; // rejects this, where a file that Pyodide fetches by itself does not arrive
const broken = new Promise((_, reject) => (giveUp = reject));
broken.catch(() => {}); // failures are met where it is awaited
let starting; // promise of Pyodide
let heard = false; // whether the page listens: it does from boot on
let received = 0; // messages so far
let pending = 0; // of them, those that are being worked on, and models that nobody has asked for yet
let line = Promise.resolve(); // one message after the other

self.onmessage = ({ data }) => {
  if (data.type === 'prepare') {
    prepare(data);
    return self.postMessage({ type: 'prepared' });
  }
  received++;
  pending++;
  queue(() => receive(data)).finally(() => pending--);
};

// Does something after what is being done; where that fails, what comes next goes on.
function queue(task) {
  const done = line.then(task);
  line = done.catch(() => {}); // failures are met where it is awaited
  return done;
}

// A session that cannot be opened concerns that one; whatever else fails, the worker as a whole.
async function receive(message) {
  try {
    await inbox[message.type](message);
  } catch (error) {
    fail(error, message.type === 'open' ? message.session : undefined);
  }
}

function fail(error, session) {
  const fault = error instanceof Fault ? error : unexpected(error);
  const { code, message: reason, subject: name } = fault;
  self.postMessage({ type: 'error', code, reason, name, session });
}

// Begins to load Python, while the page's own finds out what we are to do.
function prepare({ manifest, retry = false }) {
  described = manifest.files;
  answerPyodide(manifest.python.runtime, retry);
  starting = load(manifest.python, retry);
  starting.catch(() => {}); // failures are met where it is awaited
}

async function load({ runtime, snapshot, linked, opened, modules }, retry) {
  const fitting = chosen(opened);
  runtime.forEach((path) => announce('runtime', path));
  fetchEarly(runtime.find(isModule), retry);
  [snapshot, ...linked, ...fitting].forEach(({ path }) => announce('packages', path));
  const file = loadFile('runtime', snapshot.path, retry);
  const content = file.then(unpacked);
  content.catch(() => {}); // failures are met where it is awaited
  const { startPython } = await program; // its scripts shall not wait behind what is asked for now
  const [linking, opening] = [linked, fitting].map((libraries) =>
    libraries.map((library) => loadLibrary(library, retry)),
  );
  const begun = startPython({
    snapshot,
    content,
    linked: linking,
    opened: opening,
    address: `${BASE}pyodide/`,
    modules: described[modules].url,
  });
  const pyodide = await Promise.race([begun, broken]);
  free(await file);
  runtime.forEach((path) => report(path, expected[path].total)); // those it imported
  return pyodide;
}

async function boot({ lock, manifest, models, doorbell, index, retry }) {
  holdLock(lock);
  if (!starting) prepare({ manifest, retry });
  heard = true;
  for (const [path, { loaded }] of Object.entries(expected)) report(path, loaded);
  stockUp(models, retry);
  const pyodide = await starting;
  const { Worker } = pyodide.pyimport('holistic.browser.worker');
  python.convert = (value) => pyodide.toPy(value);
  python.worker = Worker(doorbell, index, (session) => self.postMessage({ type: 'done', session }));
  self.postMessage({ type: 'ready' });
  if (doorbell) work().catch(fail);
}

// Loads models that sessions will need.
async function stockUp(models, retry) {
  describe(models);
  pending++;
  await Promise.allSettled(models.map(({ path }) => loadModel(path, retry)));
  pending--;
  self.postMessage({ type: 'stocked' });
}

// Takes a session on, or goes on with it in another way.
async function open({ session, generation, config, models: files, memory, retry }) {
  describe(files);
  const { worker, convert } = python;
  const submodels = [...new Set(files.map(({ submodel }) => submodel))];
  const lacking = worker.lacking(config.options.variant, convert(submodels)).toJs();
  const wanted = files.filter(({ submodel }) => lacking.includes(submodel));
  const contents = await Promise.all(wanted.map(({ path }) => loadModel(path, retry)));
  wanted.forEach(({ path }) => loading.delete(path));
  const load = (file) => contents[wanted.findIndex(({ name }) => name === file)];
  worker.open(session, convert({ ...config, submodels }), load, memory);
  free(...contents);
  self.postMessage({ type: 'opened', session, generation });
}

// Brings models to a session, which goes on meanwhile, and without them where they do not arrive.
function equip({ session, submodels, models, retry }) {
  describe(models);
  pending++;
  Promise.all(models.map(({ path }) => loadModel(path, retry)))
    .then((contents) => queue(() => supply(session, submodels, models, contents)))
    .catch(({ message }) => console.info(`It goes on without light models: ${message}`))
    .finally(() => pending--);
}

function supply(session, submodels, models, contents) {
  models.forEach(({ path }) => loading.delete(path));
  const load = (file) => contents[models.findIndex(({ name }) => name === file)];
  python.worker.equip(session, python.convert(submodels), load);
  free(...contents);
}

function close({ session }) {
  python.worker.close(session);
}

function compute({ type, ...message }) {
  const { session, generation, slot, tasks, pixels, record } = message;
  python.worker.compute(session, message);
  const computed = { type: 'computed', session, generation, slot, tasks, pixels, record };
  self.postMessage(computed, [pixels, record]);
}

async function convert({ text, form }) {
  const pyodide = await starting;
  const bytes = pyodide.pyimport('holistic.browser.converting').converted(text, form).toJs();
  self.postMessage({ type: 'converted', bytes });
}

// With shared memory the worker finds its work by itself. While something is being loaded it lets
// that in between two frames; else it sleeps until there is a frame to work on, or a message.
async function work() {
  for (;;) {
    const hurried = pending > 0;
    python.worker.run(received, hurried);
    await new Promise((resolve) => setTimeout(resolve, hurried ? BREATH : 0));
  }
}

// Held until we die; the page waits for it to be free again.
function holdLock(lock) {
  navigator.locks.request(lock, () => {
    self.postMessage({ type: 'alive', lock });
    return new Promise(() => {});
  });
}

// The libraries that there are in one flavour, and of the others the first that this browser can run.
function chosen(libraries) {
  const flavoured = libraries.filter(({ probe }) => probe);
  const best = flavoured.find(({ probe }) => WebAssembly.validate(new Uint8Array(probe)));
  return libraries.filter((library) => library === best || !library.probe);
}

// A library with a promise of its code, which is compiled while it arrives.
function loadLibrary({ name, path }, retry) {
  const code = compile(path, retry);
  code.catch(() => {}); // failures are met where it is awaited
  return { name, code };
}

async function compile(path, retry) {
  try {
    return await WebAssembly.compileStreaming(fetchFile(path, retry));
  } catch (error) {
    throw error instanceof Fault ? error : notArrived(path, error);
  }
}

function notArrived(path, { message }) {
  const reason = stalls.get(path) ?? `it does not arrive, or not as it was built (${message})`;
  return new Fault('runtime-failed', `${path}: ${reason}`);
}

// Models may have come to the manifest since it was sent.
function describe(models) {
  for (const { path, file } of models) described[path] = file;
}

// A promise of the model's bytes. Until a session has made use of them, asking again gives the same.
function loadModel(path, retry) {
  if (!loading.has(path)) {
    announce('models', path);
    const content = loadFile('model', path, retry).then(unpack);
    content.catch(() => loading.delete(path)); // so that the next one tries anew
    loading.set(path, content);
  }
  return loading.get(path);
}

// The bytes of a file, checked.
async function loadFile(kind, path, retry) {
  const lost = loser(kind, path);
  const watch = watchFor(path);
  const response = await request(path, retry, watch, lost);
  return contentOf(path, response, watch, lost);
}

// An expected file for somebody else, who may compile it while it streams: as the service worker has
// kept it, or what is in it, checked. (An integrity that the browser checked would say nothing before
// all has come, which over a slow line takes longer than we wait for news.)
async function fetchFile(path, retry) {
  const lost = loser('runtime', path);
  const watch = watchFor(path);
  const response = await request(path, retry, watch, lost);
  if (isKept(path, response) && !described[path].unpacked) {
    arrived(path, watch);
    return isModule(path) && !isTyped(response) ? answerFor(path, response.body) : response;
  }
  const content = await contentOf(path, response, watch, lost);
  return answerFor(path, isPacked(content) ? unpackedStream(content) : handedOn(content));
}

// Throws the fault of a file that does not come as it should.
function loser(kind, path) {
  return (code, reason) => {
    if (kind === 'model') throw new Fault(code, reason, path);
    throw new Fault('runtime-failed', `${path}: ${reason}`);
  };
}

// What a response has, checked: by the service worker where it has kept it.
async function contentOf(path, response, watch, lost) {
  const content = await fetchContent(path, response, watch, lost).finally(watch.end);
  if (isKept(path, response)) return content;
  const { sha256, unpacked } = described[path];
  const hash = await hashOf(content);
  if (hash !== sha256 && hash !== unpacked) {
    const short = (text) => text.slice(0, 12);
    lost('model-corrupt', `its sha256 is ${short(hash)}…, not ${short(sha256)}…`);
  }
  return content;
}

function isKept(path, { headers }) {
  return headers.get(KEPT) === described[path].sha256;
}

async function fetchContent(path, response, watch, lost) {
  if (isPage(response)) lost('model-missing', 'the server sent a page in its place');
  return read(path, response, watch).catch(({ message }) =>
    lost('model-corrupt', stalls.get(path) ?? `it breaks off: ${message}`),
  );
}

// What comes of a file, in a buffer that JavaScript has made, which `free` can free: of one that a
// Response gives the browser keeps hold.
async function read(path, { body, headers }, watch) {
  const { bytes, unpackedBytes = 0 } = described[path];
  const content = new Uint8Array(Math.max(bytes, unpackedBytes));
  const counted = headers.has(KEPT) ? chunks(body) : count(path, body, watch);
  let end = 0;
  for await (const chunk of counted) {
    if (end + chunk.length > content.length) break; // of something else: its hash will tell
    content.set(chunk, end);
    end += chunk.length;
  }
  report(path, expected[path].total);
  return content.subarray(0, end);
}

// Whether a host that sends its start page for whatever it does not have did so.
function isPage(response) {
  return response.headers.get('Content-Type')?.startsWith('text/html') ?? false;
}

// The bytes in a packed file, a gzip file, whose last word says how many there are.
async function unpack(content) {
  if (!isPacked(content)) return content;
  const bytes = new Uint8Array(new DataView(content.buffer).getUint32(content.length - 4, true));
  let end = 0;
  for await (const chunk of unpacked(content)) {
    bytes.set(chunk, end);
    end += chunk.length;
  }
  free(content);
  return bytes;
}

// The same in chunks.
function unpacked(content) {
  return isPacked(content) ? chunks(unpackedStream(content)) : [content];
}

function unpackedStream(content) {
  return pieces(content).pipeThrough(new DecompressionStream('gzip'));
}

// Whether a file is still packed: some hosts have the browser unpack it, or pack it better themselves.
function isPacked([first, second]) {
  return first === 0x1f && second === 0x8b;
}

// What a stream gives. Safari's streams are no asynchronous iterators themselves.
async function* chunks(stream) {
  const reader = stream.getReader();
  for (let read; !(read = await reader.read()).done; ) yield read.value;
}

// A stream of bytes. A Blob's would take them through the browser's own process.
function pieces(content) {
  let from = 0;
  const pull = (stream) => {
    if (from >= content.length) return stream.close();
    stream.enqueue(content.subarray(from, (from += PIECE)));
  };
  return new ReadableStream({ pull });
}

// The same in copies, which whoever reads them may keep: the bytes are given back at the end.
function handedOn(content) {
  let from = 0;
  const pull = (stream) => {
    if (from < content.length) return stream.enqueue(content.slice(from, (from += PIECE)));
    free(content);
    stream.close();
  };
  return new ReadableStream({ pull });
}

// Gives back memory at once, and whoever still refers to it: a worker that is busy with frames
// hardly ever collects its garbage.
function free(...contents) {
  for (const { buffer } of contents) buffer.transfer?.(0);
}

async function hashOf(content) {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', content));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

function announce(part, path) {
  expected[path] = { part, total: described[path].bytes };
  report(path, 0);
}

function report(path, loaded) {
  expected[path].loaded = loaded;
  if (heard) self.postMessage({ type: 'progress', path, ...expected[path] });
}

// Pyodide asks for its files where this module is: they may have other addresses, and be packed.
function answerPyodide(runtime, retry) {
  self.fetch = (resource, options) => {
    const asked = String(resource).replace(BASE, '');
    const path = runtime.find((each) => each.startsWith(asked));
    if (!path) return fetchPlainly(resource, options);
    const coming = early.get(path);
    early.delete(path); // a response can be read once
    return coming ?? fetchRuntime(path, retry);
  };
}

// Has a file of Pyodide's come before Pyodide asks for it: the largest, which it does last.
function fetchEarly(path, retry) {
  early.set(path, fetchRuntime(path, retry));
}

function fetchRuntime(path, retry) {
  const answer = fetchFile(path, retry);
  answer.catch(giveUp); // Pyodide would not tell
  return answer;
}

// The answer to a request for an expected file. What no more comes of is given up.
async function request(path, retry, { signal, end }, lost) {
  const cache = retry ? 'reload' : 'default';
  try {
    const response = await fetchPlainly(described[path].url, { cache, signal });
    if (!response.ok) throw new Error(`the server answered ${response.status}`);
    return response;
  } catch ({ message }) {
    end();
    return lost('model-missing', stalls.get(path) ?? message);
  }
}

// A file that is there; nobody need watch how one comes out of the service worker's store.
function arrived(path, watch) {
  watch.end();
  report(path, expected[path].total);
}

// Aborts its signal when there has been no news for too long.
function watchFor(path) {
  const stop = new AbortController();
  let timer;
  const end = () => clearTimeout(timer);
  const news = () => {
    end();
    timer = setTimeout(() => {
      stalls.set(path, `nothing came from the server for ${STALL / 1000} seconds`);
      stop.abort();
    }, STALL);
  };
  stalls.delete(path);
  news();
  return { signal: stop.signal, news, end };
}

// Whether a host says that it is WebAssembly, which is compiled while it streams. Not every one knows that.
function isTyped(response) {
  return response.headers.get('Content-Type') === WASM;
}

// The names of packed ones end in another way.
function isModule(path) {
  return path.includes('.wasm');
}

function answerFor(path, body) {
  return new Response(body, isModule(path) ? { headers: { 'Content-Type': WASM } } : {});
}

// The chunks of a body, of which the page is told.
async function* count(path, body, watch) {
  let loaded = 0;
  let told = 0;
  for await (const chunk of chunks(body)) {
    watch.news();
    if (!loaded) expected[path].total = sizeOf(path, chunk);
    loaded += chunk.length;
    if (loaded - told >= PROGRESS_STEP) report(path, (told = loaded));
    yield chunk;
  }
  report(path, loaded);
}

// How much will come of a file that begins so.
function sizeOf(path, beginning) {
  const { bytes, unpackedBytes } = described[path];
  return unpackedBytes && !isPacked(beginning) ? unpackedBytes : bytes;
}

function unexpected(error) {
  console.error(error);
  const reason = lastLine(error);
  const memory = error instanceof RangeError || /MemoryError|memory|allocat/i.test(reason);
  return new Fault(memory ? 'out-of-memory' : 'runtime-failed', reason);
}

// Python's tracebacks end with the line that says what happened.
function lastLine(error) {
  return String(error.message ?? error).trim().split('\n').pop();
}
