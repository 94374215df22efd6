// Files that break off, which browsers take for files of another kind.

import { refusal, within } from './refusals.js';

const HEAD = 16; // bytes: the longest beginning of a box
const MOST_BOXES = 200; // so many are looked at
const FAR = 1 << 22; // bytes that are read again, at the most, to come to what is behind them
const EBML = 0x1a45dfa3;
const NOTHING = new DataView(new ArrayBuffer(0));

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

// {size, read(from), close()}: read() promises the HEAD bytes from there on, or more, or as many as there
// are; null where the file does not reach so far. `from` is never before where it was the last time.
function ofBlob(blob) {
  const head = async (from) => new DataView(await blob.slice(from, from + HEAD).arrayBuffer());
  return { size: blob.size, read: async (from) => (from > blob.size ? null : head(from)), close() {} };
}

// Who asks for a range asks for content that is not packed: the length that is told is the file's.
async function ofUrl(url) {
  const part = (range) => fetch(url, { headers: { Range: `bytes=${range}` } });
  const response = await part('0-');
  const length = Number(response.headers.get('Content-Length') ?? NaN);
  if (response.status === 200) return ofBody(response, length);
  await response.body.cancel();
  return response.status === 206 ? ofParts(part, response, length) : null;
}

// Of a host that sends parts, and perhaps less than it is asked for. One of another origin seldom lets a
// page read the Content-Range, nor its answer to who asks for what is not there: each part begins with
// a byte of what is before, which is there if the file is whole.
function ofParts(part, { headers }, length) {
  const [, told] = /\/(\d+)$/.exec(headers.get('Content-Range') ?? '') ?? [];
  const size = Number(told);
  async function read(from) {
    if (from > size) return null;
    const before = Math.max(from - 1, 0);
    const response = await part(`${before}-${from + HEAD - 1}`).catch(() => null);
    if (response?.status === 206) return new DataView(await response.arrayBuffer(), from - before);
    if (before < length) throw new Error('the host does not answer any more');
    return null;
  }
  return { size, read, close() {} };
}

// Of a host that sends files whole.
function ofBody({ headers, body }, length) {
  const size = headers.has('Content-Encoding') ? NaN : length;
  const reader = body.getReader();
  let [start, bytes] = [0, new Uint8Array(0)]; // what is at hand, and where in the file it begins
  async function read(from) {
    if (from > size) return null;
    if (from === size) return NOTHING;
    while (from < FAR) {
      const passed = Math.min(from - start, bytes.length);
      [start, bytes] = [start + passed, bytes.subarray(passed)];
      const { done, value } = bytes.length < HEAD ? await reader.read() : { done: true };
      if (done) return start < from ? null : new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
      bytes = new Uint8Array(await new Blob([bytes, value]).arrayBuffer());
    }
    throw new RangeError('it is too far away');
  }
  return { size, read, close: () => void reader.cancel() };
}

async function endOf(file) {
  const start = await file.read(0);
  const isMatroska = start.byteLength >= HEAD && start.getUint32(0) === EBML;
  return isMatroska ? endOfSegment(file, start) : endOfBoxes(file, start);
}

// Matroska and WebM files are a head and a segment, each of which tells its size behind its name.
async function endOfSegment(file, start) {
  const from = elementLength(start);
  const end = from + elementLength(await file.read(from));
  return Number.isNaN(end) || (await file.read(end)) ? null : shortOf(file, end);
}

// Bytes of the element that begins with `head`; NaN where it does not tell, as in live recordings.
function elementLength(head) {
  const width = Math.clz32(head.getUint8(4)) - 23; // bytes of its size
  let length = head.getUint8(4) & (0xff >> width);
  for (let at = 5; at < 4 + width; at++) length = length * 256 + head.getUint8(at);
  return length < 2 ** (7 * width) - 1 ? 4 + width + length : NaN;
}

// MP4 and QuickTime files are boxes, one after the other, each of which begins with its size and name.
async function endOfBoxes(file, start) {
  const names = [];
  for (let [from, box] = [0, start]; box.byteLength >= 8 && names.length < MOST_BOXES; ) {
    const name = String.fromCharCode(...[4, 5, 6, 7].map((place) => box.getUint8(place)));
    if (from === 0 && name !== 'ftyp') return null;
    names.push(name);
    const short = box.getUint32(0);
    if (short === 0) break; // it goes on to the end
    from += Math.max(short === 1 ? Number(box.getBigUint64(8)) : short, 8);
    box = await file.read(from);
    if (!box) return shortOf(file, from);
  }
  if (!names.length) return null; // there is too little of anything
  const whole = names.includes('moov') || names.includes('meta');
  return whole ? null : refusal('cut-file', 'its index is missing');
}

function shortOf({ size }, end) {
  const missing = size ? `at least ${end - size} bytes at its end are` : 'its end is';
  return refusal('cut-file', `${missing} missing`);
}
