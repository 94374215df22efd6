// The tag's class: its attributes, methods and events, and what it shows; what it does is Python.

import { Attachment } from './attachment.js';
import { fault, follows } from './faults.js';
import { Painter } from './painter.js';
import { CAMERA_SETTINGS, NAMES, cameraOf, shortOf, valueOf } from './settings.js';

const CAMERA = 'camera';
const ELSEWHERE = ['overlay', ...CAMERA_SETTINGS];
const SETTINGS = NAMES.filter((name) => !ELSEWHERE.includes(name)); // what is computed, and how

const STYLES = {
  picture: ['--holistic-veil', 'transparent'],
  pose: ['--holistic-pose', '#ffb454'],
  face: ['--holistic-face', '#4fd1d9'],
  leftHand: ['--holistic-left-hand', '#c08bff'],
  rightHand: ['--holistic-right-hand', '#ff7d8f'],
};

const STYLE = `
  :host { display: block; position: relative; aspect-ratio: 4 / 3; overflow: hidden; background: #0b1220; color: #e8edf3; }
  :host([hidden]) { display: none; }
  canvas { position: absolute; inset: 0; width: 100%; height: 100%; object-fit: contain; }
  :host([mirror]:not([mirror='0'])) canvas { transform: scaleX(-1); }
  slot { position: relative; }
  p { position: absolute; inset: auto 0 0; margin: 0; padding: 0.6em 1em; background: #0b1220d0; font: 0.875rem/1.4 system-ui, sans-serif; }
  p:empty { display: none; }
`;

const CANVAS = { part: 'canvas', role: 'img', 'aria-label': 'The picture in which people are tracked', hidden: '' };
const STATUS = { part: 'status', role: 'status' };

// Where there is no document, as on a server, the module can be imported; tags are made in browsers.
const Base = globalThis.HTMLElement ?? /** @type {typeof HTMLElement} */ (class {});

export class HolisticTracking extends Base {
  static observedAttributes = ['src', ...NAMES].map((name) => name.toLowerCase());

  #painter;
  #status;
  #attachment = new Attachment(
    (engine) => this.#attach(engine),
    (detail) => this.#heard('error', detail),
  );
  #place; // what src was set to, if that is not a string
  #untold = new Set(); // what has changed since the tracker was told
  #bytes = {}; // part -> {loaded, total}
  #state = 'idle';
  #ready = null;
  #begun = false; // whether there has been something complete, though not all may be ready
  #fault = null;

  constructor() {
    super();
    const root = this.attachShadow({ mode: 'open' });
    root.adoptedStyleSheets = styleSheets(this.ownerDocument);
    const [picture, overlay] = [made('canvas', CANVAS), made('canvas', CANVAS)];
    this.#status = made('p', STATUS);
    root.append(picture, overlay, made('slot', {}), this.#status); // no text: see Trusted Types
    this.#painter = new Painter(overlay, (part) => this.#styleOf(part), picture);
    this.#show();
  }

  // Where frames come from: "camera", a URL, a Blob, a MediaStream, or a video, picture or canvas.
  get src() {
    return this.#place ?? this.getAttribute('src');
  }

  set src(place) {
    this.#place = typeof place === 'string' || place === null ? undefined : place;
    if (this.#place === undefined) {
      reflect(this, 'src', place);
      return;
    }
    this.removeAttribute('src');
    if (this.isConnected) this.start();
  }

  // "idle", "opening", "running", "waiting" (for a camera) or "ended".
  get state() {
    return this.#state;
  }

  // The detail of the `ready` event while it holds, else null.
  get ready() {
    return this.#ready;
  }

  // The detail of the last `error` event, until what went wrong is tried again; else null.
  get fault() {
    return this.#fault;
  }

  // Tracks what src says, the camera where it says nothing.
  start() {
    this.#fault = null;
    const place = this.src ?? CAMERA;
    this.#attachment.tell((tracking) => tracking.start(place));
  }

  // Lets go of the source. The last picture stays.
  stop() {
    this.#attachment.tell((tracking) => tracking.stop());
  }

  // Loads what tracking needs. It is done by itself; here is how to try again after an error.
  load() {
    this.#fault = null;
    this.#attachment.tell((tracking) => tracking.load());
  }

  // Promises what is found in one picture, as the detail of a `landmarks` event. `image` is what
  // src can be; of a video it is the frame that it shows.
  async detect(image) {
    return this.#attachment.detect(image);
  }

  // While a `landmarks` event is being dispatched: an ImageData, a copy of its frame; else null.
  frame() {
    return this.#attachment.current?.frame() ?? null;
  }

  // A MediaStream of what the tag draws, mirrored if the tag is. Without a frameRate it has a frame for
  // every one that the tag shows.
  captureStream(frameRate) {
    return this.#painter.captureStream(frameRate, () => isMirrored(this));
  }

  connectedCallback() {
    for (const name of ['src', 'mirror', ...NAMES]) takeUp(this, name);
    if (this.#attachment.isWanted) return; // it was only moved
    this.load();
    if (this.src !== null) this.start();
  }

  disconnectedCallback() {
    queueMicrotask(() => {
      if (!this.isConnected) this.#close();
    });
  }

  // A document, as that of a picture-in-picture window, takes no style of another one's.
  adoptedCallback() {
    this.shadowRoot.adoptedStyleSheets = styleSheets(this.ownerDocument);
  }

  attributeChangedCallback(name, before, now) {
    if (name === 'src') this.#sourceChanged(now);
    else if (name === 'overlay') this.#show();
    else if (CAMERA_SETTINGS.some((each) => each.toLowerCase() === name)) this.#changed('camera');
    else this.#changed('settings');
  }

  #attach(engine) {
    this.#painter.edges = engine.EDGES;
    const face = {
      tell: (type, detail) => this.#heard(type, detail),
      show: (...frame) => this.#painter.show(...frame),
    };
    return engine.attach(face, this.#settings(), this.#camera());
  }

  #close() {
    this.#attachment.close();
    this.#bytes = {};
    this.#unsettle();
    this.#fault = null;
    this.#state = 'idle';
  }

  #heard(type, detail) {
    if (type === 'state') this.#state = detail.state;
    if (type === 'progress') this.#bytes[detail.part] = detail;
    if (type === 'ready') this.#ready = detail;
    if (type === 'error') this.#fault = detail;
    if (type === 'error' && follows(detail.code, 'unready')) this.#unsettle();
    const mending = follows(this.#fault?.code, 'of-the-source') ? 'landmarks' : 'ready';
    const mended = this.#fault && (type === mending || detail.state === 'running');
    if (mended) this.#fault = null;
    const begins = type === 'landmarks' && detail.complete && !this.#begun;
    if (begins) this.#begun = true;
    if (begins || mended || type !== 'landmarks') this.#say();
    const event = new CustomEvent(type, { bubbles: true, composed: true, detail });
    // Who listens to errors of the whole window, as PyScript does, expects them to have a message.
    if (type === 'error') Object.assign(event, { message: detail.message });
    this.dispatchEvent(event);
  }

  // Something has to be loaded before it goes on.
  #unsettle() {
    this.#ready = null;
    this.#begun = false;
  }

  #say() {
    const parts = Object.values(this.#bytes);
    const sum = (key) => parts.reduce((total, part) => total + part[key], 0) / 1e6;
    const progress = `Loading: ${sum('loaded').toFixed(1)} of ${sum('total').toFixed(1)} MB`;
    this.#status.textContent = this.#fault?.message ?? (this.#ready || this.#begun || !parts.length ? '' : progress);
  }

  #sourceChanged(place) {
    if (place !== null) this.#place = undefined;
    if (!this.isConnected || !this.#attachment.isWanted) return;
    if (place !== null) this.start();
    else if (this.#place === undefined) this.stop();
  }

  // What changes at once is told at once.
  #changed(what) {
    if (!this.#attachment.isWanted || this.#untold.has(what)) return;
    this.#untold.add(what);
    if (what === 'settings') this.#unsettle();
    queueMicrotask(() => {
      this.#untold.delete(what);
      this.#attachment.tell((tracking) =>
        what === 'settings' ? tracking.change(this.#settings()) : tracking.aim(this.#camera()),
      );
    });
  }

  #settings() {
    return this.#values(SETTINGS);
  }

  #camera() {
    return cameraOf(this.#values(CAMERA_SETTINGS));
  }

  /** @returns {any} */
  #values(names) {
    return Object.fromEntries(names.map((name) => [name, this.#value(name)]));
  }

  #value(name) {
    return valueOf(name, this.getAttribute(name), (...what) => this.#complain(...what));
  }

  #complain(name, text, expected, fallback) {
    this.#heard('error', fault('bad-setting', { name, text, expected, fallback }));
  }

  #show() {
    this.#painter.shown = new Set(this.#value('overlay'));
    this.#painter.repaint();
  }

  #styleOf(part) {
    const style = getComputedStyle(this);
    const [name, fallback] = STYLES[part];
    const width = parseFloat(style.getPropertyValue('--holistic-line-width'));
    return { colour: style.getPropertyValue(name).trim() || fallback, width: width || 1 };
  }
}

// Attributes as properties: text, numbers, and whether it is mirrored.
for (const name of NAMES) {
  Object.defineProperty(HolisticTracking.prototype, name, {
    configurable: true,
    enumerable: true,
    get() {
      return shortOf(name, this.getAttribute(name));
    },
    set(value) {
      reflect(this, name, value);
    },
  });
}

Object.defineProperty(HolisticTracking.prototype, 'mirror', {
  configurable: true,
  enumerable: true,
  get() {
    return isMirrored(this);
  },
  set(value) {
    reflect(this, 'mirror', value === true ? '' : value || null);
  },
});

function isMirrored(element) {
  return (element.getAttribute('mirror') ?? '0') !== '0';
}

function reflect(element, name, value) {
  if (value === null || value === undefined) element.removeAttribute(name);
  else element.setAttribute(name, Array.isArray(value) ? value.join(' ') : String(value));
}

// A property that was set before the tag was defined hides the accessor: set it again.
function takeUp(element, name) {
  if (!Object.hasOwn(element, name)) return;
  const value = element[name];
  delete element[name];
  element[name] = value;
}

const sheets = new WeakMap(); // document -> the style that its tags share

// Nothing where a document is not shown, as that of a <template>.
function styleSheets(document) {
  const { defaultView } = document;
  if (!defaultView) return [];
  if (!sheets.has(document)) {
    const sheet = new defaultView.CSSStyleSheet();
    sheet.replaceSync(STYLE);
    sheets.set(document, sheet);
  }
  return [sheets.get(document)];
}

function made(name, attributes) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  return element;
}
