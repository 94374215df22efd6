// Encodes files as encodings.py says: {destination, without its suffix: source} on standard input.

import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';

const encode = {
  gzip: (content) => gzipSync(content, { level: 9 }),
  br: (content) =>
    brotliCompressSync(content, { params: { [constants.BROTLI_PARAM_SIZE_HINT]: content.length } }),
};

for (const [destination, source] of Object.entries(JSON.parse(readFileSync(0, 'utf8')))) {
  const content = readFileSync(source);
  for (const [name, encoded] of Object.entries(encode)) {
    writeFileSync(`${destination}.part`, encoded(content));
    renameSync(`${destination}.part`, `${destination}.${name}`);
  }
}
