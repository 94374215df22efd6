// The page's service worker, holistic-service.js: from the second visit on the site comes from the
// browser's own store, and on a host that does not send the headers of cross-origin isolation, it adds
// them from the next load of the page on. On a host that does, it comes when everything has been loaded,
// lest it take time from that.

import { scriptUrl } from '../shared/trusted.js';

const TRIED = 'holistic-isolation-tried';
const SCRIPT = './holistic-service.js';
const PATIENCE = 3000; // ms for the service worker to start; then the page begins without it
const CALM = 2000; // ms in which the first frames go before
const USES = ['landmarks', 'pointerdown', 'keydown', 'drop']; // events that say that somebody uses the page

let begun = false; // whether the page did not wait any longer
let used = false; // whether it has been used since then

// Promises whether to go on with this page; if not, it is just being loaded again. It still may be
// later, where the service worker comes late and nobody uses the page yet.
export async function serve() {
  if (!isSecureContext || !navigator.serviceWorker) return true;
  if (crossOriginIsolated && !navigator.serviceWorker.controller) return true;
  for (const type of USES) addEventListener(type, () => (used ||= begun));
  const late = new Promise((resolve) => setTimeout(resolve, PATIENCE)).then(() => (begun = true));
  const served = registered().then(goOn, () => true); // without it, where it is switched off
  return Promise.race([served, late]);
}

// Has everything kept that later visits need, and of what is loaded by choice, these files. The
// page's performance mark `kept` says when that is done.
export async function keep(files) {
  if (!isSecureContext || !navigator.serviceWorker) return;
  await new Promise((resolve) => setTimeout(resolve, CALM));
  try {
    await navigator.serviceWorker.register(scriptUrl(SCRIPT));
    const { active } = await navigator.serviceWorker.ready;
    const { port1: told, port2: port } = new MessageChannel();
    told.onmessage = ({ data }) => performance.mark(data);
    active.postMessage({ files }, [port]);
  } catch {} // service workers are switched off
}

// Promises that the next load of the page is the service worker's. This one stays as it is: what is
// being loaded does not change hands.
async function registered() {
  const registering = navigator.serviceWorker.register(scriptUrl(SCRIPT));
  if (navigator.serviceWorker.controller) return; // a new one takes over when it has come
  await registering;
  await navigator.serviceWorker.ready;
}

// Whether to go on with this page, now that there is a service worker.
function goOn() {
  if (crossOriginIsolated || self !== top || used || sessionStorage.getItem(TRIED)) return true;
  sessionStorage.setItem(TRIED, 'yes'); // once: it may not help
  location.reload();
  return false;
}
