// Models of another variant are those of another package, and may come later.

import { HolisticTracker } from 'holistic-tracking';

await new HolisticTracker({ parts: ['pose'] }).detect('photo.jpg');
await import('holistic-tracking/models/float');
globalThis.found = await new HolisticTracker({ variant: 'float', parts: ['pose'] }).detect('photo.jpg');
