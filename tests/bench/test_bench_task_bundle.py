"""MediaPipe Tasks' model bundle, put together by the benchmark."""

import numpy as np
import pytest
from ai_edge_litert import schema_py_generated as schema
from ai_edge_litert.interpreter import Interpreter

from bench import task_bundle
from compress.tflite import model_file


def mesh_model():
    """A model that gives back its input, of the shape of a face mesh."""
    model = schema.ModelT()
    model.version, model.operatorCodes, model.buffers = 3, [], [schema.BufferT()]
    graph = schema.SubGraphT()
    graph.tensors, model.subgraphs = [], [graph]
    size = (1, 1, 1, task_bundle.MESH_POINTS * 3)
    graph.inputs = [model_file.add_tensor(model, b"input", size, np.float32)]
    graph.outputs = [model_file.add_tensor(model, b"mesh", size, np.float32)]
    code = model_file.operator_code(model, schema.BuiltinOperator.ABS, 1)
    graph.operators = [model_file.operator(code, graph.inputs, graph.outputs)]
    return model


def test_padded_mesh_ends_in_zeros():
    model = mesh_model()
    task_bundle.pad_mesh(model)
    interpreter = Interpreter(model_content=model_file.serialize(model))
    interpreter.allocate_tensors()
    (given,), (padded,) = interpreter.get_input_details(), interpreter.get_output_details()
    interpreter.set_tensor(given["index"], np.ones(given["shape"], np.float32))
    interpreter.invoke()
    values = interpreter.get_tensor(padded["index"]).reshape(task_bundle.TASKS_POINTS, 3)
    assert (values[: task_bundle.MESH_POINTS] == 1).all()
    assert (values[task_bundle.MESH_POINTS :] == 0).all()


@pytest.mark.parametrize(("mean", "deviation"), [task_bundle.UNIT, task_bundle.SIGNED])
def test_metadata_is_a_flatbuffer_that_holds_the_normalisation(mean, deviation):
    model = mesh_model()
    task_bundle.describe_input(model, mean, deviation)
    (entry,) = model_file.parse(model_file.serialize(model)).metadata
    content = bytes(model.buffers[entry.buffer].data)
    assert entry.name == b"TFLITE_METADATA"
    assert content[4:8] == b"M001"
    assert {mean, deviation} <= set(np.frombuffer(content, "<f4").tolist())
