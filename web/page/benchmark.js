// The page's benchmark: how fast tracking is on the visitor's own machine, with the settings of the
// page. The sample clip is drawn to a canvas whose stream takes the camera's place, as often as the
// screen shows pictures, so that a video of 25 frames a second is no limit.
//
// The result has the names of a run in results.json (py/bench/results.py), so that
// `python build.py bench --visits FILE` can put it into a table.

const CLIP = './sample.webm';
const WARM_UP = 2; // seconds
const MEASURED = 10;
const PATIENCE = 60; // seconds for the first landmarks
const MEMORY_PATIENCE = 10;
const PARTS = { pose: 'Body', face: 'Face', leftHand: 'Left hand', rightHand: 'Right hand' };

/** @type {(name: string) => any} */
const element = (name) => document.getElementById(`benchmark-${name}`);
const tracker = document.querySelector('holistic-tracking');

let running; // AbortController of the benchmark under way
let result;

element('start').addEventListener('click', start);
element('cancel').addEventListener('click', () => running.abort());
element('copy').addEventListener('click', copy);
element('save').addEventListener('click', save);

async function start() {
  running = new AbortController();
  const { src: before, still } = tracker;
  tracker.still = 0; // the clip has fewer frames than the screen
  show(true);
  try {
    result = await measure(running.signal);
    fill(rows(result));
    say('Done. Other pages and programs that were busy make it slower.');
  } catch (error) {
    say(running.signal.aborted ? 'Cancelled.' : `It did not work: ${error.message}`);
  } finally {
    tracker.stop();
    tracker.still = still;
    if (typeof before === 'string') tracker.src = before;
    show(false);
  }
}

async function measure(signal) {
  const clip = await openClip(signal);
  if (signal.aborted) clip.close();
  signal.throwIfAborted();
  const seen = watch(signal);
  const begin = performance.now();
  try {
    say('Waiting for the first landmarks…');
    tracker.src = clip.canvas;
    const first = await until(() => seen.events.length, PATIENCE, signal);
    if (!first) throw new Error(tracker.fault?.message ?? `no landmarks within ${PATIENCE} seconds`);
    const firstLandmarks = seen.events[0].time - begin;
    say(`Measuring for ${MEASURED} seconds…`);
    await pass(0, WARM_UP, signal);
    const from = performance.now();
    await pass(WARM_UP, MEASURED, signal);
    const run = summary(seen, from, performance.now());
    say('Asking the browser for its memory…');
    return { ...about(), first_landmarks_ms: firstLandmarks, ...run, memory_mb: await memory() };
  } finally {
    seen.end();
    clip.close();
  }
}

async function openClip(signal) {
  const video = Object.assign(document.createElement('video'), { src: CLIP, muted: true, loop: true });
  video.playsInline = true;
  await video.play();
  const canvas = document.createElement('canvas');
  Object.assign(canvas, { width: video.videoWidth, height: video.videoHeight });
  const context = canvas.getContext('2d');
  let open = true;
  const draw = () => {
    context.drawImage(video, 0, 0);
    if (open && !signal.aborted) requestAnimationFrame(draw);
  };
  draw();
  const close = () => {
    open = false;
    video.removeAttribute('src');
    video.load();
  };
  return { canvas, close };
}

// Notes what comes, until its end(): events {time, latency, times, found}, tasks of the main thread
// of 50 ms or more as {startTime, duration}; tasks is null where the browser does not tell.
function watch(signal) {
  const seen = { events: [], tasks: null, end };
  const note = ({ detail }) => {
    const person = detail.people[0] ?? {};
    const found = Object.keys(PARTS).map((part) => Boolean(person[part]));
    const { latency, times } = detail;
    seen.events.push({ time: performance.now(), latency, times, found });
  };
  tracker.addEventListener('landmarks', note, { signal });
  let observer;
  if (PerformanceObserver.supportedEntryTypes.includes('longtask')) {
    seen.tasks = [];
    observer = new PerformanceObserver((list) => seen.tasks.push(...list.getEntries()));
    observer.observe({ type: 'longtask' });
  }
  function end() {
    tracker.removeEventListener('landmarks', note);
    observer?.disconnect();
  }
  return seen;
}

function summary({ events, tasks }, from, to) {
  const inside = events.filter(({ time }) => time > from && time <= to);
  if (inside.length < 2) throw new Error(`${inside.length} frames in ${MEASURED} s are too few`);
  const times = inside.map(({ time }) => time);
  const latencies = inside.map(({ latency }) => latency);
  const intervals = times.slice(1).map((time, index) => time - times[index]);
  const share = (test) => inside.filter(test).length / inside.length;
  const blocks = tasks?.filter(({ startTime }) => startTime > from && startTime <= to);
  const blocked = blocks?.map(({ duration }) => duration);
  return {
    frames: inside.length,
    seconds: (to - from) / 1000,
    frames_per_second: ((inside.length - 1) / (times.at(-1) - times[0])) * 1000,
    latency_median_ms: percentile(latencies, 50),
    latency_p95_ms: percentile(latencies, 95),
    interval_p95_ms: percentile(intervals, 95),
    found: {
      ...Object.fromEntries(Object.keys(PARTS).map((part, i) => [part, share((e) => e.found[i])])),
      all: share(({ found }) => found.every(Boolean)),
    },
    stages_ms: Object.fromEntries(Object.keys(PARTS).map((part) => [part, stages(inside, part)])),
    longest_block_ms: blocked ? Math.max(0, ...blocked) : null,
    blocked_share: blocked ? blocked.reduce((sum, time) => sum + time, 0) / (to - from) : null,
  };
}

// Medians of a part's times over the frames in which it was computed.
function stages(events, part) {
  const times = events.map((event) => event.times[part]).filter(({ total }) => total > 0);
  if (!times.length) return null;
  const median = (name) => percentile(times.map((time) => time[name]), 50);
  return { total: median('total'), warp: median('warp'), network: median('network') };
}

// Interpolated between neighbours, as in py/bench/measures.py.
function percentile(values, percent) {
  const sorted = values.toSorted((a, b) => a - b);
  const place = ((sorted.length - 1) * percent) / 100;
  const low = Math.floor(place);
  const high = Math.ceil(place);
  return sorted[low] + (sorted[high] - sorted[low]) * (place - low);
}

// What was measured, and where.
function about() {
  const { variant, complexity, people, level, ready } = tracker;
  return {
    begun: new Date().toISOString(),
    clip: CLIP.split('/').at(-1),
    settings: { variant, complexity, people, level, workers: ready?.workers ?? tracker.workers },
    shared_memory: crossOriginIsolated,
    browser: navigator.userAgent,
    cores: navigator.hardwareConcurrency,
  };
}

// Megabytes of the page and its workers as far as the browser tells, or null.
async function memory() {
  if (!performance.measureUserAgentSpecificMemory) return null;
  const told = performance.measureUserAgentSpecificMemory().then(({ bytes }) => bytes / 1e6);
  const late = new Promise((resolve) => setTimeout(resolve, MEMORY_PATIENCE * 1000, null));
  return Promise.race([told.catch(() => null), late]);
}

// Resolves to whether the condition came true within some seconds; rejects when the visitor cancels.
async function until(condition, seconds, signal) {
  const end = performance.now() + seconds * 1000;
  while (performance.now() < end) {
    signal.throwIfAborted();
    if (condition()) return true;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return false;
}

// Lets some seconds pass; the bar goes on from `before` seconds.
async function pass(before, seconds, signal) {
  const begin = performance.now();
  await until(
    () => {
      const passed = (performance.now() - begin) / 1000;
      element('progress').value = (before + passed) / (WARM_UP + MEASURED);
      return passed >= seconds;
    },
    seconds + 1,
    signal,
  );
}

function rows(run) {
  const { settings } = run;
  const number = (value, unit) => (value === null ? 'not told by this browser' : `${value.toFixed(1)} ${unit}`);
  const stage = ([part, times]) => {
    const told = times && `${times.total.toFixed(1)} ms (network ${times.network.toFixed(1)})`;
    return [PARTS[part], told ?? 'not computed'];
  };
  return [
    ['Frames a second', number(run.frames_per_second, '')],
    ['Latency, median', number(run.latency_median_ms, 'ms')],
    ['Latency, 95 of 100 frames', number(run.latency_p95_ms, 'ms')],
    ['Frames with all parts', number(run.found.all * 100, '%')],
    ...Object.entries(run.stages_ms).map(stage),
    ['First landmarks after', number(run.first_landmarks_ms / 1000, 's')],
    ['Longest block of the page', number(run.longest_block_ms, 'ms')],
    ['Memory', number(run.memory_mb, 'MB')],
    ['Models, workers', `${settings.variant}, ${settings.workers}`],
    ['Cores', String(run.cores)],
    ['Browser', run.browser],
  ];
}

function fill(lines) {
  element('result').tBodies[0].replaceChildren(
    ...lines.map(([name, value]) => {
      const row = document.createElement('tr');
      const heading = Object.assign(document.createElement('th'), { scope: 'row', textContent: name });
      row.append(heading, Object.assign(document.createElement('td'), { textContent: value }));
      return row;
    }),
  );
}

function show(busy) {
  element('start').disabled = busy;
  element('cancel').hidden = element('progress').hidden = !busy;
  element('progress').value = 0;
  element('result').hidden = element('saves').hidden = busy || !result;
}

function say(sentence) {
  element('status').textContent = sentence;
}

async function copy() {
  try {
    await navigator.clipboard.writeText(json());
    say('Copied.');
  } catch (error) {
    say(`It could not be copied (${error.message}): save it instead.`);
  }
}

function save() {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([json()], { type: 'application/json' }));
  link.download = 'benchmark.json';
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

function json() {
  return `${JSON.stringify(result, null, 1)}\n`;
}
