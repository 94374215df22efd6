// NumPy's .npz: a zip archive of .npy files, as far as recordings need it.

/** @type {[any, string][]} */
const TYPES = [
  [Float32Array, '<f4'],
  [Float64Array, '<f8'],
  [BigInt64Array, '<i8'],
  [Uint8Array, '|u1'],
];
const DEFLATED = 8;
const DIRECTORY_END = 0x06054b50; // in the last bytes of a zip
const DIRECTORY_END_SIZE = 22;
const DIRECTORY_ENTRY_SIZE = 46;
const FILE_HEAD_SIZE = 30;
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

// Promises {name: {shape, values}} of the arrays in a Blob; values are a typed array.
export async function arraysOf(blob) {
  const content = await blob.arrayBuffer();
  const view = new DataView(content);
  const end = content.byteLength - DIRECTORY_END_SIZE;
  if (end < 0 || view.getUint32(end, true) !== DIRECTORY_END) throw new Error('it does not end as an NPZ file does');
  const found = {};
  let at = view.getUint32(end + 16, true);
  for (let count = view.getUint16(end + 10, true); count > 0; count--) {
    const [nameLength, extra, comment] = [28, 30, 32].map((field) => view.getUint16(at + field, true));
    const letters = new Uint8Array(content, at + DIRECTORY_ENTRY_SIZE, nameLength);
    const name = String.fromCharCode(...letters).replace(/\.npy$/, '');
    found[name] = arrayIn(await unpacked(content, view, at));
    at += DIRECTORY_ENTRY_SIZE + nameLength + extra + comment;
  }
  return found;
}

// The bytes of the file that an entry of the zip's directory is about.
async function unpacked(content, view, entry) {
  const size = view.getUint32(entry + 20, true);
  const head = view.getUint32(entry + 42, true);
  const [name, extra] = [26, 28].map((field) => view.getUint16(head + field, true));
  const packed = new Uint8Array(content, head + FILE_HEAD_SIZE + name + extra, size);
  if (view.getUint16(entry + 10, true) !== DEFLATED) return packed.slice().buffer;
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream('deflate-raw'));
  return new Response(stream).arrayBuffer();
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
