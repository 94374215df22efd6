"""Pruned int8 models in float arithmetic."""

import numpy as np
import pytest
from ai_edge_litert import schema_py_generated as schema
from graphs import ACTIVATION, MODELS, Graph, run

from compress import catalogue
from compress.tflite import float_models, fold, model_file
from compress.tflite.dequantize import in_float
from holistic.inference.model_files import unpacked

CATALOGUE = catalogue.read(MODELS / "models.toml")
PRUNED = CATALOGUE.variant("pruned")
TYPE = schema.TensorType


def parsed(path):
    return model_file.parse(unpacked(MODELS / path), path)


def operators(model):
    return [model_file.operator_name(model, each) for each in model.subgraphs[0].operators]


def weights(model):
    """Real values of all convolutions' and dense layers' weights, in order."""
    fold.fold(model)
    tensors = model.subgraphs[0].tensors
    layers = [each for each in model.subgraphs[0].operators if len(each.inputs) == 3]
    return [model_file.constant(model, tensors[each.inputs[1]]) for each in layers]


@pytest.mark.parametrize("row", PRUNED, ids=lambda row: row.name)
class TestOfACommittedModel:
    def test_nothing_but_weights_is_quantized(self, row):
        model = float_models.dequantized(unpacked(MODELS / f"pruned_int8/{row.name}.tflite.gz"))
        model = model_file.parse(model)
        tensors = model.subgraphs[0].tensors
        assert "QUANTIZE" not in operators(model)
        for each in model.subgraphs[0].operators:
            read = [tensors[index] for index in (*each.inputs, *each.outputs)]
            constant = [model_file.is_constant(model, tensor) for tensor in read]
            if model_file.operator_name(model, each) == "DEQUANTIZE":
                assert (read[0].type, constant[0]) == (TYPE.INT8, True)
            else:
                assert TYPE.INT8 not in {tensor.type for tensor in read}

    def test_the_operators_and_their_weights_stay(self, row):
        quantized = parsed(f"pruned_int8/{row.name}.tflite.gz")
        plain = in_float(quantized)
        expected, found = (
            [name for name in operators(model) if name not in ("QUANTIZE", "DEQUANTIZE")]
            for model in (quantized, plain)
        )
        assert found == expected
        scaled = [
            fold.real_values(quantized, tensor)
            for tensor in quantized.subgraphs[0].tensors
            if tensor.type == TYPE.INT8 and model_file.is_constant(quantized, tensor)
        ]
        for weight in weights(plain):
            assert any(np.array_equal(weight, one) for one in scaled) or weight.size < 4096

    def test_it_is_the_file_that_models_toml_describes(self, row):
        content = float_models.dequantized(unpacked(MODELS / f"pruned_int8/{row.name}.tflite.gz"))
        catalogue.verify(content, row.sha256, row.path)
        assert len(content) == row.bytes


def int8_convolution():
    """A convolution of bytes between QUANTIZE and DEQUANTIZE, with one scale a channel."""
    graph = Graph()
    output = graph.conv(graph.input, 4, kernel=3, activation=ACTIVATION.RELU)
    model = graph.finished(output)
    subgraph = model.subgraphs[0]
    (convolution,) = subgraph.operators
    source, weight, bias = (int(index) for index in convolution.inputs)
    scales = np.array([0.5, 0.25, 0.125, 0.0625], np.float32)
    integers = np.random.default_rng(2).integers(-4, 5, (4, 3, 3, 3)).astype(np.int8)
    input_scale, output_scale = 1 / 64, 1 / 16
    constants = ((weight, integers, scales), (bias, np.arange(4, dtype=np.int32), scales / 64))
    for index, values, steps in constants:
        model_file.set_constant(model, subgraph.tensors[index], values)
        subgraph.tensors[index].quantization = quantization(steps, 0)
    ends = []
    for index, scale, zero in ((source, input_scale, 0), (output, output_scale, -128)):
        size = model_file.shape(subgraph.tensors[index])
        ends.append(model_file.add_tensor(model, b"bytes", size, np.int8))
        subgraph.tensors[ends[-1]].quantization = quantization([scale], zero)
    convolution.inputs[0], convolution.outputs[0] = ends
    convolution.opcodeIndex = model_file.operator_code(model, schema.BuiltinOperator.CONV_2D, 3)
    codes = schema.BuiltinOperator
    subgraph.operators = [
        conversion(model, codes.QUANTIZE, 1, source, ends[0]),
        convolution,
        conversion(model, codes.DEQUANTIZE, 2, ends[1], output),
    ]
    return model


def quantization(scales, zero):
    found = schema.QuantizationParametersT()
    found.scale = np.asarray(scales, np.float32)
    found.zeroPoint = np.full(len(found.scale), zero, np.int64)
    found.quantizedDimension = 0
    return found


def conversion(model, number, version, source, target):
    code = model_file.operator_code(model, number, version)
    return model_file.operator(code, [source], [target])


def test_it_computes_what_the_bytes_do_without_their_rounding():
    quantized = int8_convolution()
    content = model_file.serialize(quantized)
    picture = np.random.default_rng(3).integers(-64, 65, (1, 8, 8, 3)).astype(np.float32) / 64
    (wanted,) = run(content, picture)
    (found,) = run(float_models.dequantized(content), picture)
    assert wanted.max() > 1
    inside = wanted < wanted.max()  # bytes end there
    assert np.abs(found - wanted)[inside].max() <= 1 / 32 + 1e-6  # half a step of the result
    assert np.all(found[~inside] >= wanted[~inside] - 1 / 32 - 1e-6)


def test_a_model_that_rescales_bytes_is_refused():
    model = int8_convolution()
    subgraph = model.subgraphs[0]
    again = model_file.add_tensor(model, b"again", (1, 8, 8, 3), np.int8)
    first = int(subgraph.operators[0].outputs[0])
    code = schema.BuiltinOperator.QUANTIZE
    subgraph.operators.insert(1, conversion(model, code, 2, first, again))
    with pytest.raises(model_file.ModelError, match="changes the scale"):
        in_float(model)


def test_another_quantized_model_than_the_catalogues_is_refused(tmp_path):
    row = PRUNED[0]
    path = tmp_path / f"pruned_int8/{row.name}.tflite.gz"
    path.parent.mkdir()
    path.write_bytes(b"other")
    with pytest.raises(catalogue.CatalogueError, match="sha256"):
        float_models.build(CATALOGUE, tmp_path, tmp_path, tmp_path / "out", "pruned")
