// What a tag and a HolisticTracker have in common: the tracker of tag/tracking.py, from the moment
// when somebody needs it.

import { start } from './engine.js';
import { fault, isFault } from './faults.js';

export class Attachment {
  current; // the tracker, once it is there
  #tracking; // promise of it
  #make;
  #complain;

  // `make(engine)` gives the tracker of engine.py; `complain({code, message})` is told why there is none.
  constructor(make, complain) {
    this.#make = make;
    this.#complain = complain;
  }

  get isWanted() {
    return this.#tracking !== undefined;
  }

  // Promises the tracker. Where it fails, the next call tries again.
  get() {
    this.#tracking ??= this.#attach();
    return this.#tracking;
  }

  // Calls back with the tracker, in the order of the calls; what goes wrong, `complain` was told.
  tell(callback) {
    this.get().then(callback).catch((error) => isFault(error) || Promise.reject(error));
  }

  // Promises what is found in one picture, as the detail of a `landmarks` event.
  async detect(image) {
    const tracking = await this.get();
    return new Promise((resolve, reject) => {
      const fail = (code, message) => reject(asError({ code, message }));
      tracking.detect(image ?? null, resolve, fail); // what is undefined is no argument in Python
    });
  }

  close() {
    this.#tracking?.then((tracking) => tracking.close()).catch(() => {});
    this.#tracking = this.current = undefined;
  }

  async #attach() {
    try {
      if (!globalThis.document) throw fault('no-document');
      if (!globalThis.WebAssembly) throw fault('no-webassembly');
      this.current = this.#make(await start());
      return this.current;
    } catch (error) {
      this.#tracking = undefined;
      const { code, message } = isFault(error) ? error : fault('runtime-failed', { reason: error.message });
      this.#complain({ code, message });
      throw asError({ code, message });
    }
  }
}

// A fault as an Error, which has its `code`.
export function asError({ code, message }) {
  return Object.assign(new Error(message), { code });
}
