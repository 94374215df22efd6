"""The warp that every network's input goes through, against its definition."""

import threading
import time

import archspec.cpu
import numpy as np
import pytest

from holistic.inference import model_files, runtime
from holistic.inference.roi import Region, from_frame_matrix

SIZE = 64


def defined_warp(image, matrix, border):
    """Positions rounded to 1/32 px, bilinear, rounded to uint8: (SIZE, SIZE, 3)."""
    v, u = np.mgrid[:SIZE, :SIZE]
    x, y = np.rint(np.tensordot(matrix, np.stack((u, v, np.ones_like(u))), 1) * 32).astype(int)
    height, width = image.shape[:2]

    def pixel(row, column):
        found = image[row.clip(0, height - 1), column.clip(0, width - 1), :3].astype(float)
        if border == "zero":
            found[(row < 0) | (row >= height) | (column < 0) | (column >= width)] = 0
        return found

    right, down = ((x & 31) / 32)[..., None], ((y & 31) / 32)[..., None]
    x, y = x >> 5, y >> 5
    upper = pixel(y, x) * (1 - right) + pixel(y, x + 1) * right
    lower = pixel(y + 1, x) * (1 - right) + pixel(y + 1, x + 1) * right
    return np.floor(upper * (1 - down) + lower * down + 0.5)


@pytest.mark.parametrize("border", ["zero", "replicate"])
@pytest.mark.parametrize("channels", [3, 4])
@pytest.mark.parametrize(
    "region",
    [
        Region(60, 50, 40, 0.0),  # enlarged
        Region(60, 50, 150, 0.7),  # reduced, over the edges
        Region(-20, 110, 90, -2.5),
    ],
)
def test_warp_is_what_it_is_defined_to_be(region, channels, border):
    image = np.random.default_rng(3).integers(0, 256, (100, 120, channels), dtype=np.uint8)
    matrix = from_frame_matrix(region, SIZE)
    out = np.empty((1, SIZE, SIZE, 3), np.float32)
    runtime.warp(image, matrix, SIZE, out, -1.0, 1.0, border)
    grey_levels = (out[0] + 1) * 127.5
    assert grey_levels == pytest.approx(defined_warp(image, matrix, border), abs=1e-3)


def test_black_and_white_become_low_and_high():
    out = np.empty((1, SIZE, SIZE, 3), np.float32)
    for level, expected in ((0, 0.0), (255, 1.0)):
        image = np.full((100, 100, 3), level, np.uint8)
        runtime.warp(image, from_frame_matrix(Region(50, 50, 30, 0), SIZE), SIZE, out, 0, 1, "zero")
        assert out == pytest.approx(expected)


@pytest.mark.parametrize(
    ("processor", "fast"),
    [
        ("haswell", False),
        ("skylake_avx512", False),
        ("zen", False),
        ("zen3", False),
        ("icelake", True),  # AVX-512 VNNI
        ("zen4", True),
        ("alderlake", True),  # AVX-VNNI
        ("m1", True),
        ("neoverse_n1", True),
    ],
)
def test_bytes_are_fast_where_the_processor_has_dot_products_of_them(monkeypatch, processor, fast):
    known = archspec.cpu.TARGETS[processor]
    monkeypatch.setattr(archspec.cpu, "host", lambda: known)
    assert runtime.multiplies_bytes() is fast


@pytest.mark.skipif(
    not model_files.find("hand_recrop").exists(),
    reason="the float models are not there: run `python build.py models`",
)
class TestViews:
    """LiteRT runs only while nothing holds a view of its memory."""

    @pytest.fixture
    def network(self):
        return runtime.interpreter(model_files.load("hand_recrop"))

    def test_a_profilers_glance_is_waited_for(self, network):
        views = [network.tensor(network.get_input_details()[0]["index"])()]

        def glance():
            time.sleep(0.02)
            views.clear()

        profiler = threading.Thread(target=glance)
        profiler.start()
        network.invoke()
        profiler.join()

    def test_a_view_that_is_kept_is_an_error(self, network):
        view = network.tensor(network.get_input_details()[0]["index"])()
        with pytest.raises(RuntimeError, match="reference to internal data"):
            network.invoke()
        assert view.shape == (1, 256, 256, 3)
