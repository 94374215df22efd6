// Starts Python from a site's snapshot in Node.js as `snapshot_session.mjs` does, with the user agent
// of another engine: Pyodide asks it whether there is a trampoline.
//   node engine_session.mjs SITE CODE AGENT

const navigator = { userAgent: process.argv[4] };
Object.defineProperty(globalThis, 'navigator', { value: navigator, configurable: true });
await import('./snapshot_session.mjs');
