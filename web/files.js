// Where the files of the site are, and what to do where one is not right. The npm package has a module
// of its own in this one's place: py/builder/npm.py makes it.

import * as micropython from './tag/micropython.js';

const BASE = new URL('./', import.meta.url);

export const REPAIR = 'Run `python build.py build` again and upload the whole folder';

export function urlOf(path) {
  return new URL(path, BASE).href;
}

export function loadMicroPython(options) {
  return micropython.loadMicroPython({ ...options, url: urlOf('micropython/micropython.wasm') });
}

// A promise of manifest.json; `fetchJson(path)` fetches a file.
export function readManifest(fetchJson) {
  return fetchJson('manifest.json');
}
