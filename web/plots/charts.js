// The page's live plots: which signals there are, each on a strip with a legend of current numbers.

import { expression, jointAngles, openings, turns } from './signals.js';
import { Strip } from './strip.js';

const REFRESH = 250; // ms between two updates of the numbers: people cannot read faster
const PARTS = { pose: 'body', face: 'face', leftHand: 'left hand', rightHand: 'right hand' };

// `lines` is {name: [label, colour]}, a colour being a custom property of the page's style sheet;
// `values` takes the detail of a `landmarks` event and its first person, if any. What is `onDemand` is
// hidden until there are values.
const CHARTS = [
  {
    title: 'Time of each stage',
    unit: ' ms',
    range: [0],
    lines: {
      pose: [PARTS.pose, '--holistic-pose'],
      face: [PARTS.face, '--holistic-face'],
      leftHand: [PARTS.leftHand, '--holistic-left-hand'],
      rightHand: [PARTS.rightHand, '--holistic-right-hand'],
    },
    values: ({ times }) => Object.fromEntries(Object.keys(PARTS).map((part) => [part, times[part]?.total])),
  },
  {
    title: 'Joint angles',
    unit: '°',
    range: [0, 180],
    lines: {
      left_elbow: ['left elbow', '--line-1'],
      right_elbow: ['right elbow', '--line-2'],
      left_shoulder: ['left shoulder', '--line-3'],
      right_shoulder: ['right shoulder', '--line-4'],
      left_knee: ['left knee', '--line-5'],
      right_knee: ['right knee', '--line-6'],
    },
    values: (_, person) => person?.pose && jointAngles(person.poseWorld),
  },
  {
    title: 'Head pose',
    unit: '°',
    range: [-60, 60],
    lines: { yaw: ['yaw', '--line-1'], pitch: ['pitch', '--line-2'], roll: ['roll', '--line-3'] },
    values: (_, person) => person?.head,
  },
  {
    title: 'Eyes and mouth open',
    unit: '',
    decimals: 2,
    range: [0, 0.8],
    lines: {
      left_eye: ['left eye', '--line-1'],
      right_eye: ['right eye', '--line-2'],
      mouth: ['mouth', '--line-3'],
    },
    values: ({ width, height }, person) => person?.face && openings(person.face, width, height),
  },
  {
    title: 'Expression',
    unit: '',
    decimals: 2,
    range: [0, 1],
    lines: {
      eyeBlinkLeft: ['blink left', '--line-1'],
      eyeBlinkRight: ['blink right', '--line-2'],
      jawOpen: ['jaw open', '--line-3'],
      smile: ['smile', '--line-4'],
      mouthPucker: ['pucker', '--line-5'],
      browInnerUp: ['brows up', '--line-6'],
    },
    values: (_, person) => person?.blendshapes && expression(person.blendshapes),
    onDemand: true,
  },
  {
    title: 'Turn of bones',
    unit: '°',
    range: [0, 180],
    lines: {
      leftUpperArm: ['left upper arm', '--line-1'],
      rightUpperArm: ['right upper arm', '--line-2'],
      leftLowerArm: ['left lower arm', '--line-3'],
      rightLowerArm: ['right lower arm', '--line-4'],
      head: ['head', '--line-5'],
      spine: ['spine', '--line-6'],
    },
    values: (_, person) => person?.bones && turns(person.bones),
    onDemand: true,
  },
];

export class Charts {
  // Fills the element `root`.
  constructor(root) {
    this.charts = CHARTS.map((chart) => new Chart(chart));
    root.append(...this.charts.map(({ figure }) => figure));
  }

  clear() {
    for (const chart of this.charts) chart.strip.clear();
  }

  // Takes in the detail of a `landmarks` event.
  push(detail) {
    const now = performance.now();
    for (const chart of this.charts) chart.push(now, detail);
  }
}

class Chart {
  constructor({ title, unit, decimals = 0, range, lines, values, onDemand = false }) {
    this.unit = unit;
    this.decimals = decimals;
    this.values = values;
    this.shown = 0;
    this.figure = document.createElement('figure');
    this.figure.hidden = onDemand;
    const canvas = document.createElement('canvas');
    canvas.setAttribute('role', 'img');
    canvas.setAttribute('aria-label', `${title}, the last seconds`);
    const caption = document.createElement('figcaption');
    caption.append(title);
    this.figure.append(caption, canvas, this.#legend(lines));
    const style = getComputedStyle(document.documentElement);
    const colours = Object.entries(lines).map(([name, [, colour]]) => [name, style.getPropertyValue(colour)]);
    this.strip = new Strip(canvas, Object.fromEntries(colours), range);
  }

  push(now, detail) {
    const values = this.values(detail, detail.people[0]);
    if (values) this.figure.hidden = false;
    this.strip.push(now, values);
    if (now - this.shown < REFRESH) return;
    this.shown = now;
    for (const [name, output] of Object.entries(this.numbers)) {
      const value = values?.[name];
      output.value = Number.isFinite(value) ? this.#text(value) : '–';
    }
  }

  #text(value) {
    const text = value.toFixed(this.decimals);
    return (Number(text) === 0 ? text.replace('-', '') : text) + this.unit;
  }

  #legend(lines) {
    const legend = document.createElement('p');
    this.numbers = {};
    for (const [name, [label, colour]] of Object.entries(lines)) {
      const entry = document.createElement('span');
      entry.style.setProperty('--tint', `var(${colour})`);
      const number = document.createElement('output');
      number.setAttribute('aria-live', 'off'); // it would never stop talking
      number.value = '–';
      entry.append(label, ' ', number);
      legend.append(entry);
      this.numbers[name] = number;
    }
    return legend;
  }
}
