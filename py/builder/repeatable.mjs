// Makes a Node.js in which nothing is random and time stands still: imported first, it has the same
// snapshot come out of the same files (see image.mjs), byte for byte, wherever it is made.
//
// What Python would take at random is then the same for everybody who visits a version of the site:
// the secret of its hashes, as before of everybody who visited one build. It guards dictionaries
// against keys that somebody has chosen to collide, and a page's Python only gets its own page's
// data. Random numbers are another matter: web/worker/python.js seeds them anew in each worker.

import crypto from 'node:crypto';

const NOW = Date.UTC(2020, 0, 1);
let state = 1;

function random() { // George Marsaglia's xorshift, of 32 bits
  state ^= state << 13;
  state ^= state >>> 17;
  state ^= state << 5;
  return (state >>> 0) / 2 ** 32;
}

function fill(view) {
  for (let index = 0; index < view.length; index++) view[index] = random() * 256;
  return view;
}

class StandingDate extends Date {
  constructor(...told) {
    super(.../** @type {[number]} */ (told.length ? told : [NOW]));
  }

  static now() {
    return NOW;
  }
}

function replace(place, name, value) {
  Object.defineProperty(place, name, { value, configurable: true, writable: true });
}

process.env.TZ = 'UTC';
replace(process, 'argv', [process.argv[0], 'image.mjs', ...process.argv.slice(2)]); // Python's name
// Without a language, and without a trampoline, which not every Node.js could make for Python.
replace(globalThis, 'navigator', { userAgent: 'iPhone', languages: ['C'] });
delete (/** @type {any} */ (WebAssembly).Suspending); // stacks to switch, which newer ones have
replace(globalThis, 'Date', StandingDate);
replace(globalThis.performance, 'now', () => 0);
replace(Math, 'random', random);
replace(crypto, 'randomFillSync', fill);
replace(crypto.webcrypto, 'getRandomValues', fill);
