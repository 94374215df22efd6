// What the tag can be given in a template, whatever the framework.

import type { HolisticTracking, HolisticTrackingEventMap } from './holistic-tracking.js';

type Name = 'src' | 'parts' | 'people' | 'complexity' | 'variant' | 'workers' | 'level';
type Extra = 'irises' | 'blendshapes' | 'carry' | 'rotations' | 'still';
type Shown = 'overlay' | 'mirror' | 'camera' | 'facingMode' | 'resolution';

export type TagAttributes = Partial<Pick<HolisticTracking, Name | Extra | Shown>>;

/** Such as `onlandmarks`. */
export type TagListeners = {
  [Type in keyof HolisticTrackingEventMap as `on${Type}`]?: (event: HolisticTrackingEventMap[Type]) => void;
};

/** Such as `onLandmarks`. */
export type TagCapitalListeners = {
  [Type in keyof HolisticTrackingEventMap as `on${Capitalize<Type>}`]?: (event: HolisticTrackingEventMap[Type]) => void;
};
