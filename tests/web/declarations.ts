// What a page in TypeScript does with the tag: the declarations let it, and know the types. It is
// compiled by `build.py check` and never runs.

import type { Effort, Fault, FaultCode, Landmarks, Quaternion, Ready, Source, State } from '../../web/holistic-tracking.d.ts';

type Is<A, B> = [A, B] extends [B, A] ? true : never;

const tag = document.querySelector('holistic-tracking')!;
tag.src = 'camera';
tag.src = new Blob();
tag.src = document.createElement('canvas');
tag.src = null;
tag.parts = 'pose hands';
tag.overlay = 'picture';
tag.people = 2;
tag.complexity = 0;
tag.workers = 4;
tag.irises = 1;
tag.rotations = 1;
tag.blendshapes = 1;
tag.blendshapes = 'approximate';
tag.mirror = true;
tag.camera = 'id';
tag.resolution = '1280x720';
tag.level = 'auto';
for (const variant of ['auto', 'float', 'int8', 'pruned', 'pruned_int8'] as const) tag.variant = variant;
// @ts-expect-error: there is no such variant
tag.variant = 'int4';
// @ts-expect-error: it only tells
tag.state = 'idle';

tag.load();
tag.start();
tag.stop();
const pixels: Uint8ClampedArray | undefined = tag.frame()?.data;
const result: Promise<Landmarks> = tag.detect(new ImageData(1, 1));
const told: [State, Ready | null, Fault | null, Source | null] = [tag.state, tag.ready, tag.fault, tag.src];

tag.addEventListener('landmarks', function ({ detail }) {
  for (const { id, pose, leftHand, scores } of detail.people) console.log(this.people, id, pose?.[0], leftHand, scores.face);
  for (const { head, bones, hipsPosition } of detail.people) {
    const [x, y, z, w]: Quaternion = bones?.leftIndexProximal ?? [0, 0, 0, 1];
    console.log(x, y, z, w, head?.yaw, head?.matrix[8], hipsPosition?.[0]);
  }
  console.log(detail.times.pose.network, detail.complete, detail.latency);
  const jaw: number | undefined = detail.people[0]?.blendshapes?.jawOpen;
  console.log(jaw, detail.times.pose.network, detail.complete, detail.latency);
});
tag.addEventListener('progress', ({ detail: { part, loaded, total } }) => console.log(part, loaded / total));
tag.addEventListener('ready', ({ detail }) => console.log(detail.files, detail.shared));
tag.addEventListener('state', ({ detail }) => console.log(true satisfies Is<typeof detail.state, State>));
tag.addEventListener('level', ({ detail }) => console.log(true satisfies Is<typeof detail.level, Effort>));
const complain = ({ detail }: CustomEvent<Fault>) => console.log(true satisfies Is<typeof detail.code, FaultCode>);
tag.addEventListener('error', complain);
tag.removeEventListener('error', complain);
tag.addEventListener('click', () => {});
export { pixels, result, told };
