// The tag <holistic-tracking>: whole-body landmarks in any page. docs/embedding.md tells how to use it.
// This module registers the tag; its class is in tag/element.js.

import { HolisticTracking } from './tag/element.js';

export { HolisticTracking };

const TAG = 'holistic-tracking';
const { customElements } = globalThis; // none on a server

// A page may load the module from two addresses: the tag stays what the first has made it.
if (customElements?.get(TAG)) console.warn(`<${TAG}> is there already: ${import.meta.url} leaves it`);
else customElements?.define(TAG, HolisticTracking);
