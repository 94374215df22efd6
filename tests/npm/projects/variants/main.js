// Models of another variant are those of another package.

import 'holistic-tracking/models/float';
import { HolisticTracker } from 'holistic-tracking';

globalThis.found = await new HolisticTracker({ variant: 'float', parts: ['pose'] }).detect('photo.jpg');
