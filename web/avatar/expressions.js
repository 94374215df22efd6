// VRM 1.0's preset expressions of a face, from its 52 blendshapes: as holistic/motion/expressions.py
// computes them.

// {name: 0..1} of blendshapes -> {preset: 0..1} of the presets that turn the eyes of a model whose eyes
// have no bones.
export function looks(face) {
  const both = (left, right) => (face[`eyeLook${left}Left`] + face[`eyeLook${right}Right`]) / 2;
  return {
    lookUp: both('Up', 'Up'),
    lookDown: both('Down', 'Down'),
    lookLeft: both('Out', 'In'),
    lookRight: both('In', 'Out'),
  };
}

// {name: 0..1} of blendshapes -> {preset: 0..1}. Vowels come from the jaw and the lips, moods from
// lips and brows; of one blink only one of the three names is used.
export function presets(face) {
  const mean = (name) => (face[`${name}Left`] + face[`${name}Right`]) / 2;
  const { eyeBlinkLeft: left, eyeBlinkRight: right } = face;
  const { jawOpen: jaw, mouthFunnel: funnel, mouthPucker: pucker } = face;
  const both = Math.min(left, right);
  const smile = mean('mouthSmile');
  const wide = Math.max(smile, mean('mouthStretch'));
  const brows = mean('browDown');
  const found = {
    happy: smile,
    angry: brows * (1 - smile),
    sad: mean('mouthFrown') * (1 - brows),
    relaxed: 0,
    surprised: Math.min(mean('eyeWide'), face.browInnerUp),
    aa: jaw * (1 - funnel) * (1 - pucker),
    ih: wide * jaw * (1 - jaw),
    ou: pucker * (1 - jaw),
    ee: wide * (1 - jaw) * (1 - smile),
    oh: funnel * jaw,
    blink: both,
    blinkLeft: left - both,
    blinkRight: right - both,
  };
  found.neutral = 1 - Math.max(...Object.values(found));
  const limited = ([name, value]) => [name, Math.min(1, Math.max(0, value))];
  return Object.fromEntries(Object.entries(found).map(limited));
}
