// A worker with Pyodide and the wasm runtime, as the tracker has it: times inferences of one model
// after the other. A message {model, repeats} is answered with milliseconds.

import { loadPyodide } from "/pyodide/pyodide.mjs";

const CODE = `
import time
import numpy as np
from tflite_runtime.interpreter import Interpreter

def times(content, repeats):
    network = Interpreter(model_content=bytes(content.to_py()), num_threads=1)
    network.allocate_tensors()
    source = network.get_input_details()[0]
    picture = np.random.default_rng(0).random(source["shape"], np.float32)
    network.set_tensor(source["index"], picture)
    found = []
    for _ in range(repeats):
        started = time.perf_counter()
        network.invoke()
        found.append((time.perf_counter() - started) * 1000)
    return found
`;

async function start() {
  const pyodide = await loadPyodide({ indexURL: "/pyodide/", packages: ["numpy"] });
  pyodide.unpackArchive(await fetched("/wheel"), "wheel");
  pyodide.runPython(CODE);
  return pyodide.globals.get("times");
}

async function fetched(address) {
  return (await fetch(address)).arrayBuffer();
}

const times = start();

onmessage = async ({ data }) => {
  try {
    const content = new Uint8Array(await fetched(`/model/${data.model}`));
    postMessage({ times: (await times)(content, data.repeats).toJs() });
  } catch (error) {
    postMessage({ error: String(error) });
  }
};
