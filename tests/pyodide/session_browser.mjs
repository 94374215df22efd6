// A Pyodide in a page or in a Web Worker, for the tests: session.mjs's counterpart in a browser.
//
// The first message is {wheels, flavour}, every other {code, inputs, names}: the files of these
// names are fetched into /shared, the code finds its inputs as globals and leaves its answer in
// `result`, and the files that it wrote to /shared go back as base64.

import { loadPyodide } from "/pyodide/pyodide.mjs";

const SHARED = "/shared";
const printed = [];
let pyodide;

async function start({ wheels, flavour }) {
  pyodide = await loadPyodide({
    indexURL: "/pyodide/",
    packages: ["micropip"],
    env: { HOME: "/home", TFLITE_RUNTIME_FLAVOUR: flavour },
    stdout: (text) => printed.push(text),
    stderr: (text) => printed.push(text),
  });
  pyodide.FS.mkdir(SHARED);
  for (const wheel of wheels) {
    await pyodide.pyimport("micropip").install(`${location.origin}/wheels/${wheel}`);
  }
  return {};
}

function encode(bytes) {
  let text = "";
  for (let start = 0; start < bytes.length; start += 32768) {
    text += String.fromCharCode(...bytes.subarray(start, start + 32768));
  }
  return btoa(text);
}

async function run({ code, inputs, names }) {
  for (const name of names) {
    const response = await fetch(`/shared/${encodeURIComponent(name)}`);
    const content = new Uint8Array(await response.arrayBuffer());
    pyodide.FS.writeFile(`${SHARED}/${name}`, content);
  }
  const written = (name) => pyodide.FS.stat(`${SHARED}/${name}`).mtime.getTime();
  const before = new Map(names.map((name) => [name, written(name)]));
  await new Promise((resolve) => setTimeout(resolve, 5)); // so that later times are later
  printed.length = 0;
  const globals = pyodide.toPy({ ...inputs, result: null });
  const answer = { printed };
  try {
    await pyodide.runPythonAsync(code, { globals });
    const json = pyodide.pyimport("json");
    answer.result = JSON.parse(json.dumps(globals.get("result")));
  } catch (error) {
    answer.error = String(error.message ?? error);
  }
  const changed = pyodide.FS.readdir(SHARED)
    .filter((name) => !name.startsWith(".") && written(name) !== before.get(name));
  answer.files = Object.fromEntries(
    changed.map((name) => [name, encode(pyodide.FS.readFile(`${SHARED}/${name}`))]));
  return answer;
}

export async function answer(request) {
  try {
    return await (request.wheels ? start(request) : run(request));
  } catch (error) {
    return { error: String(error.message ?? error), printed, files: {} };
  }
}

if (!globalThis.document) {
  globalThis.onmessage = async ({ data }) => postMessage(await answer(data));
}
