// <holistic-tracking> in the templates of Svelte 5.

import type { HTMLAttributes } from 'svelte/elements';
import type { TagAttributes, TagListeners } from './attributes.js';
import type { HolisticTracking } from './holistic-tracking.js';

export * from './holistic-tracking.js';

declare module 'svelte/elements' {
  interface SvelteHTMLElements {
    'holistic-tracking': HTMLAttributes<HolisticTracking> & TagAttributes & TagListeners;
  }
}
