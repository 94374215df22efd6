export * from './holistic-tracker.js';
export * from './holistic-tracking.js';

/** Has all files fetched from a copy of the package's folder `assets`: call it before anything starts. */
export function setBasePath(url: string | URL): void;
