"""What is recorded of a model in models.toml."""

import dataclasses
import json

from graphs import MODELS

from compress import catalogue
from compress.report import results

CATALOGUE = catalogue.read(MODELS / "models.toml")


def test_the_reports_figures_go_into_the_models_rows_and_nothing_else_changes(tmp_path):
    path = tmp_path / "models.toml"
    before = (MODELS / "models.toml").read_text("utf-8")
    crops = {"eval_hand": {"pixels": 0.257}, "research": {"pixels": 1.5}}
    times = {"native": {"best": 4.321, "median": 9.0}, "browser": {"best": 8.0, "median": 9.0}}
    rows = [
        {"model": "hand_landmarks", "variant": variant, "crops": crops, **times}
        for variant in ("float", "int8")
    ]
    path.write_text(results.renewed(before, CATALOGUE, rows), "utf-8")
    found = catalogue.read(path)
    original, int8 = (found.model("hand_landmarks", row["variant"]) for row in rows)
    assert (original.error, int8.error) == ((), (0.26, 1.5))
    assert (int8.native_ms, int8.browser_ms) == (4.32, 8.0)
    known = CATALOGUE.model("hand_landmarks", "int8")
    figures = {name: getattr(int8, name) for name in ("error", "native_ms", "browser_ms")}
    assert dataclasses.replace(known, **figures) == int8
    untouched = [model for model in CATALOGUE.models if model.name != "hand_landmarks"]
    assert [model for model in found.models if model.name != "hand_landmarks"] == untouched
    assert path.read_text("utf-8").startswith(before.partition("[[model]]")[0])


def test_every_model_that_is_measured_has_its_figures():
    for model in CATALOGUE.models:
        if model.recipe:
            assert model.error
            assert model.native_ms > 0
            assert model.browser_ms > 0


def test_the_report_has_the_sizes_of_the_committed_files():
    rows = json.loads((MODELS / "report" / "results.json").read_text("utf-8"))["models"]
    sizes = {row["path"]: (row["bytes"], row["unpacked"]) for row in rows}
    for model in CATALOGUE.models:
        if model.path in sizes and (MODELS / model.path).suffix == ".gz":
            assert sizes[model.path] == (model.bytes, model.unpacked), model.path
