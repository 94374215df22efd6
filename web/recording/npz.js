// NumPy's .npz: a zip archive of .npy files, as far as recordings need it.

import { pauses } from './pauses.js';

/** @type {[any, string][]} */
const TYPES = [
  [Float32Array, '<f4'],
  [Float64Array, '<f8'],
  [BigInt64Array, '<i8'],
  [Uint8Array, '|u1'],
];
const LIBRARY = new URL('../fflate/browser.js', import.meta.url).href;
const DATE = new Date(1980, 0, 1); // where a zip's time begins: equal content gives equal files

// Promises a Blob with `arrays`, {name: {shape, type, pieces}}: an array's elements are those of
// its pieces, typed arrays of the class `type`, one after the other.
export async function npz(arrays) {
  const { Zip, ZipDeflate } = await import(LIBRARY);
  const packed = [];
  const zip = new Zip((error, piece) => {
    if (error) throw error;
    packed.push(piece);
  });
  const pause = pauses();
  for (const [name, array] of Object.entries(arrays)) {
    const file = Object.assign(new ZipDeflate(`${name}.npy`), { mtime: DATE });
    zip.add(file);
    for (const piece of npy(array)) {
      file.push(piece);
      await pause();
    }
    file.push(new Uint8Array(0), true);
  }
  zip.end();
  return new Blob(packed, { type: 'application/zip' });
}

// Promises {name: {shape, values}} of the arrays in a Blob; values are a typed array.
export async function arraysOf(blob) {
  const { unzipSync } = await import(LIBRARY);
  const files = unzipSync(new Uint8Array(await blob.arrayBuffer()));
  const arrays = Object.entries(files).map(([name, npy]) => [name.replace(/\.npy$/, ''), arrayIn(npy.slice().buffer)]);
  return Object.fromEntries(arrays);
}

function arrayIn(npy) {
  const view = new DataView(npy);
  const [first, length] = view.getUint8(6) === 1 ? [10, view.getUint16(8, true)] : [12, view.getUint32(8, true)];
  const head = String.fromCharCode(...new Uint8Array(npy, first, length));
  const [, descr] = /'descr': '([^']+)'/.exec(head) ?? [];
  const [, tuple] = /'shape': \(([\d, ]*)\)/.exec(head) ?? [];
  const [type] = TYPES.find(([, each]) => each === descr) ?? [];
  if (!type || tuple === undefined) throw new Error(`one of its arrays is of a kind that is not known: ${head.trim()}`);
  return { shape: tuple.match(/\d+/g).map(Number), values: new type(npy.slice(first + length)) };
}

function* npy({ shape, type, pieces }) {
  const [, descr] = TYPES.find(([each]) => each === type);
  const tuple = shape.length === 1 ? `${shape[0]},` : shape.join(', ');
  const text = `{'descr': '${descr}', 'fortran_order': False, 'shape': (${tuple}), }`;
  const length = Math.ceil((10 + text.length + 1) / 64) * 64; // so that the elements are aligned
  const header = `\x93NUMPY\x01\x00${''.padEnd(2)}${text.padEnd(length - 11)}\n`;
  const bytes = Uint8Array.from(header, (letter) => letter.charCodeAt(0));
  new DataView(bytes.buffer).setUint16(8, length - 10, true);
  yield bytes;
  for (const piece of pieces) {
    yield new Uint8Array(piece.buffer, piece.byteOffset, piece.byteLength);
  }
}
