"""Pruning, least squares and distillation."""

import dataclasses
import json

import cv2
import numpy as np
import pytest
import torch
from graphs import ACTIVATION, MODELS, Graph

from compress import catalogue, curve, recipe
from compress.data import crops
from compress.data.samples import Augmentation, Samples
from compress.fit.distil import Run
from compress.fit.network import Network
from compress.fit.prune import prunable_channels, prune
from compress.fit.quantized import QuantizedNetwork, calibrate
from compress.fit.reconstruct import reconstruct
from compress.pipeline import Pipeline
from compress.tflite import cost, model_file

SIGNING = MODELS.parent / "tests" / "media"
"""A folder with one picture, of somebody who signs."""

IMAGES = torch.rand(32, 8, 8, 3, generator=torch.Generator().manual_seed(0))
RECIPE = recipe.Recipe(
    model="small",
    variant="pruned",
    subject="hand",
    low=0.0,
    outputs=(recipe.Output("points", (1.0, 1.0)),),
    prune=recipe.Prune(macs=0.2, images=32),
    distil=recipe.Distil(steps=6, batch=2),
    images=32,
)


def block_model():
    """An inverted residual block, of whose 32 hidden channels the second half hardly matters."""
    graph = Graph()
    stem = graph.conv(graph.input, 8)
    inner = graph.depthwise(graph.conv(stem, 32, activation=ACTIVATION.RELU6))
    narrow = graph.conv(inner, 8)
    weight = graph.graph.tensors[graph.graph.operators[-1].inputs[1]]
    values = model_file.constant(graph.model, weight).copy()
    values[..., 16:] *= 1e-4
    model_file.set_constant(graph.model, weight, values)
    return graph.finished(graph.conv(graph.add(stem, narrow), 2))


def error(one, other):
    with torch.no_grad():
        return float((one(IMAGES)[0][0] - other(IMAGES)[0][0]).square().mean())


def test_pruning_finds_the_channels_that_hardly_matter():
    model = block_model()
    network = Network(model).eval()
    smaller, kept = prune(model, network, IMAGES, RECIPE)
    hidden = next(
        channels for channels in kept.values() if len(channels) < 32 and max(channels) > 8
    )
    assert set(hidden.tolist()) >= set(range(16))
    assert cost.cost(smaller).macs < 0.85 * cost.cost(model).macs
    assert error(Network(smaller), network) < 1e-3


def stream_model():
    """Two residual blocks as the face mesh has them: none has channels of its own."""
    graph = Graph()
    value = graph.conv(graph.input, 32)
    for _ in range(2):
        value = graph.add(value, graph.conv(graph.depthwise(value), 32))
    return graph.finished(graph.conv(value, 2))


def in_steps(*parts, streams=False):
    prune_ = recipe.Prune(channels=parts, streams=streams, images=32)
    return dataclasses.replace(RECIPE, name="small.steps", prune=prune_)


def test_channels_are_pruned_to_a_part_of_those_that_the_original_had():
    original = model = block_model()
    left = []
    for part in (0.25, 0.5):
        model, _ = prune(model, Network(model).eval(), IMAGES, in_steps(part), original)
        left.append(prunable_channels(model, in_steps(part).prune))
    assert left == [24, 16]  # of the 32 inside the block


def test_channels_that_skips_pass_go_only_where_the_recipe_says_so():
    model = stream_model()
    network = Network(model).eval()
    assert prunable_channels(model, in_steps(0.25).prune) == 0
    streams = in_steps(0.25, streams=True)
    assert prunable_channels(model, streams.prune) == 3 * 32  # in all that the stream passes
    smaller, kept = prune(model, network, IMAGES, streams)
    assert prunable_channels(smaller, streams.prune) == 3 * 24
    student = Network(smaller).eval()
    damaged = error(student, network)
    reconstruct(network, student, IMAGES, kept)
    assert error(student, network) < damaged


def test_least_squares_mend_a_damaged_network():
    model = block_model()
    teacher, student = Network(model).eval(), Network(model).eval()
    with torch.no_grad():
        for parameter in student.parameters():
            parameter.mul_(1.3)
    damaged = error(student, teacher)
    reconstruct(teacher, student, IMAGES)
    assert error(student, teacher) < 0.01 * damaged


def test_least_squares_leave_a_perfect_network_alone():
    model = block_model()
    teacher, student = Network(model).eval(), Network(model).eval()
    reconstruct(teacher, student, IMAGES)
    assert error(student, teacher) < 1e-6


def test_a_fit_to_noisy_pictures_makes_a_network_steadier():
    model = block_model()
    teacher, steady = Network(model).eval(), Network(model).eval()
    noise = torch.Generator().manual_seed(1)
    first, second = (IMAGES + 0.1 * torch.randn(IMAGES.shape, generator=noise) for _ in range(2))

    def jitter(network):
        with torch.no_grad():
            return float((network(first)[0][0] - network(second)[0][0]).square().mean())

    reconstruct(teacher, steady, IMAGES, seen=first)
    assert jitter(steady) < 0.9 * jitter(teacher)


@pytest.fixture
def hand_crops(tmp_path):
    """A folder of random crops, as crops.cut writes it."""
    folder = tmp_path / "crops"
    folder.mkdir()
    pictures = np.random.default_rng(0).integers(0, 256, (6, 12, 12, 3), np.uint8)
    rows = [{"file": str(i), "source": "ab"[i % 2], "found": i < 5} for i in range(6)]
    np.save(folder / "hand.npy", pictures)
    (folder / "hand.json").write_text(json.dumps(rows))
    return folder


def begun():
    """The small model's network, a little off."""
    student = Network(block_model())
    with torch.no_grad():
        for parameter in student.parameters():
            parameter.mul_(1.05)
    return student


def trained(folder, hand_crops, stop=None, **settings):
    """Train the small model, or only as far as step ``stop``."""
    model = block_model()
    student = begun()
    recipe = dataclasses.replace(RECIPE, distil=dataclasses.replace(RECIPE.distil, **settings))
    run = Run(recipe, recipe.distil, model, student, Samples(hand_crops, "hand", 8), folder)
    if stop is not None:
        run.advance_to(stop)
    else:
        run.finish(progress=lambda _: None)
    return student


def test_a_stopped_run_resumes_where_it_was(tmp_path, hand_crops):
    straight = trained(tmp_path / "straight", hand_crops)
    trained(tmp_path / "stopped", hand_crops, stop=3)
    resumed = trained(tmp_path / "stopped", hand_crops)
    for one, other in zip(straight.parameters(), resumed.parameters(), strict=True):
        torch.testing.assert_close(one, other)


def test_another_machine_goes_on_from_the_weights_that_were_committed(tmp_path, hand_crops):
    (tmp_path / "float").mkdir()
    model_file.save(block_model(), tmp_path / "float" / "small.tflite")
    steps = recipe.Distil(steps=6, batch=2)
    read = dataclasses.replace(RECIPE, name="small.trained", prune=None, distil=steps)

    def make(work, said, **settings):
        distil = dataclasses.replace(steps, **settings)
        recipe_ = dataclasses.replace(read, distil=distil)
        pipeline = Pipeline(recipe_, tmp_path / "float", hand_crops, tmp_path / work, said.append)
        return pipeline.make(), pipeline.trained

    here, there, further = [], [], []
    content, trained_weights = make("here", here, stop=3)
    assert "step 3/3" in here[-1]
    committed = tmp_path / "training" / "small.trained.pt"
    committed.parent.mkdir()
    committed.write_bytes(trained_weights.read_bytes())
    assert make("there", there, stop=3)[0] == content
    assert there == []  # it was over
    assert make("elsewhere", further, stop=5)[0] != content
    assert [line.split(" loss")[0] for line in further] == ["small.trained step 5/5"]


def activation_scales(network):
    return {tensor: network.quantizer(tensor).scale.item() for tensor in network.groups}


def test_an_int8_network_learns_with_its_rounding_and_its_scales(tmp_path, hand_crops):
    model = block_model()
    teacher, student = Network(model).eval(), QuantizedNetwork(model, ())
    calibrate(student, teacher, IMAGES)
    with torch.no_grad():
        for parameter in student.layers.parameters():
            parameter.mul_(1.1)
    damaged, scales = error(student, teacher), activation_scales(student)
    settings = recipe.Distil(steps=40, batch=4, rate=1e-2)
    samples = Samples(hand_crops, "hand", 8)
    run = Run(RECIPE, settings, model, student, samples, tmp_path / "tune")
    run.finish(progress=lambda _: None)
    assert error(student, teacher) < 0.5 * damaged
    moved = {
        tensor for tensor, scale in activation_scales(student).items() if scale != scales[tensor]
    }
    assert moved == set(scales) - {student.input}  # grey levels stay exact


def test_a_blend_lies_between_where_training_began_and_ended(tmp_path, hand_crops):
    start, end = begun(), trained(tmp_path / "whole", hand_crops)
    half = trained(tmp_path / "half", hand_crops, blend=0.5)
    for first, last, found in zip(*(n.parameters() for n in (start, end, half)), strict=True):
        torch.testing.assert_close(found, (first + last) / 2)


def test_batches_depend_on_their_number_alone(hand_crops):
    samples = Samples(hand_crops, "hand", 8)
    first = samples.batch(3, 4, Augmentation())
    samples.batch(0, 4, Augmentation())
    np.testing.assert_array_equal(samples.batch(3, 4, Augmentation()), first)
    assert not np.array_equal(samples.batch(4, 4, Augmentation()), first)


def test_a_stretched_picture_is_another_shape_of_the_same(hand_crops):
    def batch(stretch):
        plain = Augmentation(
            rotation=0, any_rotation=0, scale=0, shift=0, negatives=0, appearance=False
        )
        samples = Samples(hand_crops, "hand", 12)
        return samples.batch(0, 4, dataclasses.replace(plain, stretch=stretch)).astype(float)

    centre = (slice(None), slice(5, 7), slice(5, 7))
    nothing, little, much = batch(0), batch(0.01), batch(0.5)
    assert np.abs(little - nothing)[centre].mean() < 20 < np.abs(much - nothing).mean()
    np.testing.assert_array_equal(batch(0.5), much)


def test_a_stage_that_was_done_is_not_done_again(tmp_path, hand_crops):
    model_file.save(block_model(), tmp_path / "small.tflite")
    steps = dataclasses.replace(
        RECIPE,
        name="small.pruned",
        quantize=recipe.Quantize(frozenset({5})),
        distil=None,
        tune=recipe.Distil(steps=2, batch=2),
    )
    said = []
    make = Pipeline(steps, tmp_path, hand_crops, tmp_path / "work", said.append).make
    content = make()
    assert len(said) == 3  # pruning, fitting int8, training with rounding
    (tmp_path / "work" / "small.pruned" / "result.tflite").unlink()
    assert make() == content
    assert len(said) == 3


def test_a_step_of_pruning_begins_where_the_last_was_trained_to(tmp_path, hand_crops):
    model_file.save(block_model(), tmp_path / "small.tflite")
    steps = in_steps(0.25, 0.5)
    said = []

    def make(part):
        point = steps.pruned_to(part)
        return Pipeline(point, tmp_path, hand_crops, tmp_path / "work", said.append).make()

    make(0.5)
    assert [line.split(" loss")[0] for line in said] == ["pruning", "small.steps step 6/6"] * 2
    work = tmp_path / "work" / "small.steps"
    distilled = model_file.load(work / "0.25" / "distilled.tflite")
    pruned = model_file.load(work / "0.5" / "pruned.tflite")
    assert [prunable_channels(one, steps.prune) for one in (distilled, pruned)] == [24, 16]
    assert make(0.25) == (work / "0.25" / "result.tflite").read_bytes()
    assert len(said) == 4  # nothing is trained twice


@pytest.mark.parametrize("path", sorted(recipe.FOLDER.glob("*.toml")), ids=lambda path: path.stem)
def test_recipes_are_complete(path, float_model):
    read = recipe.read(path)
    assert path.stem == f"{read.model}.{read.variant}"
    graph = model_file.load(float_model(read.original)).subgraphs[0]
    assert len(read.outputs) == len(graph.outputs)
    if read.quantize is not None and not read.teacher:
        assert max(read.quantize.float_operators) < len(graph.operators)


def test_a_student_begins_with_its_own_network_and_answers_to_its_teachers(tmp_path, hand_crops):
    graph = Graph()
    networks = {
        "float/large": block_model(),
        "student/small": graph.finished(graph.conv(graph.input, 2)),
    }
    for name, model in networks.items():
        (tmp_path / name).parent.mkdir()
        model_file.save(model, tmp_path / f"{name}.tflite")
    read = dataclasses.replace(
        RECIPE, teacher="large", name="small.student", prune=None, quantize=None, distil=None
    )
    content = Pipeline(read, tmp_path / "float", hand_crops, tmp_path / "work").make()
    assert content == (tmp_path / "student" / "small.tflite").read_bytes()
    assert read.original == "large"


def test_a_recipe_with_an_unknown_setting_is_refused(tmp_path):
    path = tmp_path / "bad.toml"
    path.write_text('model = "x"\nvariant = "y"\nspeed = 3\noutput = []\n')
    with pytest.raises(catalogue.CatalogueError, match=r"bad\.toml"):
        recipe.read(path)


def test_a_curve_changes_one_setting_of_its_recipe():
    settings, changed = zip(*curve.points(RECIPE, [], [0.1, 0.4]), strict=True)
    assert settings == ({"removed": 0.1}, {"removed": 0.4})
    assert [one.prune.macs for one in changed] == [0.1, 0.4]
    assert len({one.name for one in changed}) == 2  # what stages leave is kept apart
    assert curve.points(RECIPE, [], []) == [({}, RECIPE)]
    with pytest.raises(catalogue.CatalogueError, match="no quantized weights"):
        curve.points(RECIPE, [6.0], [])


def test_a_curve_of_a_recipe_that_prunes_in_steps_ends_at_each():
    steps = in_steps(0.1, 0.2, 0.3)
    settings, changed = zip(*curve.points(steps, [], [0.2, 0.3]), strict=True)
    assert settings == ({"channels": 0.2}, {"channels": 0.3})
    assert changed == (in_steps(0.1, 0.2), steps)
    assert changed[0].before == in_steps(0.1)
    assert in_steps(0.1).before is None
    assert steps.pruned_to(0) == dataclasses.replace(steps, prune=None, distil=None)
    with pytest.raises(catalogue.CatalogueError, match=r"no step that prunes 0\.4"):
        curve.points(steps, [], [0.4])


def test_crops_are_cut_from_any_folder_of_pictures(tmp_path, float_model):
    pictures = tmp_path / "pictures"
    pictures.mkdir()
    cv2.imwrite(str(pictures / "one.png"), np.full((40, 60, 3), 128, np.uint8))
    models = float_model("pose_detector").parent
    crops.cut(pictures, models, tmp_path / "out", ["scene", "pose"], frozenset())
    assert np.load(tmp_path / "out" / "scene.npy").shape[1:] == (384, 384, 3)
    rows = json.loads((tmp_path / "out" / "pose.json").read_text())
    assert [row["found"] for row in rows] == [False]  # nobody is there: a negative only


def test_palms_are_cut_as_the_tracker_searches_them(tmp_path, float_model):
    """The whole picture, and the surroundings of each hand: upright, and wider than its region."""
    models = float_model("palm_detector").parent
    crops.cut(SIGNING, models, tmp_path, subjects := ["hand", "palm"], frozenset())
    rows = [json.loads((tmp_path / f"{name}.json").read_text()) for name in subjects]
    hands, palms = (sum(row["found"] for row in found) for found in rows)
    assert palms == hands + 1 > 1
