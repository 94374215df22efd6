"""The warp that every network's input goes through, against its definition."""

import importlib.util
import os
import shutil
import subprocess
import sys
import sysconfig
import threading
import time
import types
from functools import cache
from pathlib import Path

import cv2
import numpy as np
import pytest

from holistic.inference import model_files, native_warp, runtime
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


@pytest.fixture(scope="module")
def compiled_without(tmp_path_factory):
    """A function that compiles the warp as on machines without something."""
    compiler = shutil.which("cc")
    if os.name == "nt" or compiler is None:
        pytest.skip("there is no C compiler")

    @cache
    def build(lacking):
        path = tmp_path_factory.mktemp(lacking) / "_warp.abi3.so"
        flags = ["-std=gnu11", "-O3", "-ffp-contract=off", "-fPIC", "-shared"]
        if sys.platform == "darwin":
            flags += ["-undefined", "dynamic_lookup"]
        header = f"-I{sysconfig.get_path('include')}"
        source = Path(native_warp.__file__).with_name("warp_module.c")
        subprocess.run(
            [compiler, *flags, header, f"-DWITHOUT_{lacking}", source, "-o", path], check=True
        )
        spec = importlib.util.spec_from_file_location("_warp", path)
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        return module

    return build


@pytest.fixture(params=["compiled", "numpy", "AVX2", "VECTORS"])
def warp(request, monkeypatch):
    """The warp: compiled, not compiled, and compiled without quick ways that this machine has."""
    if request.param == "numpy":
        monkeypatch.setattr(native_warp, "compiled", None)
    elif request.param != "compiled":
        build = request.getfixturevalue("compiled_without")
        monkeypatch.setattr(native_warp, "compiled", build(request.param))
    elif native_warp.compiled is None:
        pytest.skip("the package was installed where there is no compiler")
    return runtime.warp


def random_region(random, height, width):
    """A square inside of a picture, partly outside or wholly."""
    return Region(
        *(random.uniform(-0.5, 1.5, 2) * (width, height)),
        random.uniform(0.05, 3) * max(width, height),
        random.uniform(-4, 4),
    )


@pytest.mark.parametrize("border", ["zero", "replicate"])
@pytest.mark.parametrize("channels", [3, 4])
def test_the_warp_gives_opencvs_pixels(warp, channels, border):
    random = np.random.default_rng(channels)
    borders = {"zero": cv2.BORDER_CONSTANT, "replicate": cv2.BORDER_REPLICATE}
    for size in (3, 16, 17, 56, 192, 224, 256):
        for shape in (random.integers(2, 400, 2), random.integers(1, 4, 2)):
            image = random.integers(0, 256, (*shape, channels), dtype=np.uint8)
            matrix = from_frame_matrix(random_region(random, *shape), size)
            out = np.empty((1, size, size, 3), np.float32)
            warp(image, matrix, size, out, 0.0, 255.0, border)
            expected = cv2.warpPerspective(
                image,
                np.vstack((matrix, (0, 0, 1))),
                (size, size),
                flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
                borderMode=borders[border],
            )
            np.testing.assert_array_equal(out[0], expected[..., :3])


@pytest.mark.parametrize("number", [np.nan, np.inf, 1e300, -1e300, 2.0**31, -1e9])
@pytest.mark.parametrize("border", ["zero", "replicate"])
def test_the_warp_reads_nothing_outside_of_the_image(warp, border, number):
    image = np.full((5, 7, 3), 9, np.uint8)
    for place in range(6):
        matrix = np.array([[1.0, 0, 0], [0, 1, 0]])
        matrix.flat[place] = number
        out = np.empty((1, 8, 8, 3), np.float32)
        warp(image, matrix, 8, out, 0.0, 255.0, border)
        assert out.min() >= 0
        assert out.max() <= 9


def test_the_warp_takes_a_part_of_a_larger_picture(warp):
    whole = np.random.default_rng(2).integers(0, 256, (64, 80, 4), dtype=np.uint8)
    part = whole[8:40, 16:64, :3]
    outs = np.empty((2, 1, 32, 32, 3), np.float32)
    for out, image in zip(outs, (part, part.copy()), strict=True):
        warp(image, np.array([[1.1, 0.2, -3], [-0.2, 1.1, 2]]), 32, out, 0.0, 1.0, "zero")
    np.testing.assert_array_equal(*outs)


@pytest.mark.parametrize("channels", [3, 4])
def test_the_warp_takes_a_picture_whose_rows_lie_upside_down(warp, channels):
    picture = np.random.default_rng(5).integers(0, 256, (48, 64, channels), dtype=np.uint8)
    outs = np.empty((2, 1, 32, 32, 3), np.float32)
    for out, image in zip(outs, (picture[::-1], picture[::-1].copy()), strict=True):
        warp(image, np.array([[1.9, 0.1, 0], [-0.1, 1.4, 3]]), 32, out, 0.0, 1.0, "replicate")
    np.testing.assert_array_equal(*outs)


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
def test_warp_is_what_it_is_defined_to_be(warp, region, channels, border):
    image = np.random.default_rng(3).integers(0, 256, (100, 120, channels), dtype=np.uint8)
    matrix = from_frame_matrix(region, SIZE)
    out = np.empty((1, SIZE, SIZE, 3), np.float32)
    warp(image, matrix, SIZE, out, -1.0, 1.0, border)
    grey_levels = (out[0] + 1) * 127.5
    assert grey_levels == pytest.approx(defined_warp(image, matrix, border), abs=1e-3)


def test_black_and_white_become_low_and_high(warp):
    out = np.empty((1, SIZE, SIZE, 3), np.float32)
    for level, expected in ((0, 0.0), (255, 1.0)):
        image = np.full((100, 100, 3), level, np.uint8)
        warp(image, from_frame_matrix(Region(50, 50, 30, 0), SIZE), SIZE, out, 0, 1, "zero")
        assert out == pytest.approx(expected)


def test_in_pyodide_a_tensor_is_looked_up_once(monkeypatch):
    """Of a runtime that answers with a view of its memory each time it is asked."""
    asked = []

    class Interpreter:
        def tensor(self, index):
            return lambda: asked.append(index) or np.zeros(3)

    libraries = {"holistic_kernels": {"warp": None}, "tflite_runtime": {"interpreter": None}}
    for name, content in libraries.items():
        monkeypatch.setitem(sys.modules, name, types.SimpleNamespace(**content))
    sys.modules["tflite_runtime"].interpreter = types.SimpleNamespace(Interpreter=Interpreter)
    monkeypatch.setattr(sys, "platform", "emscripten")
    spec = importlib.util.spec_from_file_location("runtime_in_pyodide", runtime.__file__)
    in_pyodide = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(in_pyodide)
    view = in_pyodide.Interpreter().tensor(7)
    assert view() is view()
    assert asked == [7]


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
