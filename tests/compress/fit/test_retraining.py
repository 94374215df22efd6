"""A committed network trained further, on degraded pictures whose sharp ones its teacher sees."""

import dataclasses
import json

import numpy as np
import pytest
from graphs import ACTIVATION, Graph

torch = pytest.importorskip("torch")

from compress import recipe  # noqa: E402
from compress.data.samples import Samples  # noqa: E402
from compress.fit import distil  # noqa: E402
from compress.fit.distil import Run  # noqa: E402
from compress.fit.export_int8 import Exporter  # noqa: E402
from compress.fit.network import Network  # noqa: E402
from compress.fit.quantized import QuantizedNetwork, calibrate  # noqa: E402
from compress.pipeline import Pipeline  # noqa: E402
from compress.tflite import model_file  # noqa: E402


@pytest.fixture
def hand_crops(tmp_path):
    """A folder of random crops, as crops.cut writes it: two hands in three."""
    folder = tmp_path / "crops"
    folder.mkdir()
    pictures = np.random.default_rng(0).integers(0, 256, (6, 12, 12, 3), np.uint8)
    rows = [{"file": str(i), "source": "a", "found": i < 4} for i in range(6)]
    np.save(folder / "hand.npy", pictures)
    (folder / "hand.json").write_text(json.dumps(rows))
    return folder


RECIPE = recipe.Recipe(
    model="small",
    variant="pruned_int8",
    subject="hand",
    low=0.0,
    outputs=(recipe.Output("points", (1.0, 1.0)),),
    retrain=recipe.Distil(steps=4, batch=3, degraded=1.0, negatives=0.5),
    images=16,
    name="small.pruned_int8",
)


def model():
    graph = Graph()
    stem = graph.conv(graph.input, 8, activation=ACTIVATION.RELU6)
    return graph.finished(graph.conv(stem, 2))


def test_the_student_sees_degraded_pictures_and_the_teacher_sharp_ones(
    tmp_path, hand_crops, monkeypatch
):
    shown = {}

    def spoiled(pictures, part, seed):
        assert part == 1.0
        shown["sharp"] = pictures
        return 255 - pictures

    monkeypatch.setattr(distil, "degraded", spoiled)
    student = Network(model())
    run = Run(
        RECIPE, RECIPE.retrain, model(), student, Samples(hand_crops, "hand", 8), tmp_path / "run"
    )
    teacher, forward = run._teacher, student.forward
    run._teacher = _recorded(shown, "teacher", teacher)
    student.forward = _recorded(shown, "student", forward)
    run.advance_to(1, progress=lambda _: None)
    sharp = shown["sharp"].astype(np.float32) / 255
    np.testing.assert_allclose(shown["teacher"], sharp, atol=1e-6)
    np.testing.assert_allclose(np.asarray(shown["student"]), 1 - sharp, atol=1e-6)


def test_what_nobody_sees_counts_more_where_there_is_doubt():
    read = dataclasses.replace(
        RECIPE, outputs=(*RECIPE.outputs, recipe.Output("presence", (1.0,))), presence=1
    )
    points = torch.zeros(2, 2)
    found = [points, torch.tensor([[0.5], [0.5]])]

    def loss(presence, doubt):
        wanted = [points, torch.full((2, 1), presence)]
        return float(distil.output_loss(read, found, wanted, doubt))

    assert loss(0.0, 3.0) == pytest.approx(3 * loss(0.0, 1.0))
    assert loss(1.0, 3.0) == pytest.approx(loss(1.0, 1.0))


def _recorded(shown, name, call):
    def recorded(images, **settings):
        shown[name] = images
        return call(images, **settings)

    return recorded


def test_a_recipe_says_how_many_pictures_are_degraded(tmp_path):
    path = tmp_path / "small.pruned_int8.toml"
    path.write_text(
        'model = "small"\nvariant = "pruned_int8"\nsubject = "hand"\nlow = 0.0\n'
        '[[output]]\nname = "points"\nscales = [1.0, 1.0]\n'
        "[retrain]\nsteps = 9\ndegraded = 0.65\nnegatives = 0.4\n"
    )
    read = recipe.read(path)
    assert read.retrain == recipe.Distil(steps=9, degraded=0.65, negatives=0.4)


def committed(folder):
    """The small model as an int8 file of its variant, as a folder of models has it."""
    plain = model()
    network = QuantizedNetwork(plain, ()).eval()
    images = torch.rand(16, 8, 8, 3, generator=torch.Generator().manual_seed(0))
    calibrate(network, Network(plain).eval(), images)
    content = model_file.serialize(Exporter(plain, network).export(), compact=True)
    for place in ("float", "pruned_int8"):
        (folder / place).mkdir()
    model_file.save(plain, folder / "float" / "small.tflite")
    (folder / "pruned_int8" / "small.tflite").write_bytes(content)


def test_retraining_begins_with_the_committed_file(tmp_path, hand_crops):
    committed(tmp_path)
    quantize = recipe.Quantize(float_operators=frozenset())
    said = []

    def make(work, **settings):
        retrain = dataclasses.replace(RECIPE.retrain, **settings)
        asked = dataclasses.replace(RECIPE, retrain=retrain, quantize=quantize)
        pipeline = Pipeline(asked, tmp_path / "float", hand_crops, tmp_path / work, said.append)
        return pipeline.make(), pipeline

    content, pipeline = make("work")
    assert any("step 4/4" in line for line in said)
    assert pipeline.trained is None  # it begins with the file, not with weights kept beside it
    begun = Network(model_file.load(tmp_path / "work" / RECIPE.name / "begun.tflite"))
    stored = Network(model_file.load(tmp_path / "float" / "small.tflite"))
    for one, other in zip(begun.parameters(), stored.parameters(), strict=True):
        torch.testing.assert_close(one, other, atol=0.02, rtol=0.02)  # int8 weights of the same
    assert model_file.parse(content).subgraphs
    said.clear()
    assert make("work")[0] == content  # nothing is trained again
    assert said == []
