// The tracker without a tag, for pages that draw by themselves. docs/npm.md tells how to use it.

import { Attachment, asError } from './tag/attachment.js';
import { follows } from './tag/faults.js';
import { optionsOf } from './tag/options.js';

const CAMERA = 'camera';

// It sends the tag's events too: landmarks, ready, progress, state, level and error.
export class HolisticTracker extends EventTarget {
  #settings;
  #attachment;
  #run = null; // what is tracked: {heard, callback, resolve, reject}
  #loads = []; // {resolve, reject} of those who wait for everything to be loaded
  #ready = null;
  #closed = false;

  // Throws a TypeError that names an option, or its value, that there is not.
  constructor(options = {}) {
    super();
    const { settings, camera } = optionsOf(options);
    this.#settings = settings;
    const face = { tell: (type, detail) => this.#heard(type, detail), show() {} };
    this.#attachment = new Attachment(
      (engine) => engine.attach(face, this.#settings, camera),
      (fault) => this.#heard('error', fault),
    );
  }

  // The detail of the `ready` event while it holds, else null.
  get ready() {
    return this.#ready;
  }

  // Promises that everything is loaded: the first result comes at once then.
  async load() {
    this.#refuseIfClosed();
    if (this.#ready) return this.#ready;
    return new Promise((resolve, reject) => {
      this.#loads.push({ resolve, reject });
      this.#attachment.tell((tracking) => tracking.load());
    });
  }

  // Promises what is found in one picture: a URL, a Blob, or anything that can be drawn.
  async detect(image) {
    this.#refuseIfClosed();
    return this.#attachment.detect(image);
  }

  // Calls back with what is found in each frame of a source: "camera", a URL, a Blob, a MediaStream, or
  // a video or canvas of the page. The promise is kept at its end, or when something else is tracked or
  // stop() is called; what goes wrong rejects it, what `callback` throws too.
  async track(source, callback) {
    this.#refuseIfClosed();
    if (typeof callback !== 'function') throw new TypeError('track(source, callback) needs a function');
    this.#finish();
    return new Promise((resolve, reject) => {
      const run = { heard: false, callback, resolve, reject };
      this.#run = run;
      this.#attachment.tell((tracking) => {
        if (run !== this.#run) return;
        tracking.start(source ?? null); // what is undefined is no argument in Python
        run.heard = true; // what comes from now on is of this source
      });
    });
  }

  // What is found in each frame, for `for await`. Of a file nothing is left out; of what does not wait, a
  // slow loop gets the newest result.
  async *frames(source) {
    const news = new Results(isFile(source));
    const tracked = this.track(source, (result) => news.add(result));
    const run = this.#run;
    tracked.then(() => news.end(), (error) => news.fail(error));
    try {
      yield* news;
    } finally {
      if (run === this.#run) this.stop();
    }
  }

  // Lets go of the source; models and workers stay.
  stop() {
    if (!this.#run) return;
    this.#finish();
    this.#attachment.tell((tracking) => tracking.stop());
  }

  // While a result is handed on: an ImageData, a copy of its frame; else null.
  frame() {
    return this.#attachment.current?.frame() ?? null;
  }

  // Lets go of everything.
  close() {
    if (this.#closed) return;
    this.#closed = true;
    this.#ready = null;
    this.#finish();
    this.#loads.splice(0).forEach(({ reject }) => reject(closed()));
    this.#attachment.close();
  }

  #heard(type, detail) {
    if (this.#closed) return;
    if (type === 'ready') this.#ready = detail;
    if (type === 'error' && follows(detail.code, 'unready')) this.#ready = null;
    this.dispatchEvent(new CustomEvent(type, { detail }));
    const fails = type === 'error' && !follows(detail.code, 'passing');
    if (type === 'ready') this.#loads.splice(0).forEach(({ resolve }) => resolve(detail));
    if (fails) this.#loads.splice(0).forEach(({ reject }) => reject(asError(detail)));
    if (this.#run && (fails || this.#run.heard)) this.#go(type, detail, fails);
  }

  // What happened to the source.
  #go(type, detail, fails) {
    if (fails) this.#fail(asError(detail));
    else if (type === 'landmarks' && detail.complete) this.#handOn(detail);
    else if (type === 'state' && detail.state === 'ended') this.#finish();
  }

  #handOn(result) {
    const run = this.#run;
    try {
      run.callback(result);
    } catch (error) {
      if (run === this.#run) this.#fail(error);
    }
  }

  #fail(error) {
    const { reject, heard } = this.#run;
    this.#run = null;
    reject(error);
    if (heard) this.#attachment.tell((tracking) => tracking.stop());
  }

  #finish() {
    this.#run?.resolve();
    this.#run = null;
  }

  #refuseIfClosed() {
    if (this.#closed) throw closed();
  }
}

// Results on their way to a loop: all of them, or the newest one.
class Results {
  #all;
  #left = [];
  #end = null; // what the loop does after the last one
  #wake = () => {};

  constructor(all) {
    this.#all = all;
  }

  add(result) {
    if (!this.#all) this.#left = [];
    this.#left.push(result);
    this.#wake();
  }

  end() {
    this.#close(() => {});
  }

  fail(error) {
    this.#close(() => {
      throw error;
    });
  }

  async *[Symbol.asyncIterator]() {
    for (;;) {
      if (this.#left.length) yield this.#left.shift();
      else if (this.#end) return this.#end();
      else await new Promise((resolve) => (this.#wake = () => resolve(undefined)));
    }
  }

  #close(end) {
    this.#end = end;
    this.#wake();
  }
}

function isFile(source) {
  const isAddress = (typeof source === 'string' && source !== CAMERA) || source instanceof URL;
  return isAddress || source instanceof Blob;
}

function closed() {
  return new Error('this HolisticTracker is closed: make another one');
}
