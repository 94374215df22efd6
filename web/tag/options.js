// The options of a HolisticTracker: those of a tag's attributes that concern what is computed, as
// values of JavaScript.

import { APPROXIMATE } from '../shared/constants.js';
import { NAMES, cameraOf, valueOf } from './settings.js';

const DRAWING = 'overlay';

// What is true or false, and the attributes that say it with 1 or 0. Blendshapes may be a word, too.
const FLAGS = {
  refineFace: 'irises',
  carryHands: 'carry',
  rotations: 'rotations',
  blendshapes: 'blendshapes',
  skipStill: 'still',
};

const WORDS = { blendshapes: APPROXIMATE };

const ATTRIBUTES = { ...FLAGS };
for (const name of NAMES) {
  if (name !== DRAWING && !Object.values(FLAGS).includes(name)) ATTRIBUTES[name] = name;
}

// {settings, camera} for engine.py. Throws a TypeError that names what is not an option, or not a value
// of one.
export function optionsOf(options) {
  for (const name of Object.keys(options)) {
    if (!Object.hasOwn(ATTRIBUTES, name)) {
      const known = Object.keys(ATTRIBUTES).join(', ');
      throw new TypeError(`HolisticTracker has no option ${name}: there are ${known}`);
    }
  }
  const values = {};
  for (const [option, name] of Object.entries(ATTRIBUTES)) values[name] = read(option, name, options[option]);
  const { camera, facingMode, resolution, ...settings } = values;
  return { settings, camera: cameraOf({ camera, facingMode, resolution }) };
}

function read(option, name, value) {
  const complain = (_, text, expected) => {
    throw new TypeError(`${option} cannot be "${text}": it must be ${expected}`);
  };
  const word = WORDS[option];
  const isFlag = Object.hasOwn(FLAGS, option) && value !== undefined && value !== word;
  if (isFlag && typeof value !== 'boolean') {
    complain(name, value, word ? `true, false or "${word}"` : 'true or false');
  }
  return valueOf(name, isFlag ? String(Number(value)) : textOf(value), complain);
}

// As the attribute says it; null where the option is absent.
function textOf(value) {
  if (value === undefined) return null;
  return Array.isArray(value) ? value.join(' ') : String(value);
}
