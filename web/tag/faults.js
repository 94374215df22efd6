// What follows from a fault, and what is said of it: shared/constants.js has the table.

import { REPAIR } from '../files.js';
import { FAULTS } from '../shared/constants.js';

// Whether `what` follows from a fault of this code; nothing does from a code that is not there.
export function follows(code, what) {
  return FAULTS[code]?.follows.includes(what) ?? false;
}

// Whether an error has a code of ours; those of the browser have numbers.
export function isFault({ code }) {
  return Object.hasOwn(FAULTS, code);
}

// The detail of an `error` event: the sentence's braces are filled in from `details`.
export function fault(code, details = {}) {
  const known = { repair: REPAIR, ...details };
  const message = FAULTS[code].sentence.replace(/\{(\w+)\}/g, (_, name) => known[name]);
  return { code, message };
}
