// NumPy's .npz: a zip archive of .npy files.

const TYPES = [
  [Float32Array, '<f4'],
  [Float64Array, '<f8'],
  [BigInt64Array, '<i8'],
];
const DEFLATED = 8;
const VERSION = 20; // of the zip format: 2.0 knows deflate
const DATE = 0x21; // 1 January 1980, where a zip's time begins: equal content gives equal files

// Promises a Blob with `arrays`, {name: {shape, type, pieces}}: an array's elements are those of
// its pieces, typed arrays of the class `type`, one after the other.
export async function npz(arrays) {
  const files = [];
  for (const [name, array] of Object.entries(arrays)) {
    files.push({ name: `${name}.npy`, ...(await compressed(npy(array))) });
  }
  return zip(files);
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

// What a zip wants to know of a file is in the tail of its gzip, behind a head of ten bytes.
async function compressed(pieces) {
  const packed = streamed(pieces).pipeThrough(new CompressionStream('gzip'));
  const gzip = await new Response(packed).blob();
  const tail = new DataView(await gzip.slice(-8).arrayBuffer());
  return {
    content: gzip.slice(10, -8),
    checksum: tail.getUint32(0, true),
    length: tail.getUint32(4, true),
  };
}

function streamed(pieces) {
  return new ReadableStream({
    pull(controller) {
      const { value, done } = pieces.next();
      if (done) controller.close();
      else controller.enqueue(value);
    },
  });
}

function zip(files) {
  const body = [];
  const directory = [];
  let offset = 0;
  for (const { name, content, checksum, length } of files) {
    const facts = fields(
      [2, VERSION], [2, 0], [2, DEFLATED], [2, 0], [2, DATE],
      [4, checksum], [4, content.size], [4, length], [2, name.length], [2, 0],
    );
    directory.push('PK\x01\x02', fields([2, VERSION]), facts);
    directory.push(fields([2, 0], [2, 0], [2, 0], [4, 0], [4, offset]), name);
    body.push('PK\x03\x04', facts, name, content);
    offset += 4 + facts.length + name.length + content.size;
  }
  const index = new Blob(directory);
  const count = files.length;
  const end = fields([2, 0], [2, 0], [2, count], [2, count], [4, index.size], [4, offset], [2, 0]);
  return new Blob([...body, index, 'PK\x05\x06', end], { type: 'application/zip' });
}

// Numbers as bytes: [how many bytes, value] each.
function fields(...pairs) {
  const bytes = new Uint8Array(pairs.reduce((sum, [size]) => sum + size, 0));
  const view = new DataView(bytes.buffer);
  let at = 0;
  for (const [size, value] of pairs) {
    if (size === 2) view.setUint16(at, value, true);
    else view.setUint32(at, value, true);
    at += size;
  }
  return bytes;
}
