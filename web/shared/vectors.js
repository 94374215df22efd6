// Vectors of three numbers.

/** @type {(a: Iterable<number>, b: Iterable<number>) => number[]} */
export function minus([a, b, c], [x, y, z]) {
  return [a - x, b - y, c - z];
}

/** @type {(a: Iterable<number>, b: Iterable<number>) => number} */
export function dot([a, b, c], [x, y, z]) {
  return a * x + b * y + c * z;
}

/** @type {(a: Iterable<number>, b: Iterable<number>) => number[]} */
export function cross([a, b, c], [x, y, z]) {
  return [b * z - c * y, c * x - a * z, a * y - b * x];
}

export function unit(a) {
  const length = Math.hypot(...a);
  return a.map((value) => value / length);
}

export function degrees(radians) {
  return (radians * 180) / Math.PI;
}
