// Runs a program in the tag's MicroPython: the site's folder, JSON of {path: text} and the program.

import { readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { pathToFileURL } from 'node:url';

const [site, files, program] = process.argv.slice(2);
const { loadMicroPython } = await import(pathToFileURL(`${site}/micropython/micropython.js`).href);
const python = await loadMicroPython({ heapsize: 4 << 20, stdout: (line) => console.log(line) });
for (const [path, text] of Object.entries(JSON.parse(readFileSync(files, 'utf-8')))) {
  const folders = dirname(path).split('/');
  for (let depth = 1; depth <= folders.length; depth++) {
    const folder = folders.slice(0, depth).join('/');
    if (folder && !python.FS.analyzePath(folder).exists) python.FS.mkdir(folder);
  }
  python.FS.writeFile(path, text);
}
python.runPython(program);
