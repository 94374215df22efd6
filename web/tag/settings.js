// What a tag's attributes can say, and what they say where they are absent.

import { APPROXIMATE, AUTO, LAYOUT, LEVELS, VARIANTS } from '../shared/constants.js';

const LAYOUT_PARTS = { pose: ['pose'], face: ['face'], hands: ['left_hand', 'right_hand'] };
LAYOUT_PARTS['left-hand'] = ['left_hand'];
LAYOUT_PARTS['right-hand'] = ['right_hand'];

const LAYERS = { picture: ['picture'], pose: ['pose'], face: ['face'] };
LAYERS.hands = ['leftHand', 'rightHand'];
LAYERS['left-hand'] = ['leftHand'];
LAYERS['right-hand'] = ['rightHand'];
LAYERS.none = [];

const FACING_MODES = ['user', 'environment'];

// Attribute -> {fallback, read}; read(text) gives the value, or undefined where the text is wrong,
// and `expected` is what it should have been.
const ATTRIBUTES = {
  parts: names(LAYOUT_PARTS, 'pose face hands', 1),
  people: whole(1, LAYOUT.MAX_PEOPLE, 1),
  complexity: whole(0, 1, 1),
  workers: whole(1, LAYOUT.MAX_WORKERS, 2),
  variant: one(VARIANTS, AUTO),
  level: one([AUTO, ...LEVELS], LEVELS[0]),
  irises: whole(0, 1, 0),
  carry: whole(0, 1, 0),
  rotations: whole(0, 1, 0),
  blendshapes: or(APPROXIMATE, whole(0, 1, 0)),
  still: whole(0, 1, 1),
  overlay: names(LAYERS, 'picture pose face hands', 0),
  camera: any(''),
  facingMode: one(FACING_MODES, FACING_MODES[0]),
  resolution: size('640x480'),
};

export const NAMES = Object.keys(ATTRIBUTES);

export const CAMERA_SETTINGS = ['camera', 'facingMode', 'resolution'];

// Which camera these settings ask for, and of what size, for engine.py.
export function cameraOf({ camera, facingMode, resolution }) {
  const isMode = FACING_MODES.includes(camera);
  const which = isMode ? { device: '', facingMode: camera } : { device: camera, facingMode };
  return { ...which, ...resolution };
}

// The value of an attribute. Where its text is wrong, that of its absence, and `complain(name, text,
// expected, fallback)` is called.
export function valueOf(name, text, complain) {
  const { fallback, read, expected } = ATTRIBUTES[name];
  const value = text === null ? undefined : read(text);
  if (text !== null && value === undefined) complain(name, text, expected, fallback);
  return value ?? read(fallback);
}

// What a property says: the number or the words that hold.
export function shortOf(name, text) {
  const { fallback, read } = ATTRIBUTES[name];
  const holding = text !== null && read(text) !== undefined ? text : fallback;
  const value = read(holding);
  return typeof value === 'object' ? holding : value;
}

function names(known, fallback, least) {
  return {
    fallback,
    expected: `some of ${Object.keys(known).join(', ')}`,
    read(text) {
      const words = text.split(/[\s,]+/).filter(Boolean);
      if (words.length < least || !words.every((word) => Object.hasOwn(known, word))) return undefined;
      return [...new Set(words.flatMap((word) => known[word]))];
    },
  };
}

function whole(from, to, fallback) {
  return {
    fallback: String(fallback),
    expected: `a whole number from ${from} to ${to}`,
    read: (text) => (/^\d+$/.test(text) && from <= +text && +text <= to ? +text : undefined),
  };
}

function or(word, { fallback, expected, read }) {
  return {
    fallback,
    expected: `${expected}, or ${word}`,
    read: (text) => (text === word ? word : read(text)),
  };
}

function any(fallback) {
  return { fallback, expected: 'a text', read: (text) => text };
}

function size(fallback) {
  return {
    fallback,
    expected: 'a width and a height, such as 1280x720',
    read(text) {
      const [, width, height] = /^([1-9]\d*)x([1-9]\d*)$/.exec(text) ?? [];
      return width && { width: Number(width), height: Number(height) };
    },
  };
}

function one(known, fallback) {
  return {
    fallback,
    expected: `one of ${known.join(', ')}`,
    read: (text) => known.find((word) => word === text.replaceAll('-', '_')),
  };
}
