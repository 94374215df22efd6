// Starts the tag and PyScript, whose MicroPython runs the page's controls; and says so where that is
// not possible, since then no Python can.

import { keep, serve } from './service.js';
import { NAMES } from '../tag/settings.js';

const ADVICE = 'Reload it; if that does not help, build the site anew with "python build.py build".';
const SETTINGS = [...NAMES, 'mirror', 'src'];

const CONTROLS = 30_000; // ms in which the page's Python starts
const PATIENCE = 3000; // ms that the controls wait for a picture; then they show the progress

const tracker = document.querySelector('holistic-tracking');

function show(message) {
  document.getElementById('fault').hidden = false;
  document.getElementById('fault-message').textContent = message;
  document.getElementById('mode').textContent = 'Not running';
}

function first(...types) {
  return new Promise((resolve) =>
    types.forEach((type) => tracker.addEventListener(type, resolve, { once: true })),
  );
}

function sleep(time) {
  return new Promise((resolve) => setTimeout(resolve, time));
}

async function start() {
  document.getElementById('unstarted').remove(); // see unstarted.js
  const query = new URLSearchParams(location.search); // says what the tag does
  if (query.get('view') === 'avatar') return void location.replace(`./avatar.html${location.search}`);
  if (!(await serve())) return;
  for (const name of SETTINGS) if (query.has(name)) tracker.setAttribute(name, query.get(name));
  if (tracker.hasAttribute('src')) tracker.dataset.state = 'opening'; // no need to say how to start
  tracker.addEventListener('ready', ({ detail }) => keep(detail.files), { once: true });
  tracker.addEventListener('error', ({ detail }) => globalThis.WebAssembly || show(detail.message));
  const told = first('progress', 'error');
  const shown = first('landmarks', 'error');
  shown.then(() => (document.getElementById('loading').hidden = true));
  import('../holistic-tracking.js').catch((error) =>
    show(`The tracker did not start (${error.message}). ${ADVICE}`),
  );
  if (!globalThis.WebAssembly) return;
  await told; // the workers go first,
  if (tracker.src !== null) await Promise.race([shown, sleep(PATIENCE)]); // and what they are to show
  await import('../pyscript/core.js').then(controlled, (error) =>
    show(`The page did not start (${error.message}). ${ADVICE}`),
  );
}

// The page's Python makes the controls usable when it runs; PyScript keeps to itself why it does not.
async function controlled() {
  await sleep(CONTROLS);
  const told = !document.getElementById('fault').hidden;
  if (document.querySelector('main').inert && !told) {
    show(`The page's controls did not start: a file of the folders page, micropython or pyscript did not arrive whole. ${ADVICE}`);
  }
}

start();
