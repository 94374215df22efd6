// Cross-origin isolation on a host that does not send its headers: a service worker adds them, from
// the next load of the page on.

const TRIED = 'holistic-isolation-tried';
const PATIENCE = 3000; // ms for the service worker to start

// Promises whether to go on with this page; if not, it is just being loaded again.
export async function isolate() {
  const possible = isSecureContext && navigator.serviceWorker && self === top;
  if (crossOriginIsolated || !possible || sessionStorage.getItem(TRIED)) return true;
  try {
    await navigator.serviceWorker.register('./holistic-service.mjs');
    const late = new Promise((_, reject) => setTimeout(reject, PATIENCE));
    await Promise.race([navigator.serviceWorker.ready, late]);
  } catch {
    return true; // without shared memory
  }
  sessionStorage.setItem(TRIED, 'yes'); // once: it may not help
  location.reload();
  return false;
}
