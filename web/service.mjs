// The page's service worker, holistic-service.mjs: from the second visit on the site comes from the
// browser's own store, and on a host that does not send the headers of cross-origin isolation, it adds
// them from the next load of the page on.

const TRIED = 'holistic-isolation-tried';
const PATIENCE = 3000; // ms for the service worker to start

// Promises whether to go on with this page; if not, it is just being loaded again. What is asked for
// after that passes through the service worker.
export async function serve() {
  if (!isSecureContext || !navigator.serviceWorker) return true;
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

// Has everything kept that later visits need, also what came before the service worker was there.
export function keep() {
  navigator.serviceWorker?.controller?.postMessage('keep');
}

async function controlled() {
  const registered = navigator.serviceWorker.register('./holistic-service.mjs');
  if (navigator.serviceWorker.controller) return; // a new one takes over when it has come
  await registered;
  const claimed = new Promise((resolve) =>
    navigator.serviceWorker.addEventListener('controllerchange', resolve, { once: true }),
  );
  const { active } = await navigator.serviceWorker.ready;
  active.postMessage('claim');
  await claimed;
}
