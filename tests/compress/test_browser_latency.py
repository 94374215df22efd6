"""Times of models in the wasm runtime in Chromium."""

import os

import pytest
from graphs import MODELS

from builder import downloads

pytest.importorskip("playwright")

from compress import browser_latency

ROOT = MODELS.parent
DISTRIBUTION = ROOT / "build" / "site" / "pyodide"


@pytest.mark.skipif("CHROMIUM" not in os.environ, reason="CHROMIUM names no browser")
def test_a_model_is_timed_where_the_tracker_runs_it():
    wheels = sorted((ROOT / "py" / "wheels").glob("tflite_runtime-*.whl"))
    if not DISTRIBUTION.is_dir() or not wheels:
        pytest.skip("no Pyodide or no wheel: run `python build.py build`")
    packages = {path.parent for path in downloads.pyodide_packages().values()}
    models = {"int8/hand_recrop.tflite": MODELS / "int8" / "hand_recrop.tflite"}
    times = browser_latency.measure([DISTRIBUTION, *packages], wheels[0], models, repeats=3)
    assert (
        0 < times["int8/hand_recrop.tflite"]["best"] <= times["int8/hand_recrop.tflite"]["median"]
    )
