// Starts PyScript, whose MicroPython runs the page; and says so where that is not possible, since
// then no Python can.

if (globalThis.WebAssembly) {
  import('./pyscript/core.js').catch((error) =>
    fail('runtime-failed', `The page did not start (${error.message}). Reload it; if that does not help, build the site anew with "python build.py build".`),
  );
} else {
  fail('no-webassembly', 'This browser has no WebAssembly, or it is switched off. Switch it on, or use a current version of Chrome, Edge, Firefox or Safari.');
}

function fail(code, message) {
  document.getElementById('fault').hidden = false;
  document.getElementById('fault-message').textContent = message;
  document.getElementById('mode').textContent = 'Not running';
  document
    .getElementById('tracker')
    .dispatchEvent(new CustomEvent('error', { bubbles: true, detail: { code, message } }));
}
