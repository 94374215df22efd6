// What every project does: a tag and a tracker look at the same picture. The page's global `found` is
// what the tracker found; the tag sends events.

import 'holistic-tracking/define';
import { HolisticTracker } from 'holistic-tracking';

const tracker = new HolisticTracker({ parts: ['pose'], workers: 1 });
globalThis.found = await tracker.detect('photo.jpg');
