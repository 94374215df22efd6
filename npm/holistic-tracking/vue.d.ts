// <holistic-tracking> in the templates and the JSX of Vue. Tell Vue's compiler that it is no component:
// compilerOptions.isCustomElement.

import type { HTMLAttributes, ReservedProps } from 'vue';
import type { TagAttributes, TagCapitalListeners } from './attributes.js';

export * from './holistic-tracking.js';

type Properties = HTMLAttributes & ReservedProps & TagAttributes & TagCapitalListeners;

declare module 'vue' {
  interface GlobalComponents {
    'holistic-tracking': new () => { $props: Properties };
  }
}

declare module 'vue/jsx-runtime' {
  namespace JSX {
    interface IntrinsicElements {
      'holistic-tracking': Properties;
    }
  }
}
