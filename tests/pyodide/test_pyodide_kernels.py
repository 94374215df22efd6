"""holistic_kernels inside Pyodide: the same pixels as OpenCV, whatever the region."""

from typing import Any

import cv2
import numpy as np
import pytest
from pyodide_session import Pyodide

BORDERS = {"zero": cv2.BORDER_CONSTANT, "replicate": cv2.BORDER_REPLICATE}

WARP = """
import numpy as np
from holistic_kernels import warp
out = np.full((1, size, size, 3), np.nan, np.float32)
image = np.load("/shared/image.npy")
warp(image, np.load("/shared/matrix.npy"), size, out, low, high, border)
np.save("/shared/out.npy", out)
"""


def region(width: int, height: int, size: int, random: np.random.Generator) -> np.ndarray:
    """Matrix (2, 3) of a random square: inside, partly outside or wholly outside of the image."""
    angle, side = random.uniform(0, 2 * np.pi), random.uniform(0.05, 3) * max(width, height)
    matrix = np.empty((2, 3))
    cosine, sine = np.cos(angle) * side / size, np.sin(angle) * side / size
    matrix[:, :2] = [[cosine, -sine], [sine, cosine]]
    centre = random.uniform(-0.5, 1.5, 2) * [width, height]
    matrix[:, 2] = centre - matrix[:, :2] @ [size / 2, size / 2]
    return matrix


def opencv(image: np.ndarray, matrix: np.ndarray, size: int, border: str) -> np.ndarray:
    """The grey levels (size, size, 3) that OpenCV gives."""
    whole = np.vstack([matrix, [0, 0, 1]])
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    warped = cv2.warpPerspective(
        image, whole, (size, size), flags=flags, borderMode=BORDERS[border]
    )
    return warped[..., :3]


def warped(
    pyodide: Pyodide, image: np.ndarray, matrix: np.ndarray, size: int, border: str, **scale: float
) -> np.ndarray:
    """What the kernel makes of ``image``: (size, size, 3)."""
    np.save(pyodide.folder / "image.npy", image)
    np.save(pyodide.folder / "matrix.npy", matrix)
    pyodide.run(WARP, size=size, border=border, **scale)
    return np.load(pyodide.folder / "out.npy")[0]


@pytest.mark.parametrize("border", BORDERS)
@pytest.mark.parametrize("channels", [3, 4])
def test_gives_opencvs_pixels(pyodide: Pyodide, channels: int, border: str) -> None:
    random = np.random.default_rng(channels)
    for size in (3, 16, 17, 56, 192, 224, 256):
        for _ in range(6):
            height, width = random.integers(2, 400, 2)
            image = random.integers(0, 256, (height, width, channels), dtype=np.uint8)
            matrix = region(width, height, size, random)
            ours = warped(pyodide, image, matrix, size, border, low=0, high=255)
            np.testing.assert_array_equal(ours, opencv(image, matrix, size, border))


@pytest.mark.parametrize("border", BORDERS)
@pytest.mark.parametrize("channels", [3, 4])
def test_gives_opencvs_pixels_of_the_smallest_pictures(
    pyodide: Pyodide, channels: int, border: str
) -> None:
    random = np.random.default_rng(channels)
    for height, width in ((1, 1), (1, 4), (2, 2), (2, 3), (3, 2), (3, 3), (2, 4)):
        image = random.integers(0, 256, (height, width, channels), dtype=np.uint8)
        matrix = region(width, height, 24, random)
        ours = warped(pyodide, image, matrix, 24, border, low=0, high=255)
        np.testing.assert_array_equal(ours, opencv(image, matrix, 24, border))


def test_scales_grey_levels_to_the_networks_range(pyodide: Pyodide) -> None:
    image = np.arange(256, dtype=np.uint8).reshape(16, 16, 1).repeat(3, axis=2)
    matrix = np.array([[1.0, 0, 0], [0, 1, 0]])
    ours = warped(pyodide, image, matrix, 16, "zero", low=-1, high=1)
    np.testing.assert_allclose(ours, image / 255 * 2 - 1, atol=1e-6)


def test_black_outside_is_blended_before_scaling(pyodide: Pyodide) -> None:
    image = np.full((4, 4, 3), 200, np.uint8)
    matrix = np.array([[1.0, 0, -0.5], [0, 1, 10]])
    outside = warped(pyodide, image, matrix, 4, "zero", low=-1, high=1)
    np.testing.assert_array_equal(outside, np.full((4, 4, 3), -1, np.float32))
    matrix[1, 2] = 0
    edge = warped(pyodide, image, matrix, 4, "zero", low=0, high=255)
    np.testing.assert_array_equal(edge[:3, 0], np.full((3, 3), 100))


@pytest.mark.parametrize("number", [float("nan"), float("inf"), 1e300, -1e300, 2.0**31, -1e9])
@pytest.mark.parametrize("border", BORDERS)
def test_reads_nothing_outside_of_the_image(pyodide: Pyodide, border: str, number: float) -> None:
    image = np.full((5, 7, 3), 9, np.uint8)
    for place in range(6):
        matrix = np.array([[1.0, 0, 0], [0, 1, 0]])
        matrix.flat[place] = number
        ours = warped(pyodide, image, matrix, 8, border, low=0, high=255)
        assert ours.min() >= 0
        assert ours.max() <= 9


def test_takes_a_part_of_a_larger_picture(pyodide: Pyodide) -> None:
    code = """
import numpy as np
from holistic_kernels import warp
random = np.random.default_rng(2)
whole = random.integers(0, 256, (64, 80, 4), dtype=np.uint8)
part = whole[8:40, 16:64]
outs = np.empty((2, 1, 32, 32, 3), np.float32)
matrix = [[1.1, 0.2, -3], [-0.2, 1.1, 2]]
warp(part, matrix, 32, outs[0], 0.0, 1.0, "zero")
warp(part.copy(), matrix, 32, outs[1], 0.0, 1.0, "zero")
result = bool((outs[0] == outs[1]).all())
"""
    assert pyodide.run(code)


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({"image": "np.zeros((4, 4, 3))"}, "image must be uint8 of shape (height, width, 3 or 4)"),
        ({"image": "np.zeros((4, 4), 'u1')"}, "not uint8 of shape (4, 4)"),
        ({"image": "np.zeros((0, 4, 3), 'u1')"}, "at least one pixel"),
        ({"image": "np.zeros((4, 4, 6), 'u1')[..., ::2]"}, "pixels side by side"),
        ({"out": "np.zeros((1, 8, 8, 3))"}, "out must be float32 of shape (1, 8, 8, 3)"),
        ({"out": "np.zeros((8, 8, 3), 'f')"}, "not float32 of (8, 8, 3)"),
        ({"out": "np.zeros((1, 8, 8, 6), 'f')[..., ::2]"}, "contiguous and writeable"),
        ({"matrix": "np.eye(3)"}, "matrix must be of shape (2, 3), not (3, 3)"),
        ({"border": "'reflect'"}, "border must be one of ('zero', 'replicate'), not 'reflect'"),
    ],
)
def test_misuse_says_what_was_wrong(
    pyodide: Pyodide, changed: dict[str, Any], expected: str
) -> None:
    arguments = {
        "image": "np.zeros((4, 4, 3), 'u1')",
        "matrix": "np.eye(3)[:2]",
        "size": "8",
        "out": "np.zeros((1, 8, 8, 3), 'f')",
        "low": "0.0",
        "high": "1.0",
        "border": "'zero'",
    } | changed
    call = ", ".join(f"{name}={value}" for name, value in arguments.items())
    with pytest.raises(RuntimeError) as raised:
        pyodide.run(f"import numpy as np\nfrom holistic_kernels import warp\nwarp({call})")
    assert expected in str(raised.value)
