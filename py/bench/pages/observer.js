// Put into every page before anything else. In `benchmark`, all times in milliseconds:
// events: [time, time stamp of the frame, found: pose, face, left hand, right hand] of each
// complete `landmarks` event; tasks: [start, duration] of what blocked the main thread for 50 ms or
// more; marks: when the page first painted, first had a pose, became ready, and what it marked itself;
// errors.

{
  const benchmark = { events: [], tasks: [], marks: {}, errors: [] };
  globalThis.benchmark = benchmark;

  const found = (points) => points?.length > 0;
  const listen = (name, listener) => addEventListener(name, listener, { capture: true });
  listen('landmarks', ({ detail }) => {
    const { pose, face, leftHand, rightHand } = detail.people[0] ?? {};
    const parts = [pose, face, leftHand, rightHand].map(found);
    if (parts[0]) benchmark.marks.pose ??= performance.now();
    if (detail.complete === false) return; // only our page says so
    benchmark.events.push([performance.now(), detail.timestamp, ...parts]);
  });
  listen('ready', () => (benchmark.marks.ready ??= performance.now()));
  listen('error', ({ message, detail, target }) =>
    benchmark.errors.push(message ?? detail?.message ?? `${target?.src} did not load`),
  );
  const complain = console.error;
  console.error = (...words) => {
    benchmark.errors.push(words.join(' '));
    complain(...words);
  };
  listen('unhandledrejection', ({ reason }) => benchmark.errors.push(String(reason)));

  const observe = (type, note) =>
    new PerformanceObserver((list) => list.getEntries().forEach(note)).observe({ type, buffered: true });
  observe('longtask', ({ startTime, duration }) => benchmark.tasks.push([startTime, duration]));
  observe('paint', ({ name, startTime }) => (benchmark.marks[name] = startTime));
  observe('mark', ({ name, startTime }) => (benchmark.marks[name] ??= startTime));

  // The camera's own size, whatever a page would like.
  const devices = navigator.mediaDevices;
  if (devices) {
    const open = devices.getUserMedia.bind(devices);
    devices.getUserMedia = () => open({ video: true });
  }
}
