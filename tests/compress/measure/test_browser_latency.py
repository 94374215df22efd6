"""Time and memory of models in the wasm runtime in Chromium."""

from graphs import MODELS

from builder import downloads
from builder.site import PYODIDE
from compress.measure import browser_latency

ROOT = MODELS.parent
NAME = "int8/hand_recrop.tflite.gz"


def test_a_model_is_timed_and_weighed_where_the_tracker_runs_it(launch):
    (wheel,) = (ROOT / "py" / "wheels").glob("holistic_tracking_runtime-*.whl")
    packages = {path.parent for path in downloads.pyodide_packages().values()}
    folders = [PYODIDE, *packages]
    bench = browser_latency.Bench(launch(), folders, wheel, {NAME: MODELS / NAME})
    times = bench.times([NAME], repeats=3)
    assert 0 < times[NAME].best <= times[NAME].median
    assert 0 <= bench.heap([NAME]) < 1 << 28
