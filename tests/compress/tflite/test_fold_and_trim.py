"""The float models: folding and trimming change no result."""

import numpy as np
import pytest
from ai_edge_litert import schema_py_generated as schema
from graphs import ACTIVATION, OPERATOR, Graph, run

from compress import catalogue
from compress.tflite import float_models, fold, model_file, trim

IMAGE = np.random.default_rng(1).normal(size=(1, 8, 8, 3)).astype(np.float32)


def test_half_precision_weights_are_folded_exactly():
    graph = Graph()
    output = graph.conv(graph.input, 4)
    weight = graph.random.normal(size=(4, 1, 1, 3)).astype(np.float16)
    convolution = graph.graph.operators.pop()
    convolution.inputs[1] = graph.half(weight)
    graph.graph.operators.append(convolution)
    model = graph.finished(output)
    before = run(model_file.serialize(model), IMAGE)
    fold.fold(model)
    trim.sweep(model)
    (operator,) = model.subgraphs[0].operators
    assert model_file.operator_name(model, operator) == "CONV_2D"
    np.testing.assert_array_equal(run(model_file.serialize(model), IMAGE), before)


def test_codes_of_older_files_are_written_in_both_fields():
    graph = Graph()
    model = graph.finished(graph.conv(graph.input, 4))
    model.operatorCodes[0].builtinCode = 0  # as files before schema 3a have it
    fold.fold(model)
    assert model.operatorCodes[0].builtinCode == OPERATOR.CONV_2D


def dense_level(size):
    level = schema.DimensionMetadataT()
    level.format, level.denseSize = schema.DimensionType.DENSE, size
    return level


def test_sparse_constants_are_expanded():
    tensor, model = schema.TensorT(), schema.ModelT()
    tensor.shape, tensor.name, tensor.type = np.array([3, 4]), b"w", schema.TensorType.FLOAT32
    tensor.buffer, model.buffers = 0, [schema.BufferT()]
    model.buffers[0].data = np.frombuffer(np.float32([1, 2, 3]).tobytes(), np.uint8)
    columns = schema.DimensionMetadataT()
    columns.format = schema.DimensionType.SPARSE_CSR
    columns.arraySegments, columns.arrayIndices = schema.Int32VectorT(), schema.Int32VectorT()
    columns.arraySegments.values = [0, 1, 1, 3]
    columns.arrayIndices.values = [2, 0, 3]
    tensor.sparsity = schema.SparsityParametersT()
    tensor.sparsity.traversalOrder = [0, 1]
    tensor.sparsity.dimMetadata = [dense_level(3), columns]
    expected = [[0, 0, 1, 0], [0, 0, 0, 0], [2, 0, 0, 3]]
    np.testing.assert_array_equal(fold.densify(model, tensor), expected)


def test_unused_outputs_go_with_all_that_only_they_need():
    graph = Graph()
    shared = graph.conv(graph.input, 4)
    wanted = [graph.conv(shared, 2), graph.conv(shared, 5)]
    unwanted = graph.conv(graph.conv(shared, 6), 7)
    model = graph.finished(wanted[0], unwanted, wanted[1])
    before = run(model_file.serialize(model), IMAGE)
    trim.keep_outputs(model, [0, 2])
    trim.sweep(model)
    assert len(model.subgraphs[0].operators) == 3
    after = run(model_file.serialize(model), IMAGE)
    assert len(after) == 2
    np.testing.assert_array_equal(after[0], before[0])
    np.testing.assert_array_equal(after[1], before[2])


def test_an_output_that_does_not_exist_cannot_be_kept():
    graph = Graph()
    model = graph.finished(graph.conv(graph.input, 4))
    with pytest.raises(model_file.ModelError, match="1 outputs"):
        trim.keep_outputs(model, [1])


def test_a_lone_relu_is_fused_and_a_shared_value_keeps_its_own():
    graph = Graph()
    alone = graph.conv(graph.input, 4)
    shared = graph.conv(graph.input, 4)
    model = graph.finished(graph.relu(alone), graph.relu(shared), shared)
    before = run(model_file.serialize(model), IMAGE)
    trim.fuse_relu(model)
    trim.sweep(model)
    operators = model.subgraphs[0].operators
    names = [model_file.operator_name(model, operator) for operator in operators]
    assert names == ["CONV_2D", "CONV_2D", "RELU"]
    assert operators[0].builtinOptions.fusedActivationFunction == ACTIVATION.RELU
    for found, expected in zip(run(model_file.serialize(model), IMAGE), before, strict=True):
        np.testing.assert_array_equal(found, expected)


def test_equal_constants_are_stored_once():
    graph = Graph()
    values = graph.random.normal(size=(1, 8, 8, 3))
    graph.constant(values)
    first, second = graph.constant(values), graph.constant(values)
    model = graph.finished(graph.add(graph.add(graph.input, first), second))
    assert len(model.buffers) == 2  # the empty one and the constant


def test_a_compact_file_gives_the_same_results_from_fewer_bytes():
    graph = Graph()
    model = graph.finished(graph.conv(graph.conv(graph.input, 4), 4))
    plain = model_file.serialize(model)
    trim.shorten_names(model)
    compact = model_file.serialize(model, compact=True)
    assert len(compact) < len(plain)
    for one, other in zip(run(plain, IMAGE), run(compact, IMAGE), strict=True):
        np.testing.assert_array_equal(one, other)


def test_float_models_are_what_the_catalogue_says(float_model):
    models = catalogue.read(float_model("hand_recrop").parents[1] / "models.toml")
    for model in models.variant("float"):
        content = float_model(model.name).read_bytes()
        assert len(content) == model.bytes
        catalogue.verify(content, model.sha256, model.name)


def test_float_models_give_the_originals_results(float_model):
    root = float_model("hand_recrop").parents[2]
    models = catalogue.read(root / "models" / "models.toml")
    for model in models.variant("float"):
        path = root / "build" / "originals" / f"{model.original}.tflite"
        if model.input_tensors or model.output_tensors:
            continue  # a part of its original
        if not path.is_file():
            pytest.skip("the originals are not there")
        original = path.read_bytes()
        graph = model_file.parse(original).subgraphs[0]
        shape = model_file.shape(graph.tensors[graph.inputs[0]])
        image = np.random.default_rng(0).random(shape)
        before = run(original, image.astype(np.float32))
        after = run(float_models.convert(original, model.outputs), image.astype(np.float32))
        for position, found in zip(model.outputs, after, strict=True):
            np.testing.assert_array_equal(found, before[position])


def test_operators_get_constants_of_their_own():
    graph = Graph()
    model = graph.finished(graph.conv(graph.conv(graph.input, 4), 4))
    first, second = model.subgraphs[0].operators
    second.inputs[2] = first.inputs[2]  # as converters do where biases are equal
    before = run(model_file.serialize(model), IMAGE)
    trim.separate_constants(model)
    np.testing.assert_array_equal(run(model_file.serialize(model), IMAGE), before)
    tensors = model.subgraphs[0].tensors
    model_file.set_constant(model, tensors[second.inputs[2]], np.ones(4, np.float32))
    assert (model_file.constant(model, tensors[first.inputs[2]]) != 1).all()
