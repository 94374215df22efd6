// What every project does: a tag and a tracker look at the same picture. `seen` tells what they found.

import 'holistic-tracking/define';
import { HolisticTracker } from 'holistic-tracking';

const seen = (globalThis.seen = {});
const fail = (error) => (seen.error = error.message);

document.querySelector('holistic-tracking').addEventListener('error', ({ detail }) => fail(detail));
document.querySelector('holistic-tracking').addEventListener('landmarks', ({ detail }) => {
  seen.tag = Array.from(detail.people[0].pose);
});
new HolisticTracker({ parts: ['pose'], workers: 1 })
  .detect('photo.jpg')
  .then(({ people }) => (seen.tracker = Array.from(people[0].pose)))
  .catch(fail);
