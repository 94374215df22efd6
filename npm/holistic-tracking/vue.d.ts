// <holistic-tracking> in the templates and the JSX of Vue. Tell Vue's compiler that it is no component:
// compilerOptions.isCustomElement.

import type { HTMLAttributes, ReservedProps } from 'vue';
import type { Attributes, CapitalListeners } from './attributes.js';

export * from './holistic-tracking.js';

type Properties = HTMLAttributes & ReservedProps & Attributes & CapitalListeners;

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
