"""int8: what is simulated is what the interpreter computes."""

import numpy as np
import pytest
import torch
from graphs import ACTIVATION, Graph, run

from compress.fit.export_int8 import Exporter
from compress.fit.network import Network
from compress.fit.quantized import QuantizedNetwork, Quantizer, calibrate
from compress.tflite import model_file
from compress.tflite.dynamic import dynamic_range

IMAGES = torch.rand(4, 8, 8, 3, generator=torch.Generator().manual_seed(0))


def residual_model(head: bool = True):
    graph = Graph()
    stem = graph.conv(graph.input, 16, kernel=3, activation=ACTIVATION.RELU6)
    inner = graph.depthwise(graph.conv(stem, 32, activation=ACTIVATION.RELU6))
    total = graph.add(stem, graph.conv(inner, 16))
    return graph.finished(graph.conv(total, 80) if head else total)


def quantized(model, float_operators=()):
    network = QuantizedNetwork(model, float_operators).eval()
    calibrate(network, Network(model).eval(), IMAGES)
    return network


def simulated(network):
    with torch.no_grad():
        outputs, _ = network(IMAGES[:1])
    return outputs[0].numpy()


@pytest.mark.parametrize("float_operators", [(), (5,), (0,), (2, 3), (0, 1, 2, 3, 4, 5)])
def test_the_exported_file_computes_what_was_simulated(float_operators):
    model = residual_model()
    network = quantized(model, float_operators)
    content = model_file.serialize(Exporter(model, network).export())
    (found,) = run(content, IMAGES[:1].numpy())
    expected = simulated(network)
    assert np.abs(found - expected).max() < 0.02 * np.abs(expected).max()


def test_int8_is_close_to_float():
    model = residual_model()
    with torch.no_grad():
        exact = Network(model)(IMAGES[:1])[0][0].numpy()
    error = simulated(quantized(model)) - exact
    assert 0 < np.sqrt(np.square(error).mean()) < 0.03 * exact.std()


def test_weights_are_stored_as_int8_even_where_operators_are_float():
    model = residual_model()
    everything = range(len(model.subgraphs[0].operators))
    exported = Exporter(model, quantized(model, everything)).export()
    names = [model_file.operator_name(exported, o) for o in exported.subgraphs[0].operators]
    assert names.count("DEQUANTIZE") == 1  # only the last layer is large enough
    assert "QUANTIZE" not in names


def test_dynamic_range_is_the_same_weights_without_their_expansion():
    model = residual_model()
    everything = range(len(model.subgraphs[0].operators))
    shipped = model_file.serialize(Exporter(model, quantized(model, everything)).export())
    content = dynamic_range(shipped)
    parsed = model_file.parse(content)
    names = [model_file.operator_name(parsed, one) for one in parsed.subgraphs[0].operators]
    assert "DEQUANTIZE" not in names
    found, expected = (run(one, IMAGES[:1].numpy())[0] for one in (content, shipped))
    assert 0 < np.abs(found - expected).max() < 0.02 * np.abs(expected).max()
    plain = model_file.serialize(model)
    assert dynamic_range(plain) == plain


def test_inputs_and_outputs_stay_float():
    for head in (True, False):
        model = residual_model(head)
        graph = Exporter(model, quantized(model)).export().subgraphs[0]
        kinds = {graph.tensors[index].type for index in (*graph.inputs, *graph.outputs)}
        assert kinds == {0}


def test_a_channel_without_weights_keeps_its_bias():
    graph = Graph()
    output = graph.conv(graph.input, 4)
    graph.conv(output, 4)
    model = graph.finished(output)
    tensors = model.subgraphs[0].operators[0].inputs
    weight = model_file.constant(model, model.subgraphs[0].tensors[tensors[1]]).copy()
    weight[2] = 1e-14
    model_file.set_constant(model, model.subgraphs[0].tensors[tensors[1]], weight)
    network = quantized(model)
    (found,) = run(model_file.serialize(Exporter(model, network).export()), IMAGES[:1].numpy())
    np.testing.assert_allclose(found[..., 2], simulated(network)[..., 2], atol=0.1)


def test_zero_is_exact_and_the_range_is_covered():
    quantizer = Quantizer()
    quantizer.set_range(-1.0, 3.0)
    values = torch.tensor([0.0, -1.0, 3.0, 100.0])
    rounded = quantizer.quantize(values / quantizer.scale) * quantizer.scale
    assert float(rounded.detach()[0]) == 0
    np.testing.assert_allclose(rounded.detach()[1:], [-1, 3, 3], atol=float(quantizer.scale))


def test_scales_learn_towards_less_error():
    """The gradient of the scale points away from clipping."""
    quantizer = Quantizer()
    quantizer.set_range(0.0, 1.0)
    values = torch.tensor([2.0])
    error = (quantizer.quantize(values / quantizer.scale) * quantizer.scale - values).square()
    error.sum().backward()
    assert quantizer.log_scale.grad < 0


def test_huge_weights_on_a_channel_that_is_always_zero_do_no_harm():
    """Folded BatchNorm leaves such weights; kernels refuse the scales they would need."""
    graph = Graph()
    stem = graph.conv(graph.input, 8, activation=ACTIVATION.RELU6)
    output = graph.depthwise(stem)
    model = graph.finish(output)
    tensors = [graph.graph.tensors[i] for o in graph.graph.operators for i in o.inputs[1:]]
    values = [model_file.constant(model, tensor).copy() for tensor in tensors]
    values[0][3], values[1][3], values[2][..., 3] = 0, -1, 1e5
    for tensor, value in zip(tensors, values, strict=True):
        model_file.set_constant(model, tensor, value)
    network = quantized(model)
    (found,) = run(model_file.serialize(Exporter(model, network).export()), IMAGES[:1].numpy())
    np.testing.assert_allclose(found[..., 3], simulated(network)[..., 3], atol=0.1)
