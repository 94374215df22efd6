"""The toolchain's command line."""

import numpy as np
import pytest
from graphs import MODELS, run

from compress import cli
from compress.tflite import model_file
from holistic.inference.model_files import unpacked

HAND = MODELS / "pruned_int8" / "hand_landmarks_lite.tflite.gz"


@pytest.fixture
def compress(monkeypatch, capsys):
    """Runs the command; its exit code and what it said on stderr."""

    def started(*arguments):
        monkeypatch.setattr("sys.argv", ["compress", *map(str, arguments)])
        return cli.main(), capsys.readouterr().err

    return started


def operators(path):
    model = model_file.load(path)
    return {model_file.operator_name(model, each) for each in model.subgraphs[0].operators}


def test_an_int8_model_becomes_a_float_and_then_a_dynamic_range_one(compress, tmp_path):
    plain, dynamic = tmp_path / "plain.tflite", tmp_path / "dynamic.tflite"
    assert compress("dequantize", HAND, "--out", plain) == (0, "")
    assert compress("dynamic", plain, "--out", dynamic) == (0, "")
    assert operators(plain) - operators(dynamic) == {"DEQUANTIZE"}
    picture = np.random.default_rng(0).random((1, 224, 224, 3), np.float32)
    contents = (unpacked(HAND), plain.read_bytes(), dynamic.read_bytes())
    landmarks = [run(content, picture)[0].reshape(21, 3)[:, :2] for content in contents]
    for other in landmarks[1:]:
        assert 0 < np.linalg.norm(other - landmarks[0], axis=1).mean() < 4


@pytest.mark.parametrize("stage", ["dequantize", "dynamic"])
@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("page.tflite", b"<html>", "not a .tflite file"),
        ("short.tflite.gz", HAND.read_bytes()[:5000], "damaged"),
        ("other.tflite.gz", b"no gzip", "damaged: Not a gzipped file"),
    ],
)
def test_what_is_no_model_is_refused_with_the_reason(
    compress, tmp_path, stage, name, content, reason
):
    path, out = tmp_path / name, tmp_path / "out.tflite"
    path.write_bytes(content)
    code, message = compress(stage, path, "--out", out)
    assert code == 1
    assert f"{path} is {reason}" in message
    assert not out.exists()
