"""Reading and writing .tflite files."""

import numpy as np
import pytest
from graphs import Graph, run

from compress.tflite import model_file


def small_model() -> bytes:
    graph = Graph()
    return model_file.serialize(graph.finished(graph.conv(graph.input, 5, kernel=3)))


def test_a_model_survives_reading_and_writing():
    content = small_model()
    again = model_file.serialize(model_file.parse(content))
    assert again == content


def test_constants_are_aligned():
    model = model_file.parse(small_model())
    content = model_file.serialize(model)
    for buffer in model.buffers[1:]:
        found = content.index(np.asarray(buffer.data, np.uint8).tobytes())
        assert found % model_file.BUFFER_ALIGNMENT == 0


def test_the_interpreter_reads_what_was_written():
    image = np.ones((1, 8, 8, 3), np.float32)
    (output,) = run(small_model(), image)
    assert output.shape == (1, 8, 8, 5)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "not a .tflite file"),
        (b"PK\x03\x04 a zip file", "not a .tflite file"),
        (b"\x00\x00\x00\x00TFL3" + b"\xff" * 64, "damaged|schema version"),
        (small_model()[:200], "damaged|schema version"),
    ],
)
def test_what_is_no_model_is_refused_with_a_reason(content, reason):
    with pytest.raises(model_file.ModelError, match=reason):
        model_file.parse(content, "some.tflite")


def test_a_model_that_ends_too_early_is_refused():
    content = small_model()
    for length in range(8, len(content) - 1, 97):
        with pytest.raises(model_file.ModelError):
            model_file.parse(content[:length])


def test_a_constant_of_the_wrong_size_is_refused():
    model = model_file.parse(small_model())
    model.subgraphs[0].tensors[1].shape = np.array([7, 7, 7, 7], np.int32)
    with pytest.raises(model_file.ModelError, match="wrong size"):
        model_file.parse(model_file.serialize(model))


def test_an_operator_that_refers_to_nothing_is_refused():
    model = model_file.parse(small_model())
    model.subgraphs[0].operators[0].inputs = np.array([99], np.int32)
    with pytest.raises(model_file.ModelError, match="does not exist"):
        model_file.parse(model_file.serialize(model))
