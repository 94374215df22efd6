// A real Pyodide under Node, for the tests: installs the wheels with micropip, which brings NumPy,
// then runs one snippet of Python for each line on standard input and answers with a line of JSON.
//
//   node session.mjs DISTRIBUTION FOLDER FLAVOUR WHEEL...
//
// The host's FOLDER is /shared inside. A line is {"code", "inputs"}; the code finds its inputs as
// globals and leaves its answer in `result`.

import { readFileSync } from "node:fs";
import { basename, resolve } from "node:path";
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";

const [distribution, folder, flavour, ...wheels] = process.argv.slice(2).map((path, index) =>
  index === 2 ? path : resolve(path));
const { loadPyodide } = await import(pathToFileURL(`${distribution}/pyodide.mjs`).href);

const printed = [];
const pyodide = await loadPyodide({
  indexURL: `${distribution}/`,
  packages: ["micropip"],
  env: { TFLITE_RUNTIME_FLAVOUR: flavour },
  stdout: (text) => printed.push(text),
  stderr: (text) => printed.push(text),
});
pyodide.mountNodeFS("/shared", folder);
for (const wheel of wheels) {
  pyodide.FS.writeFile(`/home/${basename(wheel)}`, readFileSync(wheel));
  await pyodide.pyimport("micropip").install(`emfs:/home/${basename(wheel)}`);
}

for await (const line of createInterface({ input: process.stdin })) {
  const { code, inputs } = JSON.parse(line);
  printed.length = 0;
  const globals = pyodide.toPy({ ...inputs, result: null });
  let answer;
  try {
    await pyodide.runPythonAsync(code, { globals });
    const json = pyodide.pyimport("json");
    answer = { result: JSON.parse(json.dumps(globals.get("result"))), printed };
  } catch (error) {
    answer = { error: String(error.message ?? error), printed };
  }
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
