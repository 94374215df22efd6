// The tag in a component of React.

import { useRef } from 'react';
import type { HolisticTracking } from 'holistic-tracking/react';

export function Camera() {
  const tag = useRef<HolisticTracking>(null);
  return (
    <holistic-tracking
      ref={tag}
      src="camera"
      people={2}
      mirror
      className="camera"
      onlandmarks={({ detail }) => console.log(detail.people[0]?.pose?.[0], tag.current?.frame()?.width)}
      onerror={({ detail }) => console.log(detail.code)}
    />
  );
}

// @ts-expect-error: a number of people is no text
export const wrong = <holistic-tracking people="two" />;
