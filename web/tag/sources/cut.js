// Files that break off, which browsers take for files of another kind.

import { refusal, within } from './refusals.js';

const HEAD = 16; // bytes: the longest beginning of a box
const MOST_BOXES = 200; // so many are looked at
const FAR = 1 << 22; // bytes that are read again, at the most, to come to what is behind them
const EBML = 0x1a45dfa3;

// A refusal of the file at `place`, a URL or a Blob, that breaks off; null where that cannot be seen.
export async function cutOff(place) {
  let file = null;
  try {
    file = place instanceof Blob ? ofBlob(place) : await within(ofUrl(place), 'nothing came');
    return file && (await within(endOf(file), 'nothing came'));
  } catch {
    return null; // it cannot be read either
  } finally {
    file?.close();
  }
}

// {size, read(from), close()}: a promise of the HEAD bytes from there on, which is never before where
// it was the last time.
function ofBlob(blob) {
  const read = async (from) => new DataView(await blob.slice(from, from + HEAD).arrayBuffer());
  return { size: blob.size, read, close() {} };
}

async function ofUrl(url) {
  const part = (from) => fetch(url, { headers: { Range: `bytes=${from}-${from + HEAD - 1}` } });
  const response = await part(0);
  if (response.status === 200 && isOwn(url, response)) return ofBody(response);
  const [, size] = /\/(\d+)$/.exec(response.headers.get('Content-Range') ?? '') ?? [];
  await response.body.cancel();
  if (response.status !== 206 || !size) return null;
  const read = async (from) => new DataView(await (await part(from)).arrayBuffer());
  return { size: Number(size), read, close() {} };
}

// Hosts of other origins do not tell whether they have packed a file, and so not its size.
function isOwn(url, { type }) {
  return type !== 'cors' && new URL(url, document.baseURI).origin === location.origin;
}

// Of a host that sends files whole.
function ofBody({ headers, body }) {
  const size = Number(headers.has('Content-Encoding') ? NaN : (headers.get('Content-Length') ?? NaN));
  const reader = body.getReader();
  let [start, bytes] = [0, new Uint8Array(0)];
  async function read(from) {
    while (from < FAR) {
      const passed = Math.min(from - start, bytes.length);
      [start, bytes] = [start + passed, bytes.subarray(passed)];
      const { done, value } = bytes.length < HEAD ? await reader.read() : { done: true };
      if (done) return new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
      bytes = new Uint8Array([...bytes, ...value]);
    }
    throw new RangeError('it is too far away');
  }
  return { size, read, close: () => void reader.cancel() };
}

async function endOf(file) {
  const start = await file.read(0);
  if (file.size >= HEAD && start.getUint32(0) === EBML) return endOfSegment(file, start);
  return endOfBoxes(file);
}

// Matroska and WebM files are a head and a segment, each of which tells its size behind its name.
async function endOfSegment({ size, read }, start) {
  const from = elementLength(start);
  const end = from + elementLength(await read(from));
  return end > size ? refusal('cut-file', `${end - size} bytes at its end are missing`) : null;
}

// Bytes of the element that begins with `head`; NaN where it does not tell, as in live recordings.
function elementLength(head) {
  const width = Math.clz32(head.getUint8(4)) - 23; // bytes of its size
  let length = head.getUint8(4) & (0xff >> width);
  for (let at = 5; at < 4 + width; at++) length = length * 256 + head.getUint8(at);
  return length < 2 ** (7 * width) - 1 ? 4 + width + length : NaN;
}

// MP4 and QuickTime files are boxes, one after the other, each of which begins with its size and name.
async function endOfBoxes({ size, read }) {
  const names = [];
  for (let from = 0; from + 8 <= size && names.length < MOST_BOXES; ) {
    const box = await read(from);
    const name = String.fromCharCode(...[4, 5, 6, 7].map((place) => box.getUint8(place)));
    if (from === 0 && name !== 'ftyp') return null;
    names.push(name);
    const short = box.getUint32(0);
    const length = short === 1 ? Number(box.getBigUint64(8)) : short || size - from;
    from += Math.max(length, 8);
    if (from > size) return refusal('cut-file', `${from - size} bytes at its end are missing`);
  }
  if (!names.length) return null; // there is too little of anything
  const whole = names.includes('moov') || names.includes('meta');
  return whole ? null : refusal('cut-file', 'its index is missing');
}
