// A worker with Pyodide and the wasm runtime, as the tracker has it. A message {model, repeats} is
// answered with the milliseconds of a model's inferences, a message {models} with the bytes by which
// the heap grew from loading these and running each once.

import { loadPyodide } from "/pyodide/pyodide.mjs";

const CODE = `
import time
import numpy as np
from tflite_runtime.interpreter import Interpreter

held = []

def loaded(content):
    network = Interpreter(model_content=bytes(content.to_py()), num_threads=1)
    network.allocate_tensors()
    for source in network.get_input_details():
        values = np.random.default_rng(0).random(source["shape"], np.float32)
        scale = 1 if source["dtype"] == np.float32 else 100
        network.set_tensor(source["index"], (values * scale).astype(source["dtype"]))
    return network

def hold(content):
    held.append(loaded(content))
    held[-1].invoke()

def times(content, repeats):
    network = loaded(content)
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
  return pyodide;
}

async function fetched(address) {
  return (await fetch(address)).arrayBuffer();
}

const started = start();

const models = new Map();

async function model(name) {
  if (!models.has(name)) models.set(name, new Uint8Array(await fetched(`/model/${name}`)));
  return models.get(name);
}

async function grown(pyodide, models) {
  const before = pyodide._module.HEAPU8.length;
  for (const name of models) pyodide.globals.get("hold")(await model(name));
  return pyodide._module.HEAPU8.length - before;
}

onmessage = async ({ data }) => {
  try {
    const pyodide = await started;
    const answer = data.models
      ? await grown(pyodide, data.models)
      : pyodide.globals.get("times")(await model(data.model), data.repeats).toJs();
    postMessage({ answer });
  } catch (error) {
    postMessage({ error: String(error) });
  }
};
