// Nothing happens when this is imported: `holistic-tracking/define` registers the tag.

export { setBasePath } from './files.js';
export { HolisticTracker } from './holistic-tracker.js';
export { HolisticTracking } from './tag/element.js';
