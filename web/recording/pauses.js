// Long work in pieces, between which the page gets its turn.

const PATIENCE = 30; // ms of work after which it does

// Gives a function to be awaited between two pieces of work.
export function pauses() {
  let began = performance.now();
  return async () => {
    if (performance.now() - began <= PATIENCE) return;
    await new Promise((resolve) => setTimeout(resolve));
    began = performance.now();
  };
}
