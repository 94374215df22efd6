"""Pictures as cameras spoil them: what the student sees while the teacher sees them sharp."""

import dataclasses
import json

import cv2
import numpy as np
import pytest
from graphs import ACTIVATION, Graph

torch = pytest.importorskip("torch")

from compress import blurred, crops, distil, lost_hands, model_file, recipe  # noqa: E402
from compress.degradation import LONGEST, degraded, moving  # noqa: E402
from compress.distil import Run  # noqa: E402
from compress.export_int8 import Exporter  # noqa: E402
from compress.network import Network  # noqa: E402
from compress.pipeline import Pipeline  # noqa: E402
from compress.quantized import QuantizedNetwork, calibrate  # noqa: E402
from compress.samples import Samples  # noqa: E402

SIDE = 64


def texture(count=1):
    """Pictures of coarse noise, without black in them."""
    rough = np.random.default_rng(0).integers(60, 250, (count, 16, 16, 3), np.uint8)
    return np.stack([cv2.resize(one, (SIDE, SIDE)) for one in rough])


def dot():
    picture = np.zeros((SIDE, SIDE, 3), np.uint8)
    picture[SIDE // 2, SIDE // 2] = 255
    return picture


def test_motion_spreads_a_point_along_its_direction_and_not_across():
    spread = np.argwhere(moving(dot(), 20, 0.0)[..., 0])
    rows, columns = spread.T
    assert np.ptp(columns) == pytest.approx(20, abs=2)
    assert np.ptp(rows) <= 1
    diagonal = np.argwhere(moving(dot(), 20, np.pi / 4)[..., 0])
    assert np.ptp(diagonal[:, 0]) == pytest.approx(20 * np.sqrt(0.5), abs=2)


def test_the_middle_of_the_way_is_where_the_point_was():
    seen = moving(dot() // 2, 12, 1.1)[..., 0].astype(float)
    places = np.indices(seen.shape).reshape(2, -1)
    centre = (places * seen.ravel()).sum(axis=1) / seen.sum()
    assert centre == pytest.approx([SIDE / 2, SIDE / 2], abs=0.3)


def test_an_unequal_exposure_is_weaker_where_the_motion_begins():
    seen = moving(dot(), 20, 0.0, slowest=0.3)[SIDE // 2, :, 0].astype(float)
    assert seen[SIDE // 2 - 9 : SIDE // 2].sum() < 0.8 * seen[SIDE // 2 + 1 : SIDE // 2 + 10].sum()


def test_light_is_only_moved():
    picture = texture()[0]
    assert moving(picture, 18, 0.7).mean() == pytest.approx(picture.mean(), abs=3)
    assert moving(picture, 18, 0.7).std() < 0.8 * picture.std()


def test_the_part_of_the_pictures_that_is_degraded_is_what_was_asked():
    pictures = texture(200)
    np.testing.assert_array_equal(degraded(pictures, 0.0, (1,)), pictures)
    changed = (degraded(pictures, 0.6, (1,)) != pictures).any(axis=(1, 2, 3)).mean()
    assert changed == pytest.approx(0.58, abs=0.1)


def test_the_same_seed_degrades_alike():
    pictures = texture(8)
    once = degraded(pictures, 0.9, (4, 2))
    np.testing.assert_array_equal(once, degraded(pictures, 0.9, (4, 2)))
    assert (once != degraded(pictures, 0.9, (4, 3))).any()
    assert once.dtype == np.uint8


def test_some_pictures_are_darker_and_some_partly_covered():
    pictures = np.repeat(texture(), 200, axis=0)
    seen = degraded(pictures, 1.0, (5,)).reshape(200, -1)
    assert (seen.mean(axis=1) < 0.7 * pictures[0].mean()).mean() > 0.1
    black = (seen < 20).mean(axis=1)
    assert (black > 0.05).mean() > 0.05
    assert black.max() < 0.9  # most of it stays in view


def test_motion_is_at_most_a_third_of_the_side():
    assert 0.3 <= LONGEST <= 0.4


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
    hands = [recipe.read(recipe.FOLDER / f"{name}.pruned_int8.toml") for name in HANDS]
    assert all(one.retrain.degraded > 0.5 and one.retrain.negatives >= 0.25 for one in hands)


HANDS = ("hand_landmarks", "hand_landmarks_lite")


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
    assert pipeline.trained.is_file()
    begun = Network(model_file.load(tmp_path / "work" / RECIPE.name / "begun.tflite"))
    stored = Network(model_file.load(tmp_path / "float" / "small.tflite"))
    for one, other in zip(begun.parameters(), stored.parameters(), strict=True):
        torch.testing.assert_close(one, other, atol=0.02, rtol=0.02)  # int8 weights of the same
    assert model_file.parse(content).subgraphs
    said.clear()
    assert make("work")[0] == content  # nothing is trained again
    assert said == []


def test_hands_get_faces_and_joints_without_a_hand_as_negatives(tmp_path, monkeypatch):
    asked = []

    class Two:
        """Finds two distractors, in one of which the original sees a hand all the same."""

        def __init__(self, models):
            asked.append(models)

        def __call__(self, image):
            return [crops.Region(20, 20, 16, 0.0), crops.Region(40, 20, 16, 0.0)]

        def hand_in(self, image, region):
            return region.x == 40

    monkeypatch.setattr(crops, "Distractors", Two)
    monkeypatch.setattr(crops, "Finder", lambda subject, models: lambda image: [])
    pictures = tmp_path / "pictures"
    pictures.mkdir()
    cv2.imwrite(str(pictures / "one.png"), np.full((40, 60, 3), 128, np.uint8))
    for wanted in (False, True):
        out = tmp_path / f"out-{wanted}"
        crops.cut(pictures, tmp_path, out, ["hand"], frozenset(), distracted=wanted)
        rows = json.loads((out / "hand.json").read_text())
        assert [row["found"] for row in rows] == [False] * (1 + wanted)
    assert asked == [tmp_path]


class Bright:
    """A hand network that believes in what is brighter than a grey level, at its centre."""

    def __call__(self, images):
        points = np.full((len(images), 63), 112.0, np.float32)
        return [points, (images.mean(axis=(1, 2, 3)) > 0.5).astype(np.float32)[:, None]]


def test_blur_is_measured_against_the_sharp_hands_of_the_original():
    size = blurred.SIZE
    shown = np.stack([np.full((size, size, 3), level, np.uint8) for level in (50, 200)])
    of = blurred.sharp(Bright(), shown)
    assert len(of.crops) == 1  # the other is no hand
    rows = blurred.under_blur(Bright(), of)
    assert [row["length"] for row in rows] == list(blurred.LENGTHS)
    assert all(row["seen"] == 1 and row["pixels"] == 0 for row in rows)
    assert blurred.false_finds(Bright(), shown)["sharp"] == 0.5


def pose(x=0.5, y=0.5, visibility=0.9):
    points = np.zeros((33, 5))
    points[:, :2] = np.array([x, y]) * (640, 480)
    points[:, 3] = visibility
    return points


def test_a_hand_in_view_is_well_inside_the_frame_and_its_wrist_is_sure():
    assert lost_hands.in_view(pose(), "left", 640, 480)
    assert not lost_hands.in_view(pose(y=0.99), "left", 640, 480)
    assert not lost_hands.in_view(pose(x=-0.1), "right", 640, 480)
    assert not lost_hands.in_view(pose(visibility=0.4), "right", 640, 480)


def test_what_a_network_believes_of_lost_and_of_found_hands():
    dark, bright = (np.full((224, 224, 3), level, np.uint8) for level in (50, 200))
    hands = [
        lost_hands.Hand(False, np.stack([dark, bright])),
        lost_hands.Hand(False, np.stack([bright, dark])),
        lost_hands.Hand(False, np.stack([dark, dark])),
        lost_hands.Hand(True, np.stack([bright])),
    ]
    seen = lost_hands.seen_again(Bright(), hands)
    assert seen == {"lost": 3, "first": 0.3333, "any": 0.6667, "found": 1, "kept": 1.0}
