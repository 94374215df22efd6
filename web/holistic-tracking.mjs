// The tag's address where a page says `.mjs`, as pages do for modules. Not every host knows that
// ending: holistic-tracking.js works on all.

export * from './holistic-tracking.js';
