// Starts the tag and PyScript, whose MicroPython runs the page's controls; and says so where that is
// not possible, since then no Python can.

const tracker = document.getElementById('tracker');

function show({ message }) {
  document.getElementById('fault').hidden = false;
  document.getElementById('fault-message').textContent = message;
  document.getElementById('mode').textContent = 'Not running';
}

// The address of the page says what the tag does.
const query = new URLSearchParams(location.search);
const SETTINGS = ['parts', 'people', 'complexity', 'variant', 'workers', 'level', 'overlay', 'mirror', 'src'];
for (const name of SETTINGS) {
  if (query.has(name)) tracker.setAttribute(name, query.get(name));
}

const advice = 'Reload it; if that does not help, build the site anew with "python build.py build".';
tracker.addEventListener('error', ({ detail }) => globalThis.WebAssembly || show(detail));
import('./holistic-tracking.mjs').catch((error) =>
  show({ message: `The tracker did not start (${error.message}). ${advice}` }),
);
if (globalThis.WebAssembly) {
  import('./pyscript/core.js').catch((error) =>
    show({ message: `The page did not start (${error.message}). ${advice}` }),
  );
}
