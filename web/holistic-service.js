// The site's service worker. It keeps the files that visits ask for, so that later visits need no
// network; and where a host cannot set headers it adds those of cross-origin isolation, without which
// there is no shared memory.
//
// manifest.json has the hash of every file. A file is kept with its hash, and holds as long as the
// manifest names that hash. Every load of a page asks the network for the manifest, so a new build
// arrives at once; without network the last manifest holds. Files that the manifest does not name,
// and other origins, are left to the network.

const ISOLATION = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
  'Cross-Origin-Resource-Policy': 'cross-origin',
};
const STORE = 'holistic-tracking';
const HASH = 'Holistic-Sha256'; // the header in which a file's hash is kept
/** @type {ServiceWorkerGlobalScope} */
const worker = /** @type {any} */ (self);
const SCOPE = worker.registration.scope;
const MANIFEST = `${SCOPE}manifest.json`;
const PATIENCE = 3000; // ms for the manifest to arrive
const BATCH = 8; // files that are kept in a row, while somebody looks at a page
const PAUSE = 300; // ms after that

let listing; // promise of the manifest's files

worker.addEventListener('install', () => worker.skipWaiting());
worker.addEventListener('message', (event) => event.waitUntil(keepAll(event)));
worker.addEventListener('fetch', (event) => {
  const { request } = event;
  if (new URL(request.url).origin !== location.origin || request.method !== 'GET') return;
  if (request.cache === 'only-if-cached' && request.mode !== 'same-origin') return;
  const plainly = async () => isolated(await fetch(request)); // the store may be closed to us
  event.respondWith(answer(event).catch(plainly));
});

async function answer(event) {
  const { request } = event;
  const path = pathOf(request.url);
  const named = (await files(request.mode === 'navigate'))[path];
  const store = await caches.open(STORE);
  const url = SCOPE + path;
  if (url === MANIFEST) return (await store.match(MANIFEST)) ?? fetch(request);
  return named ? file(event, store, url, named) : isolated(await fetch(request));
}

// A file that the manifest names: what is kept of it, else what the network has.
async function file(event, store, url, named) {
  const { cache, headers } = event.request;
  const range = headers.get('Range');
  const found = cache === 'reload' ? null : await held(store, url, named.sha256);
  const from = range?.match(/^bytes=(\d+)-(\d*)$/); // players ask from some byte on
  if (range) return found && from ? part(found, from) : isolated(await fetch(event.request));
  if (found) return found;
  const response = isolated(await fetch(url, { cache: cache === 'reload' ? cache : 'no-cache' }));
  if (response.ok) event.waitUntil(keep(store, url, named, response.clone()));
  return response;
}

// A file's path in the site; empty where it is outside of it.
function pathOf(url) {
  const { origin, pathname } = new URL(url);
  const place = origin + pathname;
  if (!place.startsWith(SCOPE)) return '';
  const path = place.slice(SCOPE.length);
  return path === '' || path.endsWith('/') ? `${path}index.html` : path;
}

// Promises the manifest's files, path -> {sha256}: as the network has them now, or as they were when a
// page was last loaded. Where there is no manifest they are none.
function files(anew) {
  listing = anew || !listing ? listed(anew) : listing;
  return listing;
}

async function listed(anew) {
  const store = await caches.open(STORE);
  const kept = await (await store.match(MANIFEST))?.text();
  const text = anew || !kept ? await latest(store, kept) : kept;
  return filesIn(text) ?? {};
}

// The network's manifest; `kept` where there is no network, and nothing where another site is now.
async function latest(store, kept) {
  const signal = AbortSignal.timeout(PATIENCE);
  const response = await fetch(MANIFEST, { cache: 'no-cache', signal }).catch(() => null);
  const text = await response?.text().catch(() => null);
  if (typeof text !== 'string' || response.status >= 500) return kept;
  const named = response.ok ? filesIn(text) : null;
  if (!named) return void (await store.delete(MANIFEST));
  if (text !== kept) {
    await sweep(store, named);
    const headers = { 'Content-Type': 'application/json' };
    await store.put(MANIFEST, isolated(new Response(text, { headers })));
  }
  return text;
}

function filesIn(text) {
  try {
    return JSON.parse(text).files;
  } catch {
    return undefined; // no manifest of ours
  }
}

// Drops what the manifest does not name any more.
async function sweep(store, named) {
  for (const { url } of await store.keys()) {
    const { sha256 } = named[pathOf(url)] ?? {};
    if (url !== MANIFEST && !(await held(store, url, sha256))) await store.delete(url);
  }
}

async function held(store, url, sha256) {
  const response = await store.match(url);
  return response?.headers.get(HASH) === sha256 ? response : null;
}

// Keeps what a response has, and says whether it could: it may be of another build, or damaged.
async function keep(store, url, { sha256, unpacked }, response) {
  const content = await response.arrayBuffer();
  const hash = await hashOf(content);
  const now = (await files())[pathOf(url)]; // a newer build may have come
  if (now?.sha256 !== sha256 || (hash !== sha256 && hash !== unpacked)) return false;
  const headers = isolating(response.headers);
  headers.set(HASH, sha256);
  await store.put(url, new Response(content, { headers }));
  return true;
}

// Keeps all that a later visit can ask for; of models and parts of Python, of which there are more than
// one browser needs, those that are named. What only the avatar's page loads is kept when it does. It
// takes its time, for tracking goes on meanwhile; where it does not end, the next visit goes on with it.
// The message's port is told when everything is kept.
async function keepAll({ data: { files: chosen }, ports }) {
  const store = await caches.open(STORE);
  const kept = new Set((await store.keys()).map(({ url }) => url)); // what is out of date was swept
  const wanted = (path) => chosen.includes(path) || !/^(avatar|models|python|three)\//.test(path);
  const lacking = Object.entries(await files()).filter(([path]) => wanted(path) && !kept.has(SCOPE + path));
  for (let first = 0; first < lacking.length; first += BATCH) {
    for (const [path, file] of lacking.slice(first, first + BATCH)) {
      await fetchAndKeep(store, SCOPE + path, file);
    }
    if (await isLookedAt()) await new Promise((resolve) => setTimeout(resolve, PAUSE));
  }
  ports[0]?.postMessage('kept');
}

// What the page has just loaded is in the browser's cache, and need not be asked for again.
async function fetchAndKeep(store, url, file) {
  /** @type {RequestCache[]} */
  const ways = ['force-cache', 'no-cache'];
  for (const cache of ways) {
    const response = await fetch(url, { cache, priority: 'low' });
    if (response.ok && (await keep(store, url, file, response))) return;
  }
}

async function isLookedAt() {
  const pages = await worker.clients.matchAll({ type: 'window', includeUncontrolled: true });
  return pages.some(({ visibilityState }) => visibilityState === 'visible');
}

// A part of a file: from a byte on, to another (inclusive) or to the end.
async function part(response, [, from, to]) {
  const content = await response.blob();
  const first = Number(from);
  const end = Math.min(to === '' ? Infinity : Number(to), content.size - 1);
  const headers = new Headers(response.headers);
  headers.set('Content-Range', `bytes ${first}-${end}/${content.size}`);
  headers.set('Content-Length', String(end + 1 - first));
  return new Response(content.slice(first, end + 1), { status: 206, headers });
}

async function hashOf(content) {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', content));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

function isolated(response) {
  const { status, statusText } = response;
  if (status === 0) return response; // a redirection, which the browser follows by itself
  const headers = isolating(response.headers);
  const body = [204, 205, 304].includes(status) ? null : response.body;
  return new Response(body, { status, statusText, headers });
}

function isolating(headers) {
  const all = new Headers(headers);
  for (const [name, value] of Object.entries(ISOLATION)) all.set(name, value);
  return all;
}
