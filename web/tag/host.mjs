// Where the tag's files are, which may be another origin than the page's.

const BASE = new URL('../', import.meta.url);
const WORKER = new URL('worker.mjs', BASE).href;

export async function fetchText(path) {
  const response = await fetch(new URL(path, BASE), { cache: 'no-cache' });
  if (!response.ok) throw new Error(`${path}: the server answered ${response.status}`);
  return response.text();
}

export async function fetchManifest() {
  return JSON.parse(await fetchText('manifest.json'));
}

// A page may only start workers of its own origin: elsewhere one that imports ours.
export function startWorker() {
  if (BASE.origin === location.origin) return new Worker(WORKER, { type: 'module' });
  const text = `import ${JSON.stringify(WORKER)};`;
  const url = URL.createObjectURL(new Blob([text], { type: 'text/javascript' }));
  const worker = new Worker(url, { type: 'module' });
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
  return worker;
}
