// Encodes files as encodings.py says: {destination, without its suffix: source} on standard input.

import { readFile, rename, writeFile } from 'node:fs/promises';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { brotliCompress, constants, gunzipSync, gzip } from 'node:zlib';

const LARGEST_WINDOW = 24; // bits: what every browser takes
const [toBrotli, toGzip] = [promisify(brotliCompress), promisify(gzip)];

async function encode([destination, source]) {
  const content = await readFile(source);
  const packed = content[0] === 0x1f && content[1] === 0x8b; // a gzip file
  await write(`${destination}.br`, await inBrotli(packed ? gunzipSync(content) : content));
  if (!packed) await write(`${destination}.gzip`, await toGzip(content, { level: 9 }));
}

function inBrotli(content) {
  const params = {
    [constants.BROTLI_PARAM_SIZE_HINT]: content.length,
    [constants.BROTLI_PARAM_LGWIN]: LARGEST_WINDOW,
  };
  return toBrotli(content, { params });
}

async function write(path, content) {
  const part = `${path}.${process.pid}.part`; // another process may be at it, too
  await writeFile(part, content);
  await rename(part, path);
}

const lacking = JSON.parse(readFileSync(0, 'utf8'));
await Promise.all(Object.entries(lacking).map(encode));
