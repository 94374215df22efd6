// What a source says where it cannot be tracked, and how long it waits for what is outside.

export const PATIENCE = 30_000; // ms without news of what is waited for

// An error whose name is the code of a fault: see faults.py.
export function refusal(code, reason) {
  return Object.assign(new Error(reason), { name: code });
}

// What a promise gives, unless that takes too long; `what` is what did not happen then.
export function within(promise, what) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(silence(what)), PATIENCE);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

export function silence(what) {
  return refusal('not-arrived', `${what} for ${PATIENCE / 1000} seconds`);
}

// Why a file did not come, where fetching it failed with `error`. Browsers do not tell a server that is
// silent from one that lets no other site read; pages that are isolated cannot even ask.
export async function absence(url, error) {
  if (!(error instanceof TypeError)) return error;
  if (new URL(url, document.baseURI).origin === location.origin) {
    return refusal('not-arrived', error.message);
  }
  const asked = fetch(url, { mode: 'no-cors', method: 'HEAD' });
  const there = await within(asked, 'nothing came').then(() => true, () => false);
  if (there) return refusal('not-shared', error.message);
  return crossOriginIsolated
    ? refusal('not-shared', `or its server does not answer: ${error.message}`)
    : refusal('not-arrived', error.message);
}
