// The page's service worker, holistic-service.js: from the second visit on the site comes from the
// browser's own store, and on a host that does not send the headers of cross-origin isolation, it adds
// them from the next load of the page on. On a host that does, it comes when everything has been loaded,
// lest it take time from that.

import { scriptUrl } from '../shared/trusted.js';

const TRIED = 'holistic-isolation-tried';
const SCRIPT = './holistic-service.js';
const PATIENCE = 3000; // ms for the service worker to start
const CALM = 2000; // ms in which the first frames go before

// Promises whether to go on with this page; if not, it is just being loaded again.
export async function serve() {
  if (!isSecureContext || !navigator.serviceWorker) return true;
  if (crossOriginIsolated && !navigator.serviceWorker.controller) return true;
  try {
    const late = new Promise((_, reject) => setTimeout(reject, PATIENCE));
    await Promise.race([controlled(), late]);
  } catch {
    return true; // without it: it is switched off, or the browser is busy
  }
  if (crossOriginIsolated || self !== top || sessionStorage.getItem(TRIED)) return true;
  sessionStorage.setItem(TRIED, 'yes'); // once: it may not help
  location.reload();
  return false;
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
    active.postMessage({ task: 'keep', files }, [port]);
  } catch {} // service workers are switched off
}

async function controlled() {
  const registered = navigator.serviceWorker.register(scriptUrl(SCRIPT));
  if (navigator.serviceWorker.controller) return; // a new one takes over when it has come
  await registered;
  const claimed = new Promise((resolve) =>
    navigator.serviceWorker.addEventListener('controllerchange', resolve, { once: true }),
  );
  const { active } = await navigator.serviceWorker.ready;
  active.postMessage({ task: 'claim' });
  await claimed;
}
