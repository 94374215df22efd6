// Where the files of the package are, and what to do where one is not right: web/files.js, for bundlers.

import { ADDRESSES, MANIFEST } from './addresses.js';

export const REPAIR =
  "Have the bundler or the host copy every file of the package's folder assets; models of another " +
  "variant come with an import of 'holistic-tracking/models/NAME'";

const LOADER = 'tag/micropython.js';
const MICROPYTHON = 'micropython/micropython.wasm.bin';

let base = ''; // of another copy of the assets

// Has all files fetched from a copy of the folder `assets`: call it before anything starts.
export function setBasePath(url) {
  base = String(url).replace(/\/?$/, '/');
}

// Some bundlers' addresses are paths.
export function urlOf(path) {
  return new URL(base ? base + path : ADDRESSES[path], globalThis.location?.href).href;
}

// Adds models of another variant: see the package holistic-tracking-models.
export function addModels({ models, files, addresses }) {
  for (const [folder, paths] of Object.entries(models)) {
    MANIFEST.models[folder] = { ...MANIFEST.models[folder], ...paths };
  }
  Object.assign(ADDRESSES, addresses);
  for (const [path, file] of Object.entries(files)) MANIFEST.files[path] = { ...file, url: urlOf(path) };
}

export async function readManifest() {
  return MANIFEST;
}

export async function loadMicroPython(options) {
  const address = urlOf(LOADER); // bundlers look away: it has parts for Node.js
  const [loader, url] = await Promise.all([
    import(/* webpackIgnore: true */ /* turbopackIgnore: true */ /* @vite-ignore */ address),
    unpackedUrl(MICROPYTHON),
  ]);
  return loader.loadMicroPython({ ...options, url }).finally(() => URL.revokeObjectURL(url));
}

// The address of the WebAssembly in a packed file.
async function unpackedUrl(path) {
  const response = await fetch(urlOf(path));
  if (!response.ok) throw new Error(`${path}: the server answered ${response.status}`);
  const content = response.body.pipeThrough(new DecompressionStream('gzip'));
  const module = new Response(content, { headers: { 'Content-Type': 'application/wasm' } });
  return URL.createObjectURL(await module.blob());
}
