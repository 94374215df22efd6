// What a program in TypeScript does with the package: the types let it.

import { HolisticTracker, HolisticTracking, setBasePath } from 'holistic-tracking';
import type { Landmarks, Ready } from 'holistic-tracking';
import 'holistic-tracking/define';
import 'holistic-tracking/models/float';

setBasePath('https://tracker.example/assets/');
const tracker = new HolisticTracker({ people: 2, parts: ['pose', 'left-hand'], variant: 'float', refineFace: true });
const ready: Ready = await tracker.load();
const found: Landmarks = await tracker.detect(document.createElement('img'));
for await (const { people } of tracker.frames('clip.webm')) console.log(people[0]?.pose?.[0], ready.shared);
await tracker.track(new MediaStream(), ({ people }) => console.log(people.length, tracker.frame()?.data));
tracker.addEventListener('progress', ({ detail }) => console.log(detail.loaded / detail.total));
tracker.stop();
tracker.close();
// @ts-expect-error: there is no such option
new HolisticTracker({ person: 2 });
// @ts-expect-error: nor such a complexity
new HolisticTracker({ complexity: 2 });

const tag: HolisticTracking = document.createElement('holistic-tracking');
tag.people = found.people.length;
