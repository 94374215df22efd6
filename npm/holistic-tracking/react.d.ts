// <holistic-tracking> in JSX, for React 19 and newer: older ones do not listen to a tag's events.

import type { DetailedHTMLProps, HTMLAttributes } from 'react';
import type { TagAttributes, TagListeners } from './attributes.js';
import type { HolisticTracking } from './holistic-tracking.js';

export * from './holistic-tracking.js';

declare module 'react' {
  namespace JSX {
    interface IntrinsicElements {
      'holistic-tracking': DetailedHTMLProps<HTMLAttributes<HolisticTracking>, HolisticTracking> & TagAttributes & TagListeners;
    }
  }
}
