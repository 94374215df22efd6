'use client';

import { useEffect } from 'react';
import 'holistic-tracking/react';

export default function Page() {
  useEffect(() => {
    import('../main.js');
  }, []);
  return <holistic-tracking src="photo.jpg" workers={1} />;
}
