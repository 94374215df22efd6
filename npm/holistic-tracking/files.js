// Where the files of the package are, and what to do where one is not right: web/files.js, for bundlers.

import { ADDRESSES, MANIFEST } from './addresses.js';

export const REPAIR =
  "Have the bundler or the host copy every file of the package's folder assets; models of another " +
  "variant come with an import of 'holistic-tracking/models/NAME'";

const LOADER = 'tag/micropython.js';

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
  const url = urlOf(LOADER); // bundlers look away: it has parts for Node.js
  const loader = await import(/* webpackIgnore: true */ /* turbopackIgnore: true */ /* @vite-ignore */ url);
  return loader.loadMicroPython(options);
}
