"""Which model files are used: variants, what stands in for a missing one, and folders."""

import gzip
import sys
from types import ModuleType

import numpy as np
import pytest

from holistic import Tracker
from holistic.inference import model_files, model_planes
from holistic.shared import layout, model_sets

CONTENT = b"\x1c\0\0\0TFL3 and more"
needs_models = pytest.mark.skipif(
    not model_files.find("pose_landmarks_full").exists(),
    reason="there are no float models: run `python build.py models`",
)


@pytest.fixture
def folder(tmp_path):
    """A folder with several variants; the pruned ones have the hand only."""
    for path in ("float/hand", "float/palm", "float/face", "int8/hand", "int8/face"):
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / f"{path}.tflite").write_bytes(CONTENT)
    for pruned in ("pruned", "pruned_int8"):
        (tmp_path / pruned).mkdir()
        (tmp_path / pruned / "hand.tflite").write_bytes(CONTENT)
    return tmp_path


@pytest.mark.parametrize(
    ("name", "variant", "expected"),
    [
        ("hand", "float", "float"),
        ("hand", "int8", "int8"),
        ("hand", "pruned_int8", "pruned_int8"),
        ("hand", "auto", "pruned_int8"),
        ("face", "pruned_int8", "int8"),
        ("hand", "pruned-int8", "pruned_int8"),
        ("hand", "pruned", "pruned"),
        ("face", "pruned", "float"),
        ("palm", "pruned_int8", "float"),
    ],
)
def test_a_variant_without_a_model_takes_the_next_best(folder, name, variant, expected):
    assert model_files.find(name, folder, variant) == folder / expected / f"{name}.tflite"


def test_without_a_light_hand_the_full_one_stands_in(tmp_path):
    for path in ("float/hand_landmarks", "int8/hand_landmarks", "pruned_int8/hand_landmarks_lite"):
        (tmp_path / path).parent.mkdir()
        (tmp_path / f"{path}.tflite").write_bytes(CONTENT)
    found = {
        variant: model_files.find("hand_landmarks_lite", tmp_path, variant)
        for variant in model_sets.VARIANTS
    }
    light = tmp_path / "pruned_int8" / "hand_landmarks_lite.tflite"
    assert found == {
        "float": tmp_path / "float" / "hand_landmarks.tflite",
        "pruned": tmp_path / "float" / "hand_landmarks.tflite",
        "int8": tmp_path / "int8" / "hand_landmarks.tflite",
        "pruned_int8": light,
        "auto": light,
    }
    assert model_files.find("hand_landmarks", tmp_path, "pruned_int8").parent.name == "int8"
    alone = model_files.find("hand_landmarks_lite", tmp_path / "int8")
    assert alone == tmp_path / "int8" / "hand_landmarks.tflite"


def test_a_file_may_be_compressed(folder):
    (folder / "int8" / "palm.tflite.gz").write_bytes(gzip.compress(CONTENT))
    assert model_files.find("palm", folder, "int8") == folder / "int8" / "palm.tflite.gz"
    assert model_files.load("palm", folder, "int8") == CONTENT


@pytest.mark.parametrize("content", [CONTENT, CONTENT + b"odd", b"12", b""])
def test_the_order_of_bytes_that_gzip_packs_better_is_undone(content):
    assert model_planes.joined(model_planes.split(content)) == content


def test_weights_that_were_half_floats_pack_smaller_in_that_order():
    weights = np.random.default_rng(0).normal(size=9999).astype(np.float16).astype(np.float32)
    content = weights.tobytes()
    sizes = [len(gzip.compress(each)) for each in (model_planes.split(content), content)]
    assert sizes[0] < 0.85 * sizes[1]


def test_a_file_may_be_in_the_order_that_gzip_packs_better(folder):
    content = gzip.compress(model_planes.split(CONTENT))
    (folder / "int8" / "palm.tflite.planes.gz").write_bytes(content)
    assert model_files.load("palm", folder, "int8") == CONTENT


@pytest.mark.parametrize(
    "content",
    [b"no gzip", gzip.compress(CONTENT)[:-9], b"\x1f\x8b\x08" * 9],
    ids=["no gzip", "cut short", "nothing but beginnings"],
)
def test_a_damaged_compressed_file_is_named(folder, content):
    (folder / "int8" / "palm.tflite.gz").write_bytes(content)
    with pytest.raises(model_files.ModelError, match=r"palm\.tflite\.gz is damaged"):
        model_files.load("palm", folder, "int8")


def test_a_folder_may_hold_the_files_of_one_variant_itself(folder):
    for variant in model_sets.VARIANTS:
        path = model_files.find("hand", folder / "int8", variant)
        assert path == folder / "int8" / "hand.tflite"


def test_an_unknown_variant_is_refused_with_the_names_of_those_there_are(folder):
    with pytest.raises(
        ValueError, match="one of float, pruned, int8, pruned_int8, auto, not 'int4'"
    ):
        model_files.load("hand", folder, "int4")


def test_every_variant_ends_with_the_float_models():
    for folders in model_sets.VARIANTS.values():
        assert folders[-1] == model_sets.FLOAT


@pytest.mark.parametrize("complexity", [0, 1, 2])
def test_all_parts_together_need_each_model_once(complexity):
    names = model_sets.submodel_names(layout.PARTS, complexity)
    assert len(names) == len(set(names)) == 7
    assert {model_sets.POSE_MODELS[complexity], model_sets.HAND_MODELS[complexity]} <= set(names)


@needs_models
def test_the_tracker_reads_the_variant_that_it_was_asked_for(monkeypatch):
    asked = []

    def load(name, chosen, variant):
        asked.append(variant)
        return model_files.load(name, chosen, variant)

    monkeypatch.setattr("holistic.tracker.load", load)
    with Tracker(variant="int8"):
        assert set(asked) == {"int8"}


def test_the_package_of_all_models_comes_before_that_of_auto(tmp_path, monkeypatch):
    for name in ("holistic_models", "holistic_models_auto"):
        (tmp_path / name / "float").mkdir(parents=True)
        package = ModuleType(name)
        package.__file__ = str(tmp_path / name / "__init__.py")
        monkeypatch.setitem(sys.modules, name, package)
    assert model_files.folder() == tmp_path / "holistic_models"
    monkeypatch.setitem(sys.modules, "holistic_models", None)  # is not there
    assert model_files.folder() == tmp_path / "holistic_models_auto"
