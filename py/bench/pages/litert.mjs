// LiteRT.js with MediaPipe's own float networks: the least that makes a holistic tracker of them.
//
// The body is found by the detector and then followed by its landmarks; face and hands are followed
// by their own landmarks, or begin where the pose says. There is no smoothing, no face detector and
// no re-crop of hands. Regions are {x, y, size, angle}: a turned square in pixels of the frame.

import { loadAndCompile, loadLiteRt, Tensor } from './litert/dist/index.js';

const POSES = ['pose_landmark_lite', 'pose_landmark_full'];
const BODY = { size: 224, strides: [8, 16, 32, 32, 32], values: 12 };
const SURE = 0.5;

export async function create(complexity) {
  await loadLiteRt('litert/wasm/', { threads: true });
  const [detector, pose, face, hand] = await Promise.all([
    network('pose_detection', BODY.size, -1),
    network(POSES[complexity], 256),
    network('face_landmark', 192),
    network('hand_landmark_full', 224),
  ]);
  const regions = {};

  async function findPose(frame) {
    regions.pose ??= await findBody(detector, frame);
    if (!regions.pose) return undefined;
    const [values, score] = await pose(frame, regions.pose, 0, 1);
    const points = score[0] > SURE ? toFrame(values, 5, 256, regions.pose) : undefined;
    regions.pose = points && along(points[33], points[34], 1.25);
    return points;
  }

  async function findFace(frame, body) {
    const region = regions.face ?? (body && around(body.slice(0, 11), level(body[5], body[2]), 2));
    if (!region) return undefined;
    const [values, logit] = await face(frame, region, 0, 1);
    const points = sigmoid(logit[0]) > SURE ? toFrame(values, 3, 192, region) : undefined;
    regions.face = points && around(points, level(points[33], points[263]), 1.5);
    return points;
  }

  async function findHand(frame, side, body) {
    const region = regions[side] ?? (body && palm(body, side === 'left' ? 15 : 16));
    if (!region) return undefined;
    const [values, score] = await hand(frame, region, 0, 1);
    const points = score[0] > SURE ? toFrame(values, 3, 224, region) : undefined;
    regions[side] = points && around(points, upright(points[0], points[9]), 1.6);
    return points;
  }

  return async (frame) => {
    const body = await findPose(frame);
    return {
      pose: body?.slice(0, 33),
      face: await findFace(frame, body),
      leftHand: await findHand(frame, 'left', body),
      rightHand: await findHand(frame, 'right', body),
    };
  };
}

// A function (frame, region, ...outputs) -> the values of these outputs.
async function network(name, size, low = 0) {
  const model = await loadAndCompile(`originals/${name}.tflite`, { accelerator: 'wasm' });
  const crop = cropper(size, low);
  return async (frame, region, ...wanted) => {
    const input = new Tensor(crop(frame, region), [1, size, size, 3]);
    const outputs = await model.run(input);
    const values = await Promise.all(wanted.map((index) => outputs[index].data()));
    for (const tensor of [input, ...outputs]) tensor.delete();
    return values;
  };
}

// A function (frame, region) -> its pixels, upright, from `low` to 1.
function cropper(size, low) {
  const canvas = new OffscreenCanvas(size, size);
  const context = canvas.getContext('2d', { willReadFrequently: true });
  const values = new Float32Array(size * size * 3);
  const step = (1 - low) / 255;
  return (frame, { x, y, size: side, angle }) => {
    context.resetTransform();
    context.clearRect(0, 0, size, size);
    context.translate(size / 2, size / 2);
    context.rotate(-angle);
    context.scale(size / side, size / side);
    context.drawImage(frame, -x, -y);
    const { data } = context.getImageData(0, 0, size, size);
    for (let from = 0, to = 0; from < data.length; from += 4) {
      values[to++] = data[from] * step + low;
      values[to++] = data[from + 1] * step + low;
      values[to++] = data[from + 2] * step + low;
    }
    return values;
  };
}

// The region of the body that the detector is surest of.
async function findBody(detector, frame) {
  const { displayWidth: width, displayHeight: height } = frame;
  const window = { x: width / 2, y: height / 2, size: Math.max(width, height), angle: 0 };
  const [boxes, logits] = await detector(frame, window, 0, 1);
  const best = logits.reduce((most, logit, index) => (logit > logits[most] ? index : most), 0);
  if (sigmoid(logits[best]) < SURE) return undefined;
  const [x, y] = anchors(BODY)[best];
  const keypoints = boxes.slice(best * BODY.values + 4, best * BODY.values + 8);
  const shifted = keypoints.map((value, index) => value + (index % 2 ? y : x));
  const [centre, tip] = toFrame(shifted, 2, BODY.size, window);
  return along(centre, tip, 1.25);
}

// Centres of the cells of the detector's grids, twice for each layer, in pixels of its input.
function anchors({ size, strides }) {
  return [...new Set(strides)].flatMap((stride) => {
    const cells = Array.from({ length: size / stride }, (_, index) => (index + 0.5) * stride);
    const copies = 2 * strides.filter((other) => other === stride).length;
    const grid = cells.flatMap((y) => cells.map((x) => [x, y]));
    return grid.flatMap((centre) => Array(copies).fill(centre));
  });
}

// Points {x, y} of the frame, from a network's values in pixels of its input.
function toFrame(values, stride, size, region) {
  const [cos, sin] = [Math.cos(region.angle), Math.sin(region.angle)];
  return Array.from({ length: values.length / stride }, (_, index) => {
    const u = (values[index * stride] / size - 0.5) * region.size;
    const v = (values[index * stride + 1] / size - 0.5) * region.size;
    return { x: region.x + cos * u - sin * v, y: region.y + sin * u + cos * v };
  });
}

function along(centre, tip, scale) {
  const size = 2 * Math.hypot(tip.x - centre.x, tip.y - centre.y) * scale;
  return { ...centre, size, angle: upright(centre, tip) };
}

function around(points, angle, scale) {
  const [xs, ys] = [points.map(({ x }) => x), points.map(({ y }) => y)];
  const [left, right] = [Math.min(...xs), Math.max(...xs)];
  const [top, bottom] = [Math.min(...ys), Math.max(...ys)];
  const size = Math.max(right - left, bottom - top) * scale;
  return { x: (left + right) / 2, y: (top + bottom) / 2, size, angle };
}

// The region of a hand from the pose's wrist, little finger and index finger.
function palm(body, wrist) {
  const [root, little, index] = [body[wrist], body[wrist + 2], body[wrist + 4]];
  const middle = { x: (2 * index.x + little.x) / 3, y: (2 * index.y + little.y) / 3 };
  return along(middle, { x: 2 * middle.x - root.x, y: 2 * middle.y - root.y }, 2.7);
}

function upright(start, end) {
  return Math.PI / 2 - Math.atan2(start.y - end.y, end.x - start.x);
}

function level(right, left) {
  return Math.atan2(left.y - right.y, left.x - right.x);
}

function sigmoid(logit) {
  return 1 / (1 + Math.exp(-logit));
}
